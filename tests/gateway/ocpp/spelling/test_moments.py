"""Moments: stations' timestamps as leniently as facts deserve, ours as every station can read them."""

import datetime as dt

import pytest

from gateway.ocpp.spelling.clocks import StationClock
from gateway.ocpp.spelling.moments import StationTime, moment, rfc3339
from tests.gateway.ocpp.building import context

NOW = dt.datetime(2026, 3, 29, 12, tzinfo=dt.UTC)
MIDNIGHT = dt.datetime(2026, 3, 29, tzinfo=dt.UTC)


def told(text: str | None, received_at: dt.datetime = NOW, **known: object) -> StationTime:
    return moment(text, context(received_at=received_at, **known))


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-29T00:00:00Z",
        "2026-03-29T00:00:00.000Z",
        "2026-03-29T00:00:00.000000000Z",
        "2026-03-29T00:00:00,000Z",
        "2026-03-29T00:00:00+00:00",
        "2026-03-29T02:00:00+02:00",
        "2026-03-29T02:00:00+0200",
        "2026-03-29T02:00:00+02",
        "2026-03-29t00:00:00z",
        " 2026-03-29T00:00:00Z ",
        "2026-03-29T00:00Z",
        "20260329T000000Z",
    ],
)
def test_rfc_3339_and_its_neighbours_are_the_stations_time(text: str) -> None:
    assert told(text) == StationTime(MIDNIGHT)


def test_nine_decimals_of_a_second_are_read_to_the_microsecond() -> None:
    assert told("2026-03-29T00:00:00.123456789Z") == StationTime(MIDNIGHT.replace(microsecond=123456))


def test_a_leap_second_is_the_second_before_it() -> None:
    assert told("2016-12-31T23:59:60Z") == StationTime(utc("2016-12-31T23:59:59"))


@pytest.mark.parametrize("text", [None, ""])
def test_no_time_is_the_time_of_arrival(text: str | None) -> None:
    assert told(text) == StationTime(NOW, "gateway")


@pytest.mark.parametrize(
    "text", ["soon", "29.03.2026", "2026-13-01T00:00:00Z", "0000-00-00T00:00:00Z", "9" * 100_000, "1774742400"]
)
def test_what_cannot_be_read_is_the_time_of_arrival_and_marked(text: str) -> None:
    assert told(text) == StationTime(NOW, "gateway", ("time-unreadable",))


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00",
        "1970-01-01T00:00:00Z",
        "2014-12-31T23:59:59Z",
        "2026-03-30T12:00:01Z",
        "2165-03-29T12:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "9999-12-31T23:59:59.999999",
    ],
)
def test_a_time_that_cannot_be_is_the_time_of_arrival_and_marked(text: str) -> None:
    assert told(text, time_zone="Africa/Cairo") == StationTime(NOW, "gateway", ("time-impossible",))


@pytest.mark.parametrize("text", [None, "soon", "1970-01-01T00:00:00Z"])
def test_arrival_stands_in_to_the_second_so_that_what_is_told_next_in_whole_seconds_is_no_earlier(
    text: str | None,
) -> None:
    assert told(text, NOW.replace(microsecond=999_999)).at == NOW


@pytest.mark.parametrize("text", ["2015-01-01T00:00:00Z", "2025-11-01T08:00:00Z", "2026-03-30T12:00:00Z"])
def test_a_late_report_and_a_time_less_than_a_day_ahead_are_kept(text: str) -> None:
    assert told(text) == StationTime(utc(text[:-1]))


# -- times without a zone ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "time_zone", "at"),
    [
        ("2026-03-29T02:00:00", "Africa/Cairo", "2026-03-29T00:00:00"),
        ("2026-03-29 02:00:00", "Africa/Cairo", "2026-03-29T00:00:00"),
        ("2026-01-15T12:00:00", "America/New_York", "2026-01-15T17:00:00"),
        ("2025-07-15T12:00:00", "America/New_York", "2025-07-15T16:00:00"),
        ("2026-03-29T05:30:00.5", "Asia/Kolkata", "2026-03-29T00:00:00.5"),
        ("2026-03-29T00:00:00", "", "2026-03-29T00:00:00"),
        ("2026-03-29T00:00:00", "Atlantis/Capital", "2026-03-29T00:00:00"),
    ],
)
def test_a_time_without_zone_is_local_to_the_station_or_utc_and_marked(text: str, time_zone: str, at: str) -> None:
    assert told(text, time_zone=time_zone) == StationTime(utc(at), "station", ("time-without-zone",))


