"""Local days and times of day, where clocks change too."""

import datetime as dt
from zoneinfo import ZoneInfo

from services.billing.localtime import local_borders, micros, moment, zone_of

BERLIN = ZoneInfo("Europe/Berlin")


def borders(first: dt.datetime, last: dt.datetime, *times: dt.time) -> list[dt.datetime]:
    return [moment(us) for us in local_borders(micros(first), micros(last), BERLIN, times)]


def utc(month: int, day: int, hour: int = 0) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, tzinfo=dt.UTC)


def test_a_local_day_begins_at_local_midnight() -> None:
    assert borders(utc(1, 10, 12), utc(1, 11, 12)) == [utc(1, 10, 23)]
    assert borders(utc(7, 10, 12), utc(7, 11, 12)) == [utc(7, 10, 22)]


def test_a_change_of_clocks_is_a_border() -> None:
    assert utc(3, 29, 1) in borders(utc(3, 28, 23), utc(3, 29, 12))


def test_a_time_of_day_that_occurs_twice_has_both_moments() -> None:
    found = borders(utc(10, 24, 23), utc(10, 25, 12), dt.time(2, 30))

    half = dt.timedelta(minutes=30)
    assert {utc(10, 25) + half, utc(10, 25, 1) + half} <= set(found)


def test_an_unknown_zone_is_none() -> None:
    assert zone_of("Europe/Berlin") == BERLIN
    assert all(zone_of(name) is None for name in ("Europe/Atlantis", "/etc/passwd", ""))
