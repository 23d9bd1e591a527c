"""Which times of a station are believed."""

import datetime as dt

import pytest

from schemas.clocks import is_believable

RECEIVED_AT = dt.datetime(2026, 3, 29, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("at", "believed"),
    [
        (RECEIVED_AT, True),
        (RECEIVED_AT - dt.timedelta(days=3_000), True),
        (dt.datetime(2015, 1, 1, tzinfo=dt.UTC), True),
        (dt.datetime(2014, 12, 31, 23, 59, 59, tzinfo=dt.UTC), False),
        (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), False),
        (RECEIVED_AT + dt.timedelta(minutes=15), True),
        (RECEIVED_AT + dt.timedelta(minutes=15, microseconds=1), False),
    ],
)
def test_a_time_is_believed_since_2015_and_up_to_a_quarter_of_an_hour_ahead(at: dt.datetime, *, believed: bool) -> None:
    assert is_believable(at, RECEIVED_AT) is believed