def test_a_time_with_a_zone_is_not_moved_by_the_stations() -> None:
    assert told("2026-03-29T02:00:00+02:00", time_zone="Asia/Tokyo") == StationTime(MIDNIGHT)


@pytest.mark.parametrize(
    ("received_at", "at"),
    [
        ("2025-10-26T00:30:02", "2025-10-26T00:30:00"),  # while it is half past two for the first time
        ("2025-10-26T00:55:00", "2025-10-26T00:30:00"),
        ("2025-10-26T01:30:02", "2025-10-26T01:30:00"),  # for the second time
        ("2025-10-26T01:28:00", "2025-10-26T01:30:00"),  # by a clock that is a little ahead
        ("2025-12-24T00:00:00", "2025-10-26T01:30:00"),
    ],
)
def test_of_an_hour_that_comes_twice_the_later_counts_that_is_not_ahead(received_at: str, at: str) -> None:
    assert told("2025-10-26T02:30:00", utc(received_at), time_zone="Europe/Berlin").at == utc(at)


def test_an_hour_that_is_left_out_is_told_by_a_clock_not_put_forward_yet() -> None:
    assert told("2026-03-29T02:30:00", time_zone="Europe/Berlin").at == utc("2026-03-29T01:30:00")


# -- clocks that are known to be off ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "offset_s", "marks"),
    [
        ("2026-03-28T23:00:00Z", 3600.0, ("clock-corrected",)),
        ("2026-03-29T02:00:00+01:00", -3600.0, ("clock-corrected",)),
        ("2026-03-29T01:00:00", 3600.0, ("time-without-zone", "clock-corrected")),
    ],
)
def test_a_time_is_moved_by_what_the_clock_is_off_and_marked(
    text: str, offset_s: float, marks: tuple[str, ...]
) -> None:
    assert told(text, time_zone="Africa/Cairo", clock=StationClock(offset_s)) == StationTime(MIDNIGHT, "station", marks)


def test_a_time_that_cannot_be_is_not_moved() -> None:
    assert told("1970-01-01T00:00:00Z", clock=StationClock(60.0)) == StationTime(NOW, "gateway", ("time-impossible",))


# -- what the compatibility matrix knows of a station's times ---------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "time_zone", "at", "marks"),
    [
        ("2026-03-29T14:00:00Z", "Africa/Cairo", "2026-03-29T12:00:00", ("local-time-as-utc",)),
        ("2026-01-15T12:00:00+00:00", "America/New_York", "2026-01-15T17:00:00", ("local-time-as-utc",)),
        ("2026-03-29T14:00:00+02:00", "Africa/Cairo", "2026-03-29T12:00:00", ()),
        ("2026-03-29T12:00:00Z", "", "2026-03-29T12:00:00", ()),
    ],
)
def test_local_time_that_says_z_is_read_in_the_time_zone_of_the_station(
    text: str, time_zone: str, at: str, marks: tuple[str, ...]
) -> None:
    rules = frozenset({"local-time-as-utc"})

    assert told(text, time_zone=time_zone, rules=rules) == StationTime(utc(at), "station", marks)


def test_a_clock_that_jumps_is_not_believed_ahead_and_is_believed_behind() -> None:
    rules = frozenset({"clock-jumps"})

    assert told("2026-03-29T12:05:01Z", rules=rules) == StationTime(NOW, "gateway", ("clock-jumps",))
    assert told("2026-03-29T12:05:00Z", rules=rules) == StationTime(utc("2026-03-29T12:05:00"))
    assert told("2026-03-29T08:00:00Z", rules=rules) == StationTime(utc("2026-03-29T08:00:00"))


# -- ours -------------------------------------------------------------------------------------------------------------


def test_our_moments_are_utc_with_milliseconds() -> None:
    berlin = dt.timezone(dt.timedelta(hours=2))

    assert rfc3339(dt.datetime(2026, 3, 29, 2, 0, 0, 123456, tzinfo=berlin)) == "2026-03-29T00:00:00.123Z"
    assert rfc3339(MIDNIGHT) == "2026-03-29T00:00:00.000Z"
