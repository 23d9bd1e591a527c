"""The queue of one station: who is next, what leaves, what ends. PURE; each function gives the queue after, and what it says."""

from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from schemas.base import Record, derived_id, null
from schemas.commands import (
    CommandDispatched,
    CommandQueue,
    CommandRequested,
    CommandSettled,
    KnownLocation,
    Outcome,
    OutstandingCommand,
    WaitingCommand,
)

Step = tuple[CommandQueue, list[Record]]
"""The queue after, and what is said about it."""

REPORT_MARGIN = timedelta(seconds=15)
"""How much longer than the station's own time to answer a gateway may need to report."""

SETTLED_REMEMBERED = 64
"""Ids of settled commands remembered for one station, so that repeats of their requests are known."""


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How a command ends: what its CommandSettled says beside its ids and time."""

    outcome: Outcome
    response: msgspec.Raw = msgspec.field(default_factory=null)
    error_code: str = ""
    detail: str = ""


def knows(queue: CommandQueue, command_id: str) -> bool:
    """Whether the command waits, has left, or was lately settled."""
    return (
        any(command.id == command_id for command in queue.waiting)
        or (queue.outstanding is not None and queue.outstanding.waiting.id == command_id)
        or command_id in queue.settled
    )


def enqueued(queue: CommandQueue, request: CommandRequested) -> CommandQueue:
    """The queue with a new command at its place."""
    command = WaitingCommand(
        id=request.id,
        command=request.command,
        expires_at=request.expires_at,
        priority=request.priority,
        order=queue.next_order,
        when_offline=request.when_offline,
        timeout_s=request.timeout_s,
        size_bytes=size_bytes(request),
    )
    return placed(replace(queue, next_order=queue.next_order + 1), command)


def placed(queue: CommandQueue, command: WaitingCommand) -> CommandQueue:
    """The queue with `command` at the place that its priority and its order give it."""
    waiting = sorted((*queue.waiting, command), key=lambda one: (one.priority, one.order))
    return replace(queue, waiting=tuple(waiting))


def size_bytes(request: CommandRequested) -> int:
    """What a command adds to the persisted queue, about."""
    return len(msgspec.json.encode(request.command)) + 300


def without(queue: CommandQueue, command_id: str) -> CommandQueue:
    """The queue without one waiting command."""
    return replace(queue, waiting=tuple(command for command in queue.waiting if command.id != command_id))


def settled(queue: CommandQueue, command_id: str, ending: Ending, at: datetime) -> Step:
    """Say the one outcome of a command that is no longer in the queue, and remember that it was said."""
    said = CommandSettled(
        id=derived_id(command_id, "settled"),
        command_id=command_id,
        station=queue.station,
        outcome=ending.outcome,
        response=ending.response,
        error_code=ending.error_code,
        detail=ending.detail,
        settled_at=at,
    )
    return replace(queue, settled=(*queue.settled, command_id)[-SETTLED_REMEMBERED:]), [said]


def moved_on(queue: CommandQueue, at: datetime) -> Step:
    """Settle what can wait no longer at this time, then let the next command leave if it may."""
    outputs: list[Record] = []
    for command in queue.waiting:
        ending = _ending_of_waiting(queue, command, at)
        if ending is not None:
            queue, said = settled(without(queue, command.id), command.id, ending, at)
            outputs += said
    queue, dispatched = _dispatched(queue, at)
    return queue, outputs + dispatched


def _ending_of_waiting(queue: CommandQueue, command: WaitingCommand, at: datetime) -> Ending | None:
    if command.expires_at <= at:
        return Ending(outcome="expired", detail="its time was over before it could be sent")
    if command.when_offline == "fail" and not _reachable(queue):
        return Ending(outcome="disconnected", detail="the station is not connected")
    return None


def _reachable(queue: CommandQueue) -> bool:
    return queue.location is not None and queue.location.connected


def _dispatched(queue: CommandQueue, at: datetime) -> Step:
    location = queue.location
    if queue.outstanding is not None or not queue.waiting or location is None or not location.connected:
        return queue, []
    if queue.resume_at is not None and at < queue.resume_at:
        return queue, []
    first = queue.waiting[0]
    command = replace(first, attempts=first.attempts + 1)
    sent = OutstandingCommand(
        waiting=command, gateway=location.gateway, epoch=location.epoch, deadline=at + time_to_report(command)
    )
    after = replace(without(queue, command.id), outstanding=sent, resume_at=None)
    return after, [_dispatch(queue.station, location, command)]


def _dispatch(station: str, location: KnownLocation, command: WaitingCommand) -> CommandDispatched:
    return CommandDispatched(
        id=derived_id(command.id, "dispatched", command.attempts),
        command_id=command.id,
        station=station,
        gateway=location.gateway,
        epoch=location.epoch,
        attempt=command.attempts,
        command=command.command,
        expires_at=command.expires_at,
        timeout_s=command.timeout_s,
    )


def time_to_report(command: WaitingCommand) -> timedelta:
    """How long after its dispatch a command is reported at the latest, by a gateway that lives."""
    return timedelta(seconds=command.timeout_s) + REPORT_MARGIN
