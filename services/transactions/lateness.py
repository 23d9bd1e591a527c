"""Lateness: starts that were answered before their decision, and the other transaction ids that stations then use. PURE."""

from datetime import timedelta

from msgspec.structs import replace

from schemas.anomalies import Anomaly
from schemas.authorization import DecisionRecorded
from schemas.base import Record, derived_id
from schemas.commands import CommandRequested
from schemas.startnumbers import transaction_number
from schemas.states.transactions import SessionState, StationTransactions
from schemas.transactions import FallbackAnswered, RemoteStop, TransactionReported
from services.transactions.identity import PLACEHOLDERS
from services.transactions.matching import fact_starts, sessions_called
from services.transactions.sessions import is_active, started_at, with_anomalies
from services.transactions.settling import Cause, settle

MAX_ALIASES = 4
LONGEST_TRANSACTION_ID = 36
STOP_WITHIN = timedelta(minutes=10)
STOP_TIMEOUT_S = 30.0
STOP_PRIORITY = 1

Step = tuple[StationTransactions, list[Record]]


def matched_by_place(session: SessionState, number: str | None) -> SessionState:
    """The session after a fact that was matched by place alone: its station may continue to use that transaction id."""
    if number is not None and (number == session.transaction_id or number in session.aliases):
        return session
    if number is None or number in PLACEHOLDERS:
        return with_anomalies(session, Anomaly.MATCHED_BY_PLACE) if number is not None else session
    aliases = (*session.aliases, number)[-MAX_ALIASES:]
    return with_anomalies(replace(session, aliases=aliases), Anomaly.MATCHED_BY_PLACE)


def with_alias(state: StationTransactions, session: SessionState, fact: TransactionReported) -> StationTransactions:
    """The state after a repeated start: the gateway may have answered it with another number than the first one."""
    number = transaction_number(fact) if fact_starts(fact) else session.transaction_id
    if number == session.transaction_id or number in session.aliases:
        return state
    after = replace(session, aliases=(*session.aliases, number)[-MAX_ALIASES:])
    return replace(state, sessions=tuple(after if s is session else s for s in state.sessions))


def apply_fallback(state: StationTransactions, fact: FallbackAnswered, *, stop: bool) -> Step:
    """The gateway answered the station with a status before the decision."""
    sessions = sessions_called(state, fact.transaction_id)
    if not sessions:
        return state, []
    session = max(sessions, key=started_at)
    after = replace(session, answered=fact.status, answered_as=fact.transaction_id)
    return _compare(state, session, after, Cause(fact.id, fact.station, fact.at), stop=stop)


def apply_decision(state: StationTransactions, record: DecisionRecorded, *, stop: bool) -> Step:
    """The decision on a session's token; one requested after its end does not concern the start."""
    session = next((s for s in state.sessions if s.session == record.session), None)
    if session is None or record.final or session.verdict == record.status:
        return state, []
    cause = Cause(record.id, record.station, record.requested_at)
    return _compare(state, session, replace(session, verdict=record.status), cause, stop=stop)


def _compare(
    state: StationTransactions, before: SessionState, after: SessionState, cause: Cause, *, stop: bool
) -> Step:
    """Compare the answer with the decision: where they differ, mark the session, and stop it if it was refused."""
    if not after.answered or not after.verdict:
        return replace(state, sessions=tuple(after if s is before else s for s in state.sessions)), []
    accepted = after.verdict == "Accepted"
    if after.answered == "Invalid":
        after = with_anomalies(after, Anomaly.REFUSED_LATE) if accepted else after
    elif not accepted:
        after = with_anomalies(after, Anomaly.ACCEPTED_LATE)
    refused = Anomaly.ACCEPTED_LATE in after.anomalies and Anomaly.ACCEPTED_LATE not in before.anomalies
    state, outputs = settle(state, before, after, cause)
    if refused and stop and is_active(after) and 0 < len(after.answered_as) <= LONGEST_TRANSACTION_ID:
        outputs = [*outputs, _stop(after, cause)]
    return state, outputs


def _stop(session: SessionState, cause: Cause) -> CommandRequested:
    return CommandRequested(
        id=derived_id(session.session, "late-refusal"),
        station=cause.station,
        command=RemoteStop(transaction_id=session.answered_as),
        requested_at=cause.received_at,
        expires_at=cause.received_at + STOP_WITHIN,
        priority=STOP_PRIORITY,
        timeout_s=STOP_TIMEOUT_S,
        requested_by="transactions",
    )
