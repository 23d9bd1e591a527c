"""The queue of one station: adds, dispatches and settles commands. PURE.

Each function returns the new queue, most of them with the records to send.
"""

from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from schemas.base import Record, derived_id, null
from schemas.commands import (
    CommandCancelled,
    CommandDispatched,
    CommandRequested,
    CommandSettled,
    ItemOutcome,
    Outcome,
)
from schemas.limits import StationLimited
from schemas.states.commands import CommandQueue, KnownLocation, OutstandingCommand, WaitingCommand
from services.commands import credentials

Step = tuple[CommandQueue, list[Record]]
"""The new queue, and the records to send."""

REPORT_MARGIN = timedelta(seconds=15)
"""How long after the station's time to answer the gateway may take to report."""

SETTLED_REMEMBERED = 64
"""Ids of settled commands kept for one station, to recognise repeated requests."""


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How a command ends: the members of its CommandSettled without ids and time."""

    outcome: Outcome
    response: msgspec.Raw = msgspec.field(default_factory=null)
    error_code: str = ""
    detail: str = ""
    stopped_transaction: str = ""
    queried_transaction: str = ""
    items: tuple[ItemOutcome, ...] = ()
    reboot_required: bool = False
    sent: bool | None = False


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of a queue; that of bytes keeps the state below the limit of a Kafka message."""

    queue_limit: int = 50
    queue_bytes: int = 600_000


def add_request(queue: CommandQueue, request: CommandRequested, policy: Policy) -> Step:
    """Add a new command, or reject it where the queue is full; a repeat changes nothing."""
    if has_seen(queue, request.id):
        return queue, []
    full = _why_full(queue, request, policy)
    if full:
        return settle(queue, request, Ending(outcome="rejected", detail=full), request.requested_at)
    return enqueue(queue, request), credentials.report_asked(request)


def _why_full(queue: CommandQueue, request: CommandRequested, policy: Policy) -> str:
    if len(queue.waiting) >= policy.queue_limit:
        return f"queue full: {len(queue.waiting)} commands wait for the station already"
    pending = queue.waiting if queue.outstanding is None else (*queue.waiting, queue.outstanding.waiting)
    if sum(command.size_bytes for command in pending) + size_bytes(request) > policy.queue_bytes:
        return f"queue full: more than {policy.queue_bytes} bytes of commands would wait for the station"
    return ""


def cancel(queue: CommandQueue, cancellation: CommandCancelled) -> Step:
    """Cancel a queued command; a dispatched one is cancelled if the gateway reports that it was not sent."""
    waiting = next((command for command in queue.waiting if command.id == cancellation.command_id), None)
    if waiting is not None:
        return settle(remove(queue, waiting.id), waiting, Ending(outcome="cancelled"), cancellation.requested_at)
    sent = queue.outstanding
    if sent is not None and sent.waiting.id == cancellation.command_id:
        return replace(queue, outstanding=replace(sent, cancelled=True)), []
    return queue, []


def set_limits(queue: CommandQueue, record: StationLimited) -> CommandQueue:
    """Set what the station accepts in one message."""
    if record.revision <= queue.limits_revision:
        return queue
    return replace(queue, limits=record.limits, limits_revision=record.revision)


def has_seen(queue: CommandQueue, command_id: str) -> bool:
    """Whether the command is queued, dispatched, or was recently settled."""
    return (
        any(command.id == command_id for command in queue.waiting)
        or (queue.outstanding is not None and queue.outstanding.waiting.id == command_id)
        or command_id in queue.settled
    )


def enqueue(queue: CommandQueue, request: CommandRequested) -> CommandQueue:
    """Insert a new command."""
    command = WaitingCommand(
        id=request.id,
        command=request.command,
        expires_at=request.expires_at,
        priority=request.priority,
        order=queue.next_order,
        when_offline=request.when_offline,
        timeout_s=request.timeout_s,
        credential_hash=request.credential_hash,
        size_bytes=size_bytes(request),
    )
    return insert(replace(queue, next_order=queue.next_order + 1), command)


def insert(queue: CommandQueue, command: WaitingCommand) -> CommandQueue:
    """Insert a command by priority and order."""
    waiting = sorted((*queue.waiting, command), key=lambda one: (one.priority, one.order))
    return replace(queue, waiting=tuple(waiting))


def size_bytes(request: CommandRequested) -> int:
    """The approximate size of a command in the persisted queue."""
    return len(msgspec.json.encode(request.command)) + 300


def remove(queue: CommandQueue, command_id: str) -> CommandQueue:
    """Remove a queued command."""
    return replace(queue, waiting=tuple(command for command in queue.waiting if command.id != command_id))


def settle(queue: CommandQueue, command: WaitingCommand | CommandRequested, ending: Ending, at: datetime) -> Step:
    """Make the outcome of a command that is no longer in the queue, and note its id."""
    outcome = CommandSettled(
        id=derived_id(command.id, "settled"),
        command_id=command.id,
        station=queue.station,
        command=str(command.command.__struct_config__.tag),
        outcome=ending.outcome,
        stopped_transaction=ending.stopped_transaction,
        queried_transaction=ending.queried_transaction,
        response=ending.response,
        error_code=ending.error_code,
        detail=ending.detail,
        items=ending.items,
        reboot_required=ending.reboot_required,
        sent=ending.sent,
        settled_at=at,
    )
    return replace(queue, settled=(*queue.settled, command.id)[-SETTLED_REMEMBERED:]), [outcome]


def advance(queue: CommandQueue, at: datetime) -> Step:
    """Settle commands that can wait no longer at this time, then dispatch the next one if possible."""
    outputs: list[Record] = []
    for command in queue.waiting:
        ending = _ending_of_waiting(queue, command, at)
        if ending is not None:
            queue, outcome = settle(remove(queue, command.id), command, ending, at)
            outputs += outcome
    queue, dispatched = _dispatch_next(queue, at)
    return queue, outputs + dispatched


def _ending_of_waiting(queue: CommandQueue, command: WaitingCommand, at: datetime) -> Ending | None:
    if command.expires_at <= at:
        return Ending(outcome="expired", detail="its time was over before it could be sent")
    if command.when_offline == "fail" and not _reachable(queue):
        return Ending(outcome="disconnected", detail="the station is not connected")
    return None


def _reachable(queue: CommandQueue) -> bool:
    return queue.location is not None and queue.location.connected


def _dispatch_next(queue: CommandQueue, at: datetime) -> Step:
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
    after = replace(remove(queue, command.id), outstanding=sent, resume_at=None)
    return after, [_dispatch(queue, location, command)]


def _dispatch(queue: CommandQueue, location: KnownLocation, command: WaitingCommand) -> CommandDispatched:
    return CommandDispatched(
        id=derived_id(command.id, "dispatched", command.attempts),
        command_id=command.id,
        station=queue.station,
        gateway=location.gateway,
        epoch=location.epoch,
        attempt=command.attempts,
        command=command.command,
        expires_at=command.expires_at,
        timeout_s=command.timeout_s,
        limits=queue.limits,
        credential_hash=command.credential_hash,
    )


def time_to_report(command: WaitingCommand) -> timedelta:
    """How long after its dispatch a running gateway reports on a command at the latest.

    Its items may be sent in a message each, and each message has its own timeout.
    """
    messages = max(len(command.command.things), 1)
    return messages * timedelta(seconds=command.timeout_s) + REPORT_MARGIN
