"""Attempts: one command each, again after longer and longer where that may help, and an end with a name at the deadline."""

import pytest
from msgspec.structs import replace

from schemas.base import Record
from schemas.commands import CommandRequested, CommandSettled
from schemas.firmware import UpdateChanged, UpdateState
from schemas.states.firmware import StationFirmware
from services.firmware.attempts import (
    LONGEST_BACKOFF,
    MENDABLE,
    SEND_WITHIN,
    end_at_deadline,
    fail_attempt,
    restore_attempt,
    start_attempt,
)
from services.firmware.updates import enroll, move_to
from tests.services.firmware.records import OLD, POLICY, STATION, at, ordered

S = UpdateState
READY = enroll(StationFirmware(station=STATION, connected=True, version=OLD), ordered(), None)


def command_in(outputs: list[Record]) -> CommandRequested:
    (command,) = (each for each in outputs if isinstance(each, CommandRequested))
    return command


def states(outputs: list[Record]) -> list[UpdateState]:
    return [each.state for each in outputs if isinstance(each, UpdateChanged)]


def under_way(state: UpdateState, **changes: object) -> StationFirmware:
    begun, _ = start_attempt(READY, ordered(), at(11))
    moved, _ = move_to(begun, state, at(12))
    assert moved.update is not None
    return replace(moved, update=replace(moved.update, **changes))  # type: ignore[arg-type]


def test_an_attempt_is_one_command_that_is_the_same_when_it_is_made_again() -> None:
    state, outputs = start_attempt(READY, ordered(), at(11))
    _, again = start_attempt(READY, ordered(), at(12))
    _, second = start_attempt(state, ordered(), at(13))

    assert states(outputs) == [S.SENT]
    assert command_in(again).id == command_in(outputs).id != command_in(second).id
    assert command_in(outputs).expires_at == at(11) + SEND_WITHIN


def test_a_command_is_not_sent_after_its_window_or_the_deadline() -> None:
    _, in_window = start_attempt(READY, ordered(send_until=at(30)), at(11))
    assert READY.update is not None
    late = replace(READY, update=replace(READY.update, deadline=at(20)))
    _, at_the_deadline = start_attempt(late, ordered(), at(11))

    assert (command_in(in_window).expires_at, command_in(at_the_deadline).expires_at) == (at(30), at(20))


def test_an_attempt_that_was_sent_before_a_crash_is_known_by_its_outcome() -> None:
    sent, outputs = start_attempt(READY, ordered(), at(11))
    outcome = CommandSettled(
        id="o", command_id=command_in(outputs).id, station=STATION, outcome="accepted", settled_at=at(15)
    )

    restored = restore_attempt(READY, outcome)

    assert restored.update is not None
    assert (restored.update.state, restored.update.attempt) == (S.SENT, 1)
    assert restore_attempt(READY, replace(outcome, command_id="another")) is READY
    assert restore_attempt(sent, outcome) is sent


@pytest.mark.parametrize("failure", sorted(MENDABLE))
def test_a_failure_that_another_attempt_may_mend_waits_and_then_there_is_one(failure: UpdateState) -> None:
    state, outputs = fail_attempt(under_way(S.INSTALLING), failure, at(20), "why")

    assert states(outputs) == [S.BACKING_OFF]
    assert state.update is not None
    assert (state.update.failure, state.update.wake_at) == (failure, at(20 + POLICY.backoff_s))


@pytest.mark.parametrize(
    ("failure", "changes"),
    [
        (S.INVALID_SIGNATURE, {}),
        (S.DOWNLOAD_FAILED, {"attempts_until": 1}),
        (S.DOWNLOAD_FAILED, {"withdrawn": True}),
        (S.DOWNLOAD_FAILED, {"deadline": at(20 + POLICY.backoff_s)}),
    ],
)
def test_a_failure_that_nothing_mends_or_that_comes_too_late_is_the_end(
    failure: UpdateState, changes: dict[str, object]
) -> None:
    state, outputs = fail_attempt(under_way(S.DOWNLOADING, **changes), failure, at(20))

    assert (state.update, states(outputs)) == (None, [failure])


def test_the_wait_doubles_and_is_a_day_at_most() -> None:
    waits = []
    for attempt in (1, 2, 3, 30):
        policy = replace(POLICY, attempts=40)
        state = under_way(S.DOWNLOADING, attempt=attempt, attempts_until=40, policy=policy, deadline=at(10**9))
        after, _ = fail_attempt(state, S.DOWNLOAD_FAILED, at(0))
        assert after.update is not None
        assert after.update.wake_at is not None
        waits.append((after.update.wake_at - at(0)).total_seconds())

    backoff = POLICY.backoff_s
    assert waits == [backoff, 2 * backoff, 4 * backoff, LONGEST_BACKOFF.total_seconds()]


@pytest.mark.parametrize(
    ("state", "ending"),
    [
        (S.SENT, S.NO_ANSWER),
        (S.INSTALLING, S.SILENT),
        (S.REBOOTING, S.UNCONFIRMED),
        (S.OFFLINE, S.UNREACHABLE),
        (S.BUSY, S.STAYED_BUSY),
        (S.READY, S.OUT_OF_TIME),
    ],
)
def test_at_the_deadline_an_update_ends_with_the_state_that_says_why(state: UpdateState, ending: UpdateState) -> None:
    after, outputs = end_at_deadline(under_way(state), at(9_999))

    assert (after.update, states(outputs)) == (None, [ending])


def test_an_update_that_waited_for_another_attempt_ends_with_its_last_failure() -> None:
    _, outputs = end_at_deadline(under_way(S.BACKING_OFF, failure=S.REJECTED, failure_detail="no"), at(9_999))

    assert states(outputs) == [S.REJECTED]
