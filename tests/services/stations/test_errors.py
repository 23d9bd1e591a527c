"""Errors of connectors of 1.6 stations: an event when one comes, and one when it is gone, whatever is repeated or late."""

from typing import Any

import pytest

from schemas.monitoring import EventsReported, VariableEvent
from schemas.stations import ConnectorStatusReported
from tests.services.stations.records import Station, at, status

EARTH = {"error_code": "GroundFailure"}
VENDOR = {"error_code": "OtherError", "vendor_id": "com.maker", "vendor_error_code": "E42", "info": "relay 3"}


def fine(seconds: float, **changes: Any) -> ConnectorStatusReported:
    return status(seconds=seconds, error_code="NoError", **changes)


def faulted(seconds: float, **changes: Any) -> ConnectorStatusReported:
    return status("Faulted", seconds=seconds, **changes)


def events(station: Station) -> list[VariableEvent]:
    return [event for record in station.said if isinstance(record, EventsReported) for event in record.events]


def told(station: Station) -> list[tuple[str, str, bool]]:
    return [(event.error_code, event.tech_code, event.cleared) for event in events(station)]


@pytest.mark.usecase("1.6:4.9")
def test_an_error_is_one_event_and_cleared_when_it_is_gone() -> None:
    station = Station(fine(1), faulted(2, **EARTH), faulted(3, **EARTH), status("Unavailable", seconds=4, **EARTH))
    station.feed(fine(5))

    assert told(station) == [("GroundFailure", "", False), ("GroundFailure", "", True)]
    came, gone = events(station)
    assert (came.name.key, came.value, came.at) == ("Connector@1:1.Problem", "true", at(2))
    assert (gone.name.key, gone.value, gone.at) == ("Connector@1:1.Problem", "false", at(5))


def test_an_error_says_what_the_vendor_says_of_it() -> None:
    (event,) = events(Station(faulted(1, **VENDOR)))

    assert (event.error_code, event.vendor_id, event.tech_code) == ("OtherError", "com.maker", "E42")
    assert (event.tech_info, event.severity) == ("relay 3", None)


def test_another_error_in_its_place_clears_the_first() -> None:
    station = Station(faulted(1, **EARTH), faulted(2, **VENDOR))

    assert told(station) == [("GroundFailure", "", False), ("GroundFailure", "", True), ("OtherError", "E42", False)]
    assert len([record for record in station.said if isinstance(record, EventsReported)]) == 2


def test_the_same_code_with_other_words_is_the_same_error_and_without_a_code_another() -> None:
    coded = Station(faulted(1, **VENDOR), faulted(2, **VENDOR | {"info": "relay 4"}))
    uncoded = Station(faulted(1, error_code="OtherError", info="a"), faulted(2, error_code="OtherError", info="b"))

    assert len(told(coded)) == 1
    assert [cleared for _, _, cleared in told(uncoded)] == [False, True, False]


@pytest.mark.parametrize("code", ["", "0", "0x0000", "NoError"])
def test_a_vendor_code_that_says_that_all_is_well_is_no_error(code: str) -> None:
    assert told(Station(fine(1, vendor_error_code=code))) == []


def test_a_vendor_code_beside_no_error_is_one() -> None:
    assert told(Station(fine(1, vendor_error_code="W7"), fine(2))) == [("", "W7", False), ("", "W7", True)]


def test_connectors_and_the_station_itself_have_errors_of_their_own() -> None:
    station = Station(faulted(1, **EARTH), faulted(2, evse=2, **EARTH), faulted(3, evse=0, connector=0, **EARTH))

    assert [event.name.key for event in events(station)] == [
        "Connector@1:1.Problem",
        "Connector@2:1.Problem",
        "ChargingStation.Problem",
    ]


def test_a_status_that_is_late_or_repeated_is_no_event() -> None:
    station = Station(faulted(1, **EARTH), fine(9))
    before = told(station)

    assert station.feed(faulted(5, **EARTH)) == []
    assert station.feed(fine(9)) == []
    assert told(station) == before


def test_a_repeat_after_a_crash_has_the_same_id() -> None:
    first, again = Station(faulted(1, **EARTH)), Station(faulted(1, **EARTH))

    assert [record.id for record in first.said if isinstance(record, EventsReported)] == [
        record.id for record in again.said if isinstance(record, EventsReported)
    ]


def test_a_2_x_status_has_no_error() -> None:
    assert told(Station(faulted(1), status(seconds=2))) == []
