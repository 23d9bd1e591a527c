"""Moments: stations' timestamps as leniently as facts deserve, ours as every station can read them."""

import datetime as dt

import pytest

from gateway.ocpp.spelling.moments import moment, rfc3339

NOW = dt.datetime(2026, 3, 29, 12, tzinfo=dt.UTC)
MIDNIGHT = dt.datetime(2026, 3, 29, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-29T00:00:00Z",
        "2026-03-29T00:00:00.000Z",
        "2026-03-29T00:00:00.000000000Z",
        "2026-03-29T00:00:00+00:00",
        "2026-03-29T02:00:00+02:00",
        "2026-03-29T00:00:00",
        "2026-03-29 00:00:00",
        "2026-03-29t00:00:00z",
        " 2026-03-29T00:00:00Z ",
        "2026-03-29T00:00Z",
    ],
)
def test_rfc_3339_and_its_neighbours_are_read_and_no_zone_means_utc(text):
    assert moment(text, NOW) == (MIDNIGHT, "station")


@pytest.mark.parametrize(
    "text",
    [None, "", "soon", "29.03.2026", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9" * 100_000, "1774742400"],
)
def test_what_cannot_be_read_is_the_gateways_time(text):
    assert moment(text, NOW) == (NOW, "gateway")


def test_a_clock_that_is_plainly_wrong_is_still_the_stations():
    assert moment("1970-01-01T00:00:00Z", NOW) == (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), "station")


def test_our_moments_are_utc_with_milliseconds():
    berlin = dt.timezone(dt.timedelta(hours=2))

    assert rfc3339(dt.datetime(2026, 3, 29, 2, 0, 0, 123456, tzinfo=berlin)) == "2026-03-29T00:00:00.123Z"
    assert rfc3339(MIDNIGHT) == "2026-03-29T00:00:00.000Z"
