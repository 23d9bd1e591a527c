"""What answers and variables tell of a station's tariffs, whole or broken."""

import msgspec
import pytest

from schemas.stationtariffs import InstalledTariff
from services.stationtariffs.core import initial
from services.stationtariffs.reading import installed_in, reported
from tests.services.stationtariffs.stations import STATION, settled, variable

ANSWER = {
    "status": "Accepted",
    "tariffAssignments": [
        {"tariffId": "MSP01", "tariffKind": "DriverTariff", "evseIds": [1], "idTokens": ["ABCD1234"]},
        {
            "tariffId": "Default01",
            "tariffKind": "DefaultTariff",
            "evseIds": [2, 1],
            "validFrom": "2024-01-01T00:00:00Z",
        },
    ],
}


@pytest.mark.usecase("I09", "I09.FR.01", "I09.FR.04", "I09.FR.05", "I09.FR.07")
def test_default_and_driver_tariffs_are_read_with_their_places_and_without_the_tokens() -> None:
    found = installed_in(settled("g", seconds=1, response=msgspec.Raw(msgspec.json.encode(ANSWER))))

    assert found is not None
    assert [(one.tariff_id, one.kind, one.evses, one.tokens) for one in found] == [
        ("Default01", "DefaultTariff", (1, 2), 0),
        ("MSP01", "DriverTariff", (1,), 1),
    ]
    assert found[0].valid_from is not None
    assert b"ABCD1234" not in msgspec.json.encode(found)


@pytest.mark.usecase("I09", "I09.FR.03")
@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (b'{"status":"NoTariff"}', ()),
        (b'{"status":"Rejected"}', None),
        (b'{"tariffAssignments":[]}', None),
        (b"null", None),
        (b'{"status":"Accepted","tariffAssignments":[{"tariffId":"a"}]}', (InstalledTariff(tariff_id="a"),)),
    ],
)
def test_an_answer_that_names_none_says_so_and_a_broken_one_says_nothing(response, expected) -> None:
    assert installed_in(settled("g", seconds=1, response=msgspec.Raw(response))) == expected


def test_what_the_station_can_have_is_kept_and_nonsense_is_nothing() -> None:
    state = reported(initial(STATION), variable("MaxElements", "7"))
    state = reported(state, variable("ConditionsSupported", "False"))

    assert (state.max_elements, state.conditions) == (7, False)
    assert reported(state, variable("MaxElements", "many")).max_elements is None
    assert reported(state, variable("Enabled", "true")) is state
