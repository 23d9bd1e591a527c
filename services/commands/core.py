"""Commands: each waits for its turn and its station, is dispatched to a connection, and ends in exactly one outcome."""

from datetime import datetime

from schemas.base import Due, Poison, Record
from schemas.commands import CommandCancelled, CommandRequested, DeliveryReported, StationLocated
from schemas.limits import StationLimited
from schemas.states.commands import CommandQueue
from services.commands import credentials
from services.commands.queue import Policy, Step, add_request, advance, cancel, set_limits
from services.commands.reports import apply_report, check_deadline
from services.commands.where import apply_location

__all__ = ["Policy", "due", "initial", "step"]


def initial(key: str) -> CommandQueue:
    """The state of a new station."""
    return CommandQueue(station=key)


def due(state: CommandQueue) -> datetime | None:
    """When the next queued command expires, the dispatched command is overdue, or a busy gateway may be tried again."""
    moments = [command.expires_at for command in state.waiting]
    if state.outstanding is not None:
        moments.append(state.outstanding.deadline)
    elif state.waiting and state.resume_at is not None and state.location is not None and state.location.connected:
        moments.append(state.resume_at)
    return min(moments, default=None)


def step(state: CommandQueue, record: Record, policy: Policy) -> Step:
    """Apply one record, settle commands that can wait no longer at its time, and dispatch the next one."""
    before = state
    match record:
        case CommandRequested():
            (state, outputs), at = add_request(state, record, policy), record.requested_at
        case CommandCancelled():
            (state, outputs), at = cancel(state, record), record.requested_at
        case StationLocated():
            (state, outputs), at = apply_location(state, record), record.at
        case StationLimited():
            return set_limits(state, record), []
        case DeliveryReported():
            (state, outputs), at = apply_report(state, record), record.at
        case Due():
            at = max(record.at, record.sent_at or record.at)
            state, outputs = check_deadline(state, at)
        case _:
            raise Poison(f"commands has no use for a {type(record).__name__}")
    applied = state
    state, more = advance(applied, at)
    outputs = outputs + more
    return state, outputs + credentials.report_settled((before, applied), outputs)
