"""Sending: what outcomes mean for a run, and how often a command leaves that gets no answer."""

import pytest

from schemas.boottemplates import DETAIL_KEPT, ITEMS_KEPT
from schemas.commands import ItemOutcome
from schemas.stationcommands import Reset
from services.boottemplates.core import RESET
from services.boottemplates.sending import PRIORITY, TRIES_HERE, TRIES_MOST
from services.following.commanding import OUTCOME_WITHIN
from tests.services.boottemplates.stations import Fleet, setting, station, template

A, B = setting("A"), setting("B")


def begun(*commands, **changes):
    """A station whose first command has left."""
    there = Fleet(template("t", *(commands or (A, B)), **changes))
    there.boots()
    there.passes(100, answering=False)
    assert len(there.waiting) == 1
    return there


def unanswered(there, outcome="timed_out", **members):
    """The command that has left comes to no answer; a further one leaves as soon as it may."""
    there.settles(outcome, **members)
    until_sent(there)


def until_sent(there):
    """Time passes until the next command leaves, for some minutes at most."""
    for _ in range(290):
        if there.waiting:
            return
        there.passes(1, answering=False)


def test_commands_go_behind_those_of_operators_and_are_not_kept_for_a_station_that_is_away() -> None:
    (request,) = begun().waiting

    assert (request.priority, request.when_offline, request.requested_by) == (PRIORITY, "fail", "boot template t")
    assert request.priority > 5


@pytest.mark.parametrize("outcome", ["rejected", "unsupported", "partial", "cancelled"])
def test_a_refused_command_is_kept_and_the_next_one_leaves(outcome: str) -> None:
    there = begun()
    there.settles(outcome, detail="NotSupported")
    there.settles()

    assert [each.status for each in there.last.steps] == [outcome, "accepted"]
    assert (there.last.steps[0].detail, there.last.status, there.heard) == ("NotSupported", "partial", [A, B])


@pytest.mark.parametrize("outcome", ["timed_out", "disconnected", "expired"])
def test_a_command_without_an_answer_is_sent_again_after_pauses_that_grow(outcome: str) -> None:
    there = begun()
    gaps = []
    for _ in range(TRIES_HERE - 1):
        left = there.now
        there.settles(outcome)
        assert there.last.status == "waiting"
        until_sent(there)
        gaps.append(round(there.now - left))
    there.settles()
    there.settles()

    assert 60 <= gaps[0] < 120 <= gaps[1]
    assert (there.last.status, [each.attempts for each in there.last.steps]) == ("done", [TRIES_HERE, 1])


def test_after_some_attempts_nothing_is_sent_until_the_station_connects() -> None:
    there = begun()
    for _ in range(TRIES_HERE):
        unanswered(there)
    assert there.waiting == []
    there.passes(24 * 3600)
    assert (there.last.status, there.waiting, len(there.heard)) == ("waiting", [], TRIES_HERE)

    there.reads(station(there.now, booted=0, connected=False), station(there.now + 1, booted=0))
    there.passes(600)

    assert (there.last.status, there.heard[-2:]) == ("done", [A, B])


def test_a_command_that_never_gets_an_answer_is_given_up_and_the_run_goes_on() -> None:
    there = begun(A, B, every_boot=False)
    for _ in range(TRIES_MOST // TRIES_HERE):
        for _ in range(TRIES_HERE):
            unanswered(there)
        there.reads(station(there.now, booted=0, connected=False), station(there.now + 1, booted=0))
        until_sent(there)
    there.settles()

    assert there.heard == [A] * TRIES_MOST + [B]
    assert ([each.status for each in there.last.steps], there.last.status) == (["timed_out", "accepted"], "partial")
    there.boots(there.now + 3600)
    there.passes(600)
    assert there.heard[-2:] == [A, B]  # it has not run once, for the station never spoke


def test_a_command_whose_outcome_gets_lost_is_sent_again() -> None:
    there = begun()
    there.waiting.clear()
    there.passes(OUTCOME_WITHIN.total_seconds() + 200, answering=False)

    assert [each.command for each in there.waiting] == [A]
    there.settles()
    there.settles()
    assert there.last.status == "done"


def test_a_command_that_its_registration_forbids_is_tried_again_and_then_kept_as_rejected() -> None:
    there = begun()
    unanswered(there, "rejected", sent=False, detail="the station is not accepted")
    there.settles()
    there.settles()
    assert (there.last.status, there.heard) == ("done", [A, B])

    there = begun()
    for _ in range(TRIES_HERE):
        unanswered(there, "rejected", sent=False, detail="no such component")
    there.settles()
    assert [each.status for each in there.last.steps] == ["rejected", "accepted"]


@pytest.mark.parametrize("outcome", ["accepted", "disconnected", "timed_out"])
def test_a_reset_is_sent_once_and_the_boot_that_it_causes_runs_nothing_again(outcome: str) -> None:
    there = begun(A, Reset(), every_boot=False)
    there.settles()
    there.settles(outcome)
    there.boots(there.now + 30)
    there.passes(3600)

    assert there.heard == [A, Reset()]


def test_a_reset_that_is_followed_by_its_boot_before_its_outcome_is_not_sent_again() -> None:
    there = begun(A, Reset(), every_boot=False)
    there.settles()
    there.boots(there.now + 30)
    there.settles("disconnected")
    there.passes(3600)

    assert there.heard == [A, Reset()]
    assert (there.last.status, there.last.why) == ("dropped", RESET)


def test_a_run_keeps_what_was_not_accepted_and_no_more_than_fits() -> None:
    there = begun(A)
    items = tuple(ItemOutcome(name=f"Key{number}", status="Rejected") for number in range(ITEMS_KEPT + 5))
    there.settles("partial", items=(ItemOutcome(name="Fine", status="Accepted"), *items), detail="x" * 1_000)

    (step,) = there.last.steps
    assert step.items == items[:ITEMS_KEPT]
    assert len(step.detail) == DETAIL_KEPT
