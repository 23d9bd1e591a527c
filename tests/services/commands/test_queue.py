"""The queue of one station: order, limits, expiry, dispatch."""

import datetime as dt
from typing import Any

from schemas.commands import CommandDispatched, CommandRequested, CommandSettled
from schemas.states.commands import CommandQueue, KnownLocation
from schemas.stationcommands import Reset
from services.commands.queue import Policy, add_request, advance, has_seen, remove

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
HERE = KnownLocation(gateway="gw-0", epoch=7, connected=True)


def request(id: str, **members: Any) -> CommandRequested:
    usual: dict[str, Any] = {
        "station": "A", "command": Reset(), "requested_at": NOON, "expires_at": NOON + dt.timedelta(hours=1),
    }  # fmt: skip
    return CommandRequested(id=id, **usual | members)


def queue(*requests: CommandRequested, location: KnownLocation | None = None) -> CommandQueue:
    state = CommandQueue(station="A", location=location)
    for each in requests:
        state, _ = add_request(state, each, Policy())
    return state


def test_commands_are_sent_by_priority_and_then_in_order() -> None:
    state = queue(request("a"), request("b"), request("c", priority=1))

    assert [command.id for command in state.waiting] == ["c", "a", "b"]


def test_a_repeated_request_changes_nothing() -> None:
    state = queue(request("a"))

    assert has_seen(state, "a")
    assert add_request(state, request("a"), Policy()) == (state, [])
    assert not has_seen(remove(state, "a"), "a")


def test_a_request_to_a_full_queue_is_rejected() -> None:
    for policy in (Policy(queue_limit=1), Policy(queue_bytes=400)):
        state, (outcome,) = add_request(queue(request("a")), request("b"), policy)

        assert isinstance(outcome, CommandSettled)
        assert (outcome.outcome, has_seen(state, "b")) == ("rejected", True)


def test_one_command_is_dispatched_to_the_connection_at_a_time() -> None:
    state, (dispatch,) = advance(queue(request("a"), request("b"), location=HERE), NOON)

    assert isinstance(dispatch, CommandDispatched)
    assert (dispatch.command_id, dispatch.epoch, dispatch.attempt) == ("a", 7, 1)
    assert advance(state, NOON)[1] == []


def test_without_a_connection_a_command_waits_or_fails_as_it_wants() -> None:
    state, (outcome,) = advance(queue(request("a"), request("b", when_offline="fail")), NOON)

    assert isinstance(outcome, CommandSettled)
    assert (outcome.command_id, outcome.outcome) == ("b", "disconnected")
    assert [command.id for command in state.waiting] == ["a"]


def test_a_command_that_waited_too_long_expires() -> None:
    (outcome,) = advance(queue(request("a")), NOON + dt.timedelta(hours=1))[1]

    assert isinstance(outcome, CommandSettled)
    assert (outcome.outcome, outcome.sent) == ("expired", False)
