"""Configuration: 1.6 keys and 2.x variables by the same commands."""

import json

import pytest

from gateway.ocpp.translate import Invalid, Unsupported, to_outcome
from schemas.configuration import GetConfiguration, SetConfiguration, Setting, SettingName
from tests.gateway.ocpp.building import V2X, not_sent, sent

KEY = "OCPPCommCtrlr.HeartbeatInterval"


def get(*keys):
    return GetConfiguration(settings=tuple(SettingName(key=key) for key in keys))


def put(*settings):
    return SetConfiguration(settings=tuple(Setting(key=key, value=value) for key, value in settings))


class TestReading:
    def test_1_6_reads_all_keys_or_some(self):
        assert sent("1.6", get()) == ("GetConfiguration", {})
        assert sent("1.6", get("A", "B")) == ("GetConfiguration", {"key": ["A", "B"]})

    def test_a_key_that_1_6_has_no_room_for_is_invalid_and_named(self):
        assert not_sent("1.6", get("A", "x" * 51)).description.startswith("key[1]")

    def test_1_6_knows_no_components(self):
        command = GetConfiguration(settings=(SettingName(component="C", variable="V"),))

        assert isinstance(not_sent("1.6", command), Unsupported)

    @pytest.mark.parametrize("version", V2X)
    def test_2x_cannot_read_all_at_once(self, version):
        assert isinstance(not_sent(version, get()), Unsupported)

    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.parametrize(
        ("key", "component", "variable"),
        [
            (KEY, {"name": "OCPPCommCtrlr"}, {"name": "HeartbeatInterval"}),
            ("EVSE@2.Power", {"name": "EVSE", "evse": {"id": 2}}, {"name": "Power"}),
            (
                "Connector[left]@2:1.Available[now]",
                {"name": "Connector", "instance": "left", "evse": {"id": 2, "connectorId": 1}},
                {"name": "Available", "instance": "now"},
            ),
        ],
    )
    def test_2x_reads_a_key_as_component_and_variable(self, version, key, component, variable):
        action, payload = sent(version, get(key))

        assert action == "GetVariables"
        assert payload == {"getVariableData": [{"component": component, "variable": variable}]}

    @pytest.mark.parametrize("version", V2X)
    def test_2x_takes_a_name_in_full(self, version):
        name = SettingName(
            component="C",
            component_instance="ci",
            variable="V",
            variable_instance="vi",
            evse=1,
            connector=2,
            attribute="Target",
        )

        (asked,) = sent(version, GetConfiguration(settings=(name,)))[1]["getVariableData"]

        assert asked == {
            "attributeType": "Target",
            "component": {"name": "C", "instance": "ci", "evse": {"id": 1, "connectorId": 2}},
            "variable": {"name": "V", "instance": "vi"},
        }

    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.parametrize(
        "key", ["", "HeartbeatInterval", "A.B.C", "A[.B", "A@x.B", ".B", "A.", "A" * 500, "[" * 500]
    )
    def test_a_key_of_another_form_is_invalid_and_says_which_form(self, version, key):
        invalid = not_sent(version, get(key))

        assert isinstance(invalid, Invalid)
        assert "Component" in invalid.description

    @pytest.mark.parametrize("version", V2X)
    def test_a_connector_without_its_evse_or_a_wrong_attribute_is_invalid(self, version):
        for name in (
            SettingName(component="C", variable="V", connector=1),
            SettingName(component="C", variable="V", attribute="Actually"),
        ):
            assert isinstance(not_sent(version, GetConfiguration(settings=(name,))), Invalid)

    @pytest.mark.parametrize(
        ("payload", "outcome"),
        [
            ({"configurationKey": [{"key": "A", "readonly": False, "value": "1"}]}, "accepted"),
            ({"configurationKey": [{"key": "A"}], "unknownKey": ["B"]}, "partial"),
            ({"unknownKey": ["A"]}, "unsupported"),
            ({"configurationKey": [], "unknownKey": ["A"]}, "unsupported"),
            ({}, "accepted"),
            ([], "rejected"),
        ],
    )
    def test_1_6_is_unsupported_where_every_key_is_unknown(self, payload, outcome):
        assert to_outcome("1.6", get("A"), json.dumps(payload).encode()).outcome == outcome

    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.parametrize(
        ("statuses", "outcome"),
        [
            (["Accepted", "Accepted"], "accepted"),
            (["Accepted", "UnknownVariable"], "partial"),
            (["Rejected", "UnknownVariable"], "rejected"),
            (["UnknownComponent", "UnknownVariable", "NotSupportedAttributeType"], "unsupported"),
            (["Rejected"], "rejected"),
            ([], "rejected"),
        ],
    )
    def test_2x_is_accepted_where_every_variable_was_read(self, version, statuses, outcome):
        payload = {"getVariableResult": [{"attributeStatus": status} for status in statuses]}

        assert to_outcome(version, get(KEY), json.dumps(payload).encode()).outcome == outcome


class TestWriting:
    def test_1_6_changes_one_key(self):
        assert sent("1.6", put(("A", "1"))) == ("ChangeConfiguration", {"key": "A", "value": "1"})

    def test_1_6_cannot_change_two_keys_in_one_command(self):
        assert isinstance(not_sent("1.6", put(("A", "1"), ("B", "2"))), Unsupported)

    @pytest.mark.parametrize("version", V2X)
    def test_2x_changes_several_variables(self, version):
        action, payload = sent(version, put((KEY, "60"), ("A.B", "")))

        assert action == "SetVariables"
        assert [change["attributeValue"] for change in payload["setVariableData"]] == ["60", ""]
        assert payload["setVariableData"][0]["component"] == {"name": "OCPPCommCtrlr"}

    @pytest.mark.parametrize("version", V2X)
    def test_a_value_that_is_too_long_is_invalid_and_named(self, version):
        invalid = not_sent(version, put((KEY, "x" * 2501)))

        assert invalid.description.startswith("setVariableData[0].attributeValue")

    @pytest.mark.parametrize("version", V2X)
    def test_a_key_of_another_form_is_invalid(self, version):
        assert isinstance(not_sent(version, put(("HeartbeatInterval", "60"))), Invalid)

    @pytest.mark.parametrize(
        ("status", "outcome"),
        [
            ("Accepted", "accepted"),
            ("RebootRequired", "accepted"),
            ("Rejected", "rejected"),
            ("NotSupported", "unsupported"),
        ],
    )
    def test_1_6_says_it_by_its_status(self, status, outcome):
        assert to_outcome("1.6", put(("A", "1")), json.dumps({"status": status}).encode()).outcome == outcome

    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.parametrize(
        ("payload", "outcome"),
        [
            (
                {"setVariableResult": [{"attributeStatus": "Accepted"}, {"attributeStatus": "RebootRequired"}]},
                "accepted",
            ),
            ({"setVariableResult": [{"attributeStatus": "Accepted"}, {"attributeStatus": "Rejected"}]}, "partial"),
            ({"setVariableResult": [{"attributeStatus": "UnknownVariable"}]}, "unsupported"),
            ({"setVariableResult": [{}]}, "rejected"),
            ({"setVariableResult": 1}, "rejected"),
            ({}, "rejected"),
            (1, "rejected"),
        ],
    )
    def test_2x_is_accepted_where_every_variable_was_set(self, version, payload, outcome):
        assert to_outcome(version, put((KEY, "1")), json.dumps(payload).encode()).outcome == outcome
