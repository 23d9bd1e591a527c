"""Commands: each waits for its turn and its station, leaves once for a connection, and ends in exactly one outcome."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec.structs import replace

from schemas.base import Due, Poison, Record, derived_id
from schemas.commands import (
    CommandCancelled,
    CommandQueue,
    CommandRequested,
    ConnectionSuperseded,
    DeliveryReported,
    KnownLocation,
    Outcome,
    OutstandingCommand,
    StationLocated,
)
from services.commands.queue import (
    Ending,
    Step,
    enqueued,
    knows,
    moved_on,
    placed,
    settled,
    size_bytes,
    time_to_report,
    without,
)

GRACE: Final = timedelta(seconds=5)
"""How long a command whose connection ended may still be reported; then nobody knows whether it arrived: `disconnected`."""

BUSY_BACKOFF: Final = timedelta(seconds=2)
"""How long nothing is sent to a station whose gateway said `busy`."""

PUNCTUAL: Final = timedelta(seconds=5)
"""A Due that comes later than this tells that we were away, so that reports may be waiting still."""

EPOCHS_REMEMBERED: Final = 16
"""Replaced connections remembered for one station."""

SAID_BY_GATEWAY: Final[dict[str, Outcome]] = {
    "unsupported": "unsupported",
    "invalid": "rejected",
    "timed-out": "timed_out",
    "disconnected": "disconnected",
    "expired": "expired",
}
"""The outcome of each delivery that neither brought an answer nor may be tried again."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """How much may wait for one station; the bytes keep its state below what Kafka takes as one message."""

    queue_limit: int = 50
    queue_bytes: int = 600_000


def initial(key: str) -> CommandQueue:
    """A station nobody has located or commanded."""
    return CommandQueue(station=key)


def due(state: CommandQueue) -> datetime | None:
    """When the next waiting command expires, the command that left is overdue, or a busy gateway may be asked again."""
    moments = [command.expires_at for command in state.waiting]
    if state.outstanding is not None:
        moments.append(state.outstanding.deadline)
    elif state.waiting and state.resume_at is not None and state.location is not None and state.location.connected:
        moments.append(state.resume_at)
    return min(moments, default=None)


def step(state: CommandQueue, record: Record, policy: Policy) -> Step:
    """Apply one record, settle what can wait no longer at its time, and let the next command leave."""
    match record:
        case CommandRequested():
            (state, outputs), at = _requested(state, record, policy), record.requested_at
        case CommandCancelled():
            (state, outputs), at = _cancelled(state, record), record.requested_at
        case StationLocated():
            (state, outputs), at = _located(state, record), record.at
        case DeliveryReported():
            (state, outputs), at = _reported(state, record), record.at
        case Due():
            at = max(record.at, record.sent_at or record.at)
            state, outputs = _elapsed(state, at)
        case _:
            raise Poison(f"commands has no use for a {type(record).__name__}")
    state, more = moved_on(state, at)
    return state, outputs + more


# -- requests ---------------------------------------------------------------------------------------------------------


def _requested(state: CommandQueue, request: CommandRequested, policy: Policy) -> Step:
    if knows(state, request.id):
        return state, []
    full = _why_full(state, request, policy)
    if full:
        return settled(state, request.id, Ending(outcome="rejected", detail=full), request.requested_at)
    return enqueued(state, request), []


def _why_full(state: CommandQueue, request: CommandRequested, policy: Policy) -> str:
    if len(state.waiting) >= policy.queue_limit:
        return f"queue full: {len(state.waiting)} commands wait for the station already"
    held = state.waiting if state.outstanding is None else (*state.waiting, state.outstanding.waiting)
    if sum(command.size_bytes for command in held) + size_bytes(request) > policy.queue_bytes:
        return f"queue full: more than {policy.queue_bytes} bytes of commands would wait for the station"
    return ""


def _cancelled(state: CommandQueue, cancel: CommandCancelled) -> Step:
    if any(command.id == cancel.command_id for command in state.waiting):
        ending = Ending(outcome="cancelled")
        return settled(without(state, cancel.command_id), cancel.command_id, ending, cancel.requested_at)
    sent = state.outstanding
    if sent is not None and sent.waiting.id == cancel.command_id:
        return replace(state, outstanding=replace(sent, cancelled=True)), []  # counts if it comes back unsent
    return state, []


# -- where the station is ---------------------------------------------------------------------------------------------


def _located(state: CommandQueue, located: StationLocated) -> Step:
    known = state.location
    if known is None or located.epoch > known.epoch:
        return _moved(state, located)
    if located.epoch < known.epoch:
        return _late(state, known, located)
    if not located.connected:
        state = replace(state, location=replace(known, connected=False))
        return _connection_lost(state, located.at), []
    return state, []


def _moved(state: CommandQueue, located: StationLocated) -> Step:
    """The newest connection wins; one that still stands elsewhere is to be closed."""
    known = state.location
    outputs: list[Record] = []
    if known is not None:
        if known.connected and known.gateway != located.gateway:
            outputs = [_superseded(located, known.gateway, epochs=(known.epoch, located.epoch))]
        state = _remembered(state, known.epoch)
    location = KnownLocation(gateway=located.gateway, epoch=located.epoch, connected=located.connected)
    state = replace(state, location=location, resume_at=None)
    return _connection_lost(state, located.at), outputs


def _late(state: CommandQueue, known: KnownLocation, located: StationLocated) -> Step:
    """An older connection that we had not heard of stands on another gateway: it is to be closed.

    Or the newest, where that gateway's clock is behind: the station comes back, with an epoch after `known` then.
    """
    if located.epoch in state.past_epochs:
        return state, []
    stands_elsewhere = located.connected and located.gateway != known.gateway
    epochs = located.epoch, known.epoch
    outputs: list[Record] = [_superseded(located, located.gateway, epochs=epochs)] if stands_elsewhere else []
    return _remembered(state, located.epoch), outputs


def _superseded(cause: StationLocated, gateway: str, *, epochs: tuple[int, int]) -> ConnectionSuperseded:
    """Tells the gateway of the older connection: `epochs` are that one's, and the newer one's that beat it."""
    epoch, by_epoch = epochs
    return ConnectionSuperseded(
        id=derived_id(cause.station, "superseded", gateway, epoch),
        station=cause.station,
        gateway=gateway,
        epoch=epoch,
        by_epoch=by_epoch,
        at=cause.at,
    )


def _remembered(state: CommandQueue, epoch: int) -> CommandQueue:
    return replace(state, past_epochs=(*state.past_epochs, epoch)[-EPOCHS_REMEMBERED:])


def _connection_lost(state: CommandQueue, at: datetime) -> CommandQueue:
    """A command on a connection that no longer stands is never sent again by us: its gateway has a short while to report."""
    sent, location = state.outstanding, state.location
    if sent is None or sent.connection_lost or location is None:
        return state
    if sent.epoch == location.epoch and location.connected:
        return state
    lost = replace(sent, connection_lost=True, deadline=min(sent.deadline, at + GRACE))
    return replace(state, outstanding=lost)


# -- what became of a dispatch ----------------------------------------------------------------------------------------


def _reported(state: CommandQueue, report: DeliveryReported) -> Step:
    sent = state.outstanding
    if sent is not None and (sent.waiting.id, sent.waiting.attempts, sent.epoch) == (
        report.command_id,
        report.attempt,
        report.epoch,
    ):
        state = replace(state, outstanding=None)
        if report.result in ("not-here", "busy"):
            return _handed_back(state, sent, report)
        return settled(state, report.command_id, _ending(report), report.at)
    if _left_before_a_crash(state, report):
        return settled(without(state, report.command_id), report.command_id, _ending(report), report.at)
    return state, []  # stale: an older attempt, an older connection, or settled already


def _left_before_a_crash(state: CommandQueue, report: DeliveryReported) -> bool:
    """Whether the report is on a dispatch that was sent, but whose memory was lost before it was saved."""
    if report.result in ("not-here", "busy"):
        return False
    return any(one.id == report.command_id and report.attempt > one.attempts for one in state.waiting)


def _handed_back(state: CommandQueue, sent: OutstandingCommand, report: DeliveryReported) -> Step:
    """Nothing was sent: back to its place, for the newer connection or for later."""
    if sent.cancelled:
        return settled(state, sent.waiting.id, Ending(outcome="cancelled"), report.at)
    state = placed(state, sent.waiting)
    location = state.location
    if location is None or location.epoch != report.epoch:
        return state, []  # the station has moved on: no reason to wait for this connection
    if report.result == "busy":
        return replace(state, resume_at=report.at + BUSY_BACKOFF), []
    return replace(state, location=replace(location, connected=False)), []


def _ending(report: DeliveryReported) -> Ending:
    if report.result == "answered":
        if report.outcome is None:
            raise Poison("an answered delivery names no outcome")
        outcome = report.outcome
    else:
        outcome = SAID_BY_GATEWAY[report.result]
    return Ending(
        outcome=outcome,
        response=report.response,
        error_code=report.error_code,
        detail=report.error_description,
    )


# -- time -------------------------------------------------------------------------------------------------------------


def _elapsed(state: CommandQueue, at: datetime) -> Step:
    """The gateway has not reported in time. If it is us who were away, its report may wait for us: once more as long."""
    sent = state.outstanding
    if sent is None or at < sent.deadline:
        return state, []
    if at - sent.deadline > PUNCTUAL and not sent.extended:
        patience = GRACE if sent.connection_lost else time_to_report(sent.waiting)
        return replace(state, outstanding=replace(sent, deadline=at + patience, extended=True)), []
    ending = (
        Ending(outcome="disconnected", detail="the connection ended, and nobody reported whether it was sent")
        if sent.connection_lost
        else Ending(outcome="timed_out", detail="the gateway did not report in time")
    )
    return settled(replace(state, outstanding=None), sent.waiting.id, ending, at)
