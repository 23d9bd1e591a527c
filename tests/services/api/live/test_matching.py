"""Matching: a filter of a list means the same for what ClickHouse has not got yet."""

import datetime as dt
from typing import Any

import pytest

from schemas.authorization import IdToken
from services.api.live.matching import session_fits, station_fits
from services.api.sessions.rows import SessionFilter
from services.api.stations.rows import StationFilter
from tests.services.fleet import NOON, session_changed, station_changed

SESSION = session_changed("s-1", token=IdToken(value="04a2b3", type="ISO14443"), started_at=NOON)
STATION = station_changed("DE-1", serial_number="SN-77", site="berlin")


@pytest.mark.parametrize(
    ("where", "fits"),
    [
        ({}, True),
        ({"station": "DE-1"}, True),
        ({"station": "DE-2"}, False),
        ({"active": True}, True),
        ({"active": False}, False),
        ({"since": NOON}, True),
        ({"since": NOON + dt.timedelta(microseconds=1)}, False),
        ({"until": NOON}, False),
        ({"until": NOON + dt.timedelta(microseconds=1)}, True),
        ({"token": " 04A2b3 "}, True),
        ({"token": "04A2"}, False),
        ({"search": "TX-S-1"}, True),
        ({"search": "a2B"}, True),
        ({"search": "nowhere"}, False),
        ({"active": True, "station": "DE-2"}, False),
    ],
)
def test_a_session_fits_where_every_member_that_asks_for_something_does(where: dict[str, Any], fits: bool) -> None:
    assert session_fits(SESSION, SessionFilter(**where)) == fits


@pytest.mark.parametrize(
    ("where", "fits"),
    [
        ({}, True),
        ({"connected": False}, False),
        ({"version": "2.0.1"}, True),
        ({"vendor": "example"}, False),
        ({"registration": "Accepted"}, True),
        ({"site": "berlin"}, True),
        ({"security_profile": 2}, False),
        ({"search": "sn-77"}, True),
        ({"search": "paris"}, False),
    ],
)
def test_a_station_fits_the_same_way(where: dict[str, Any], fits: bool) -> None:
    assert station_fits(STATION, StationFilter(**where)) == fits


def test_a_removed_station_is_in_no_list_unless_it_is_connected_still() -> None:
    assert not station_fits(station_changed(removed=True, connected=False), StationFilter())
    assert station_fits(station_changed(removed=True, connected=True), StationFilter())
