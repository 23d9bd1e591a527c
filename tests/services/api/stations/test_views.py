"""Stations as the API shows them: callers read their own writes, and nobody reads a password."""

import msgspec
from msgspec.structs import replace

from schemas.stations import ConnectorState, StationProvisioned, StationRemoved
from services.api.stations.views import connector_changes, details_of, never_seen, provisioned, station_of, station_row
from tests.services.api.builders import a_state
from tests.services.fleet import NOON

WRITTEN = StationProvisioned(
    station="DE-BER-0001", site="berlin", time_zone="Europe/Berlin", password_hash="secret-hash", provisioned_at=NOON
)


def test_what_was_written_last_is_laid_over_what_the_station_service_has_said() -> None:
    shown = provisioned(station_of(a_state(site="paris", removed=True)), WRITTEN)

    assert (shown.site, shown.time_zone, shown.provisioned, shown.removed) == ("berlin", "Europe/Berlin", True, False)
    assert shown.connected, "what is not provisioned stays"


def test_a_station_that_was_removed_is_shown_so() -> None:
    shown = provisioned(station_of(a_state()), StationRemoved(station="DE-BER-0001", removed_at=NOON))

    assert (shown.provisioned, shown.removed, shown.has_password) == (False, True, False)


def test_a_password_is_never_shown_only_that_there_is_one() -> None:
    shown = provisioned(station_of(a_state()), WRITTEN)

    assert shown.has_password
    assert b"secret-hash" not in msgspec.json.encode(shown)


def test_a_station_that_nobody_has_seen_is_shown_as_it_is_provisioned() -> None:
    shown = never_seen(WRITTEN)

    assert (shown.station, shown.site, shown.connected, shown.provisioned) == ("DE-BER-0001", "berlin", False, True)


def test_a_row_of_a_list_is_the_same_station() -> None:
    assert details_of(station_row(a_state())) == station_of(a_state())


def test_connectors_change_where_their_state_is_another() -> None:
    one, two = (ConnectorState(evse=number, connector=1, status="Available", at=NOON) for number in (1, 2))
    before = a_state(connectors=(one, two))
    after = a_state(connectors=(one, replace(two, status="Occupied")))

    assert [(each.evse, each.status) for each in connector_changes(before, after)] == [(2, "Occupied")]
    assert [each.evse for each in connector_changes(None, after)] == [1, 2]
