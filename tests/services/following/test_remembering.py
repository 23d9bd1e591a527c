"""Remembering: each thing once, and the same in whatever order things were read."""

from itertools import permutations

import pytest

from schemas.commands import CommandSettled
from services.following.remembering import in_any_order, is_since, later, remembered, undated, word_of
from tests.services.following.things import Remembered, answer, said
from tests.services.moments import at


def test_a_thing_is_added_behind_what_is_known_of_its_kind() -> None:
    state = remembered(remembered(Remembered(), "answers", answer("c1")), "answers", answer("c2"))

    assert state.answers == (answer("c1"), answer("c2"))
    assert state.notes == ()


def test_what_is_known_already_leaves_the_very_same_state() -> None:
    state = remembered(Remembered(), "answers", answer())

    assert remembered(state, "answers", answer()) is state


def test_things_that_differ_in_any_member_are_two_unless_one_member_tells_them_apart() -> None:
    state = remembered(Remembered(), "answers", answer(seconds=1))

    assert len(remembered(state, "answers", answer(seconds=2)).answers) == 2
    assert remembered(state, "answers", answer(seconds=2), by="command_id") is state
    assert len(remembered(state, "answers", answer("c2"), by="command_id").answers) == 2


def test_of_two_times_the_later_one_counts_whichever_is_read_first() -> None:
    assert later(None, at(5)) == at(5)
    assert later(at(5), at(3)) == later(at(3), at(5)) == at(5)


def test_something_is_known_since_a_time_from_that_very_time_on() -> None:
    assert is_since(at(5), at(5))
    assert not is_since(at(4), at(5))
    assert not is_since(None, at(5))


def test_a_state_in_any_order_does_not_tell_in_which_order_things_were_read() -> None:
    things = [answer("c1", seconds=9), answer("c2"), answer("c3", outcome="rejected")]

    states = {in_any_order(Remembered(answers=order), "answers") for order in permutations(things)}

    assert len(states) == 1
    assert set(next(iter(states)).answers) == set(things)


def test_a_kind_that_is_not_named_keeps_its_order() -> None:
    notes = (answer("c2"), answer("c1"))

    assert in_any_order(Remembered(notes=notes), "answers").notes == notes


def test_what_was_said_undated_tells_neither_how_often_nor_when() -> None:
    assert undated([said(revision=3, seconds=7)]) == undated([said(revision=1, seconds=2)])
    assert undated([said(status="accepted")]) != undated([said(status="refused")])


@pytest.mark.parametrize(
    ("settled", "word"),
    [
        ({"outcome": "rejected", "detail": "Occupied", "error_code": "InternalError"}, "Occupied"),
        ({"outcome": "rejected", "error_code": "InternalError"}, "InternalError"),
        ({"outcome": "timed_out"}, "Timed_out"),
        ({"outcome": "accepted", "detail": "Unknown"}, "Unknown"),
        ({"outcome": "accepted"}, ""),
    ],
)
def test_the_word_of_an_outcome_is_the_stations_own_and_an_acceptance_has_none_by_itself(settled, word) -> None:
    outcome = CommandSettled(id="o1", command_id="c1", station="S", settled_at=at(0), **settled)

    assert word_of(outcome) == word
