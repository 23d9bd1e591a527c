"""Clocks: which times of a station are believable. PURE."""

import datetime as dt

FIRST_BELIEVABLE_YEAR = 2015
"""OCPP 1.6 is of October 2015. Clocks that were never set show 1970, 1980, 2000 or 0001."""

AHEAD = dt.timedelta(minutes=15)
"""How far a station's clock may be ahead of ours."""


def was_never_set(at: dt.datetime) -> bool:
    """Whether a time is from a clock that was never set."""
    return at.year < FIRST_BELIEVABLE_YEAR


def is_believable(at: dt.datetime, received_at: dt.datetime) -> bool:
    """Whether something received at `received_at` can have happened at `at`; it may be long ago, as stations can be offline."""
    return not was_never_set(at) and at <= received_at + AHEAD
