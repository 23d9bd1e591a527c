"""Reports of simulated stations: cut into parts that are numbered, without the values that can only be written."""

from loadtest.ocpp.intents import BayView, View
from loadtest.ocpp.reporting import PART, reported, variables
from loadtest.ocpp.settings import default_settings

VIEW = View(
    vendor="Elbtal",
    bays=(BayView(evse=1, state="Charging", transaction_id="t", free=False),),
    settings=default_settings() | {"AuthorizationKey": "the-password"},
)


def test_parts_count_from_0_and_the_last_is_not_to_be_continued() -> None:
    entries = variables(VIEW)
    parts = [message.payload for message in reported(entries, 7, "2026-01-01T00:00:00Z").messages]

    assert [part["seqNo"] for part in parts] == list(range(-(-len(entries) // PART)))
    assert [part["tbc"] for part in parts] == [True] * (len(parts) - 1) + [False]
    assert {part["requestId"] for part in parts} == {7}


def test_a_report_of_nothing_is_one_part_without_data() -> None:
    (only,) = reported([], 7, "2026-01-01T00:00:00Z").messages

    assert only.payload == {"requestId": 7, "generatedAt": "2026-01-01T00:00:00Z", "tbc": False, "seqNo": 0}


def test_a_password_is_not_told_and_an_evse_is_told_with_its_state() -> None:
    entries = variables(VIEW)

    assert "the-password" not in str(entries)
    assert entries[-1]["component"] == {"evse": {"id": 1}, "name": "EVSE"}
    assert entries[-1]["variableAttribute"] == [{"value": "Occupied", "mutability": "ReadOnly"}]
