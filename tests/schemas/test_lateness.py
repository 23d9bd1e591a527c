"""When a service counts as having been away at a moment."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.lateness import PUNCTUAL, missed

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(("after", "away"), [(-PUNCTUAL, False), (PUNCTUAL, False), (PUNCTUAL + TICK, True)])
def test_a_moment_that_is_heard_of_late_was_missed(after: timedelta, away: bool) -> None:
    assert missed(MOMENT, MOMENT + after) is away
