"""The time in tests of cores, moved by hand."""

import datetime as dt

START = dt.datetime(2026, 3, 28, 12, 0, tzinfo=dt.UTC)


def at(seconds: float) -> dt.datetime:
    """So many seconds into the test."""
    return START + dt.timedelta(seconds=seconds)
