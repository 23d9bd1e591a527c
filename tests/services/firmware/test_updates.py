"""Updates: each move is a revision that is published, and an update that has ended is remembered in short."""

from msgspec.structs import replace

from schemas.commands import CommandCancelled
from schemas.firmware import FINAL, UpdateChanged, UpdateState
from schemas.states.firmware import PastUpdate, StationFirmware
from services.firmware.updates import PAST_REMEMBERED, end_without_update, enroll, move_to, withdraw
from tests.services.firmware.records import NEW, OLD, POLICY, STATION, at, ordered, withdrawn

S = UpdateState
IDLE = StationFirmware(station=STATION, connected=True, version=OLD)


def test_an_order_begins_an_update_with_its_attempts_and_its_deadline() -> None:
    update = enroll(IDLE, ordered(10, turn=3), None).update

    assert update is not None
    assert (update.state, update.revision, update.attempt, update.attempts_until) == (S.ORDERED, 3, 0, POLICY.attempts)
    assert (update.from_version, update.deadline) == (OLD, at(10 + POLICY.deadline_s))


def test_an_order_of_a_later_round_goes_on_with_the_attempts_of_the_one_before() -> None:
    past = PastUpdate(campaign="c1", revision=5, attempt=2, faulted_before=1)
    state = enroll(replace(IDLE, past=(past,)), ordered(turn=5), past)

    assert state.update is not None
    assert (state.update.attempt, state.update.attempts_until) == (2, 2 + POLICY.attempts)
    assert state.past == ()


def test_each_move_is_the_next_revision_with_an_id_of_its_own() -> None:
    state, one = move_to(enroll(IDLE, ordered(), None), S.SENT, at(11), wake_at=at(99))
    state, two = move_to(state, S.ACCEPTED, at(12), "in time")

    changes = [each for each in (*one, *two) if isinstance(each, UpdateChanged)]
    assert [(each.revision, each.state, each.detail) for each in changes] == [
        (1, S.SENT, ""),
        (2, S.ACCEPTED, "in time"),
    ]
    assert {each.to_version for each in changes} == {NEW}
    assert len({each.id for each in changes}) == 2
    assert state.update is not None
    assert state.update.wake_at is None, "a state waits for its own time alone"


def test_an_update_that_has_ended_is_kept_in_short_so_that_its_orders_are_known_again() -> None:
    for ending in FINAL:
        state, _ = move_to(enroll(IDLE, ordered(turn=4), None), ending, at(20))

        assert state.update is None
        assert state.past == (PastUpdate(campaign="c1", revision=5),)


def test_so_many_ended_updates_are_kept_and_no_more() -> None:
    state = IDLE
    for number in range(PAST_REMEMBERED + 3):
        state, _ = end_without_update(state, ordered(campaign=f"c{number}"), S.CANCELLED, at(number))

    assert [past.campaign for past in state.past] == [f"c{number}" for number in range(3, PAST_REMEMBERED + 3)]


def test_a_waiting_update_is_withdrawn_at_once_and_a_command_that_may_have_left_is_cancelled() -> None:
    waiting = enroll(IDLE, ordered(), None)
    under_way, _ = move_to(waiting, S.SENT, at(11))

    ended, changes = withdraw(waiting, withdrawn(12))
    going_on, cancels = withdraw(under_way, withdrawn(12))

    assert (ended.update, [each.state for each in changes if isinstance(each, UpdateChanged)]) == (None, [S.CANCELLED])
    assert [type(each) for each in cancels] == [CommandCancelled]
    assert going_on.update is not None
    assert going_on.update.withdrawn
    assert withdraw(going_on, withdrawn(13)) == (going_on, []), "once is enough"
