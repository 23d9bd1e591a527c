"""Surroundings: applies boots, connector statuses, connections and refused stops of a station to its sessions. PURE."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.anomalies import Anomaly
from schemas.base import Due, Record
from schemas.commands import CommandSettled
from schemas.states.transactions import RefusedStop, SessionState, StationTransactions
from schemas.stations import (
    ConnectorStatusReported,
    StationBooted,
    StationConnected,
    StationDisconnected,
    StationSeen,
)
from services.following.remembering import later
from services.transactions.charging import charging_of_status
from services.transactions.evidence import (
    is_refusal,
    is_unknown_there,
    presume_over_by_silence,
    with_evidence,
    with_refused_stop,
)
from services.transactions.places import add_status, is_at
from services.transactions.sessions import is_active
from services.transactions.settling import Cause, settle

MAX_REFUSED_STOPS = 8
"""Refused remote stops that are kept, for sessions whose start is read only afterwards."""

Step = tuple[StationTransactions, list[Record]]
Surrounding = (
    ConnectorStatusReported | StationBooted | StationConnected | StationDisconnected | StationSeen | CommandSettled
)


def apply_surrounding(state: StationTransactions, record: Surrounding) -> Step:
    """Apply a record that is no fact of a transaction."""
    match record:
        case ConnectorStatusReported():
            return _apply_status(state, record)
        case StationBooted():
            state = _apply_connection(state, record.reply_to.epoch)
            return replace(state, booted_at=later(state.booted_at, record.received_at)), []
        case StationConnected() | StationSeen():
            return _apply_connection(state, record.epoch), []
        case StationDisconnected():
            return _apply_disconnection(state, record)
        case CommandSettled():
            return _apply_outcome(state, record)


def due(state: StationTransactions, silent_limit: timedelta) -> datetime | None:
    """When the sessions of a disconnected station are presumed over; None for never."""
    if state.away_since is None or not any(is_active(session) for session in state.sessions):
        return None
    return state.away_since + silent_limit


def apply_due(state: StationTransactions, event: Due, silent_limit: timedelta) -> Step:
    """Presume the sessions over once the limit has passed and the station is still disconnected."""
    at = due(state, silent_limit)
    if at is None or event.at < at:
        return state, []
    cause = Cause(f"{state.station}/{at.isoformat()}", state.station, event.sent_at or at)
    return _each_active(state, cause, presume_over_by_silence)


def _apply_status(state: StationTransactions, report: ConnectorStatusReported) -> Step:
    state, before = add_status(state, report), state
    if state is before:
        return state, []
    sessions = [with_evidence(state, s) if is_at(s, report.evse, report.connector) else s for s in state.sessions]
    charging = charging_of_status(replace(state, sessions=tuple(sessions)), report)
    records: list[Record] = []
    if charging is not None:
        session, after, record = charging
        sessions = [after if s is session else s for s in sessions]
        records = [record]
    changed = zip(before.sessions, sessions, strict=True)
    state, outputs = _settle_each(state, report, [(old, new) for old, new in changed if old is not new])
    return state, outputs + records


def _apply_outcome(state: StationTransactions, settled: CommandSettled) -> Step:
    if settled.stopped_transaction and is_refusal(settled):
        refused = RefusedStop(transaction_id=settled.stopped_transaction, at=settled.settled_at)
    elif is_unknown_there(settled):
        by = str(Anomaly.OVER_BY_TRANSACTION_STATUS)
        refused = RefusedStop(transaction_id=settled.queried_transaction, at=settled.settled_at, by=by)
    else:
        return state, []
    if refused not in state.refused_stops:
        state = replace(state, refused_stops=(*state.refused_stops, refused)[-MAX_REFUSED_STOPS:])
    cause = Cause(settled.id, settled.station, settled.settled_at)
    return _each_active(state, cause, lambda session: with_refused_stop(session, refused))


def _apply_connection(state: StationTransactions, epoch: int) -> StationTransactions:
    return replace(state, epoch=epoch, away_since=None) if epoch > state.epoch else state


def _apply_disconnection(state: StationTransactions, record: StationDisconnected) -> Step:
    """The station is disconnected: the power of its sessions is unknown now."""
    if record.epoch < state.epoch or (record.epoch == state.epoch and state.away_since is not None):
        return state, []
    state = replace(state, epoch=record.epoch, away_since=record.at)
    cause = Cause(record.id, record.station, record.at)
    return _each_active(state, cause, lambda session: replace(session, power=None) if session.power else session)


def _each_active(state: StationTransactions, cause: Cause, change: Callable[[SessionState], SessionState]) -> Step:
    """Change every active session, and settle those that differ."""
    changed = [(session, change(session)) for session in state.sessions if is_active(session)]
    return _settle_each(state, cause, [(old, new) for old, new in changed if old is not new])


def _settle_each(
    state: StationTransactions,
    cause: Cause | ConnectorStatusReported,
    changed: Iterable[tuple[SessionState, SessionState]],
) -> Step:
    outputs: list[Record] = []
    for before, after in changed:
        state, more = settle(state, before, after, cause)
        outputs += more
    return state, outputs
