"""Outcomes: when nobody knows what the station did."""

from typing import get_args

import pytest

from schemas.commands import Outcome
from schemas.outcomes import is_unanswered

OPEN = {"timed_out", "disconnected"}


@pytest.mark.parametrize("outcome", get_args(Outcome))
def test_a_command_is_unanswered_where_the_station_may_have_it_and_gave_no_answer(outcome: str) -> None:
    assert is_unanswered(outcome, sent=True) == (outcome in OPEN)
    assert is_unanswered(outcome, sent=None) == (outcome in OPEN), "nobody knows whether it was sent"


@pytest.mark.parametrize("outcome", get_args(Outcome))
def test_a_command_that_never_reached_the_station_was_not_done(outcome: str) -> None:
    assert not is_unanswered(outcome, sent=False)
