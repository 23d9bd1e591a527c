"""Reading: whatever a station answers, what can be read of it is, and nothing raises."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.configuration import SetConfiguration, Setting
from services.devicemodel.reading import asked_of, inventory_of, read_in, written_by
from tests.services.devicemodel.records import asked, raw, results, settled

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "getVariableResult",
                    "setVariableResult",
                    "configurationKey",
                    "component",
                    "variable",
                    "name",
                    "key",
                    "evse",
                    "id",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_answer_and_no_raw_request_raises(json: object) -> None:
    settled_ = settled(json, "RawCall")
    list(read_in(settled_))
    for action in ("SetVariables", "ChangeConfiguration", "GetConfiguration", "GetBaseReport"):
        request = raw(action, json)
        inventory_of(request)
        wanted = asked_of(request)
        if wanted is not None:
            list(written_by(wanted, settled_))


def test_an_answer_names_a_component_with_its_place_and_instances() -> None:
    answer = results("getVariableResult", ("EVSE.Power", "Accepted", "22"))
    answer["getVariableResult"][0]["component"] |= {"instance": "left", "evse": {"id": 2, "connectorId": 1}}
    answer["getVariableResult"][0] |= {"attributeType": "MaxSet"}

    (word,) = read_in(settled(answer, "GetConfiguration"))

    assert word.name.key == "EVSE[left]@2:1.Power"
    assert word.attribute is not None
    assert (word.attribute.type, word.attribute.value) == ("MaxSet", "22")


@pytest.mark.parametrize(
    "setting",
    [
        Setting(key="EVSE[left]@2:1.Power[most]", value="7"),
        Setting(
            component="EVSE",
            component_instance="left",
            evse=2,
            connector=1,
            variable="Power",
            variable_instance="most",
            value="7",
        ),
    ],
)
def test_a_written_variable_is_the_same_by_its_key_and_by_its_members(setting: Setting) -> None:
    wanted = asked_of(asked(SetConfiguration(settings=(setting,))))

    assert wanted is not None
    assert "evse[left]@2:1.power[most]" in [one.key for one in wanted.wanted]


def test_a_key_of_1_6_that_looks_like_a_variable_is_known_by_the_form_of_the_answer() -> None:
    wanted = asked_of(asked(SetConfiguration(settings=(Setting(key="A.B", value="7"),))))
    assert wanted is not None

    (old,) = written_by(wanted, settled({"status": "Accepted"}))
    (new,) = written_by(wanted, settled(results("setVariableResult", ("A.B", "Accepted", None))))

    assert (old.name.component, new.name.component) == ("", "A")
    assert msgspec.json.encode(old.attribute) == msgspec.json.encode(new.attribute)
