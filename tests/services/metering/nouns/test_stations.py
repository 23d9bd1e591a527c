"""Stations in ClickHouse: what each is now, and its connections and boots with their details."""

import json

from msgspec.structs import replace

from schemas.examples import example
from schemas.stations import ConnectorState, StationBooted, StationConnected, StationDisconnected
from services.metering.cells import us
from tests.services.fleet import NOON, station_changed
from tests.services.metering.rowsof import row_of


def test_a_station_counts_its_faulted_connectors() -> None:
    connectors = tuple(
        ConnectorState(evse=number, connector=1, status=status, at=NOON)
        for number, status in enumerate(("Faulted", "Available", "Faulted"), start=1)
    )

    row = row_of(station_changed(connectors=connectors), "stations")

    assert (row["faulted"], len(json.loads(str(row["connectors"])))) == (2, 3)


def test_a_station_that_never_booted_has_no_version_and_no_registration() -> None:
    row = row_of(station_changed(version=None, registration=None), "stations")

    assert (row["version"], row["registration"]) == ("", "")


def test_an_event_has_its_own_time_and_the_rest_as_details() -> None:
    gone = replace(example(StationDisconnected), at=NOON, code=1006)

    row = row_of(gone, "station_events")

    assert (row["event"], row["at"]) == ("disconnected", us(NOON))
    detail = json.loads(str(row["detail"]))
    assert detail["code"] == 1006
    assert {"record", "id", "station", "at"}.isdisjoint(detail), "these have columns, or say nothing"


def test_a_boot_happened_when_it_was_received_and_nobody_reads_whom_it_was_answered_to() -> None:
    booted = replace(example(StationBooted), received_at=NOON, vendor="Example")

    row = row_of(booted, "station_events")
    detail = json.loads(str(row["detail"]))

    assert (row["event"], row["at"], detail["vendor"]) == ("booted", us(NOON), "Example")
    assert "reply_to" not in detail
    assert row_of(example(StationConnected), "station_events")["event"] == "connected"
