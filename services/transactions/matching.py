"""Matching: which session of a station a fact belongs to, told by content and by the station's own times. PURE."""

from collections.abc import Iterable
from datetime import timedelta

from schemas.base import Timestamp
from schemas.transactions import (
    ForgottenSession,
    MeterValuesReported,
    SessionState,
    StationTransactions,
    TransactionReported,
)
from services.transactions.identity import FIRST_BELIEVABLE_YEAR, PLACEHOLDERS, session_id, start_key
from services.transactions.sessions import is_active, started_at

REUSE_GAP = timedelta(seconds=60)
"""A start this much later than the one known, and after everything heard, is a new transaction under an old id."""

LATE_LIMIT = timedelta(hours=24)
"""A fact that happened this long after the end of its transaction is of a new transaction under an old id."""

Match = SessionState | ForgottenSession | None


def match_transaction(state: StationTransactions, fact: TransactionReported, digest: str) -> Match:
    """The session that a transaction message is about; None where it opens one."""
    number = fact.transaction_id
    if fact.event == "Started" and number is None:
        return _by_start(state, fact)
    if number is None or number in PLACEHOLDERS:
        return _by_content(state, fact, digest)
    held = [s for s in state.sessions if s.transaction_id == number]
    repeated = next((s for s in held if digest in s.seen), None)
    if repeated is not None:
        return repeated
    found = _started(held, fact.at) if fact.event == "Started" else _running(held, fact.at)
    if found is not None and (found.start_at is None or found.start_at <= fact.at):
        return found
    forgotten = (f for f in state.forgotten if f.transaction_id == number and _of_forgotten(f, fact))
    return next(forgotten, None) or found


def match_meter_values(state: StationTransactions, of_name: list[SessionState], fact: MeterValuesReported) -> Match:
    """Which session meter values with a transaction id are about: of those remembered by that id, or of the forgotten."""
    at = fact.meter_values[-1].at if fact.meter_values else fact.received_at
    found = _running(of_name, at)
    if found is not None and (found.start_at is None or found.start_at <= at):
        return found
    forgotten = [
        f
        for f in state.forgotten
        if f.transaction_id == fact.transaction_id and f.started_at <= at and at - f.ended_at <= LATE_LIMIT
    ]
    return forgotten[-1] if forgotten else found


def running_on(state: StationTransactions, evse: int) -> list[SessionState]:
    """The active sessions on one EVSE."""
    return [s for s in state.sessions if s.evse == evse and is_active(s)]


def opened_id(station: str, fact: TransactionReported, transaction_id: str, digest: str) -> str:
    """The id of the session that this fact opens. Facts without a transaction id are told apart by content."""
    distinct = f"{transaction_id}/{digest}" if transaction_id in PLACEHOLDERS else transaction_id
    return session_id(station, distinct, fact.at)


def _by_start(state: StationTransactions, fact: TransactionReported) -> Match:
    """The same start again. Where the station's time could not be read, only a running session can be the same."""
    key = start_key(fact)
    timed = fact.at_source == "station"
    held = (s for s in state.sessions if s.start_key == key and (timed or is_active(s)))
    found = next(held, None)
    if found is not None or not timed:
        return found
    return next((f for f in state.forgotten if f.start_key == key), None)


def _by_content(state: StationTransactions, fact: TransactionReported, digest: str) -> Match:
    wanted = opened_id(state.station, fact, fact.transaction_id or "", digest)
    everyone: Iterable[SessionState | ForgottenSession] = (*state.sessions, *state.forgotten)
    return next((s for s in everyone if s.session == wanted), None)


def _started(held: list[SessionState], at: Timestamp) -> SessionState | None:
    for session in _newest_first(held):
        if session.start_at is None:
            if session.end_at is None or at <= session.end_at:
                return session
        elif at <= session.last_at or at - session.start_at <= REUSE_GAP:
            return session
    return None


def _running(held: list[SessionState], at: Timestamp) -> SessionState | None:
    """The newest session that had begun by then; where none had, the oldest: its start may still come, or clocks differ."""
    newest_first = _newest_first(held)
    for session in newest_first:
        if started_at(session) <= at:
            return None if _long_over(session, at) else session
    return newest_first[-1] if newest_first else None


def _long_over(session: SessionState, at: Timestamp) -> bool:
    if session.end_at is None or session.end_at.year < FIRST_BELIEVABLE_YEAR:
        return False
    return at - max(session.end_at, session.last_at) > LATE_LIMIT


def _of_forgotten(session: ForgottenSession, fact: TransactionReported) -> bool:
    if fact.event == "Started":
        return fact.at <= session.ended_at
    return session.started_at <= fact.at and fact.at - session.ended_at <= LATE_LIMIT


def _newest_first(held: list[SessionState]) -> list[SessionState]:
    return held if len(held) < 2 else sorted(held, key=started_at, reverse=True)
