"""Matching: finds the session of a station that a fact belongs to, by content and by the station's times. PURE."""

from collections.abc import Iterable
from datetime import timedelta

from schemas.authorization import token_key
from schemas.base import Timestamp
from schemas.clocks import was_never_set
from schemas.deviations import Deviation
from schemas.startnumbers import start_key, token_key_of
from schemas.states.transactions import ForgottenSession, Point, SessionState, StationTransactions
from schemas.transactions import MeterValuesReported, TransactionReported
from services.transactions.energy import may_follow
from services.transactions.identity import PLACEHOLDERS, is_before, session_id
from services.transactions.sessions import has_wrong_clock, is_active, started_at

REUSE_GAP = timedelta(seconds=60)
"""A start this much after the known one, and after all known facts, is a new transaction with a reused id."""

LATE_LIMIT = timedelta(hours=24)
"""A fact this long after the end of its transaction belongs to a new transaction with a reused id."""

MOVED_AT_MOST = timedelta(minutes=2)
"""Largest difference between two corrections of one clock."""

Match = SessionState | ForgottenSession | None


def match_transaction(state: StationTransactions, fact: TransactionReported, digest: str) -> Match:
    """The session of a transaction message; None where it opens one."""
    number = fact.transaction_id
    if fact.event == "Started" and number is None:
        return _by_start(state, fact)
    if is_nameless(fact):
        return _by_content(state, fact, digest) or by_place(state, fact, digest)
    of_number = sessions_called(state, number or "")
    older = [f for f in state.forgotten if f.transaction_id == number]
    candidates: tuple[SessionState | ForgottenSession, ...] = (*of_number, *older)
    repeated = next((s for s in candidates if digest in s.seen), None)
    if repeated is not None:
        return repeated
    found = _started_session(of_number, fact.at) if fact.event == "Started" else _running_session(of_number, fact.at)
    if found is not None and (found.start_at is None or found.start_at <= fact.at):
        return found
    forgotten = (f for f in older if _of_forgotten(f, fact))
    return next(forgotten, None) or found or (None if of_number else by_place(state, fact, digest))


def is_nameless(fact: TransactionReported) -> bool:
    """Whether it has no transaction id. In 2.x, where stations assign ids, "0" and "-1" are valid ids."""
    return fact.transaction_id is None or (fact.seq_no is None and fact.transaction_id in PLACEHOLDERS)


def sessions_called(state: StationTransactions, number: str) -> list[SessionState]:
    """The sessions with that transaction id or alias."""
    return [s for s in state.sessions if s.transaction_id == number or number in s.aliases]


def match_meter_values(state: StationTransactions, of_name: list[SessionState], fact: MeterValuesReported) -> Match:
    """The session of meter values with a transaction id, among those with that id or the packed ones."""
    at = fact.meter_values[-1].at if fact.meter_values else fact.received_at
    found = _running_session(of_name, at)
    if found is not None and (found.start_at is None or found.start_at <= at):
        return found
    forgotten = [
        f
        for f in state.forgotten
        if f.transaction_id == fact.transaction_id and f.started_at <= at and at - f.ended_at <= LATE_LIMIT
    ]
    return forgotten[-1] if forgotten else found


def is_unknown(state: StationTransactions, fact: MeterValuesReported) -> bool:
    """Whether meter values have no transaction id, or one that was never assigned and that no session has."""
    number = fact.transaction_id or ""
    if number in PLACEHOLDERS:
        return True
    return not sessions_called(state, number) and all(f.transaction_id != number for f in state.forgotten)


def running_on(state: StationTransactions, evse: int) -> list[SessionState]:
    """The active sessions on one EVSE."""
    return [s for s in state.sessions if s.evse == evse and is_active(s)]


def opened_id(state: StationTransactions, fact: TransactionReported, transaction_id: str, digest: str) -> str:
    """The id of the session that this fact opens. Facts without a transaction id are distinguished by content.

    So is one whose id a session has already: it was opened with this transaction id and time, and ended by a message of another id.
    """
    by_content = session_id(state.station, f"{transaction_id}/{digest}", fact.at)
    if is_nameless(fact) and not fact_starts(fact):
        return by_content
    by_number = session_id(state.station, transaction_id, fact.at)
    taken = any(each.session == by_number for each in _all_sessions(state))
    return by_content if taken else by_number


def fact_starts(fact: TransactionReported) -> bool:
    """Whether it is a start without a transaction id."""
    return fact.event == "Started" and fact.transaction_id is None


def by_place(state: StationTransactions, fact: TransactionReported, digest: str) -> Match:
    """The only possible session of an end (1.6) with an id that was never assigned: begun before it, with a register not above it.

    Stations whose start was not answered in time continue with an id of their own.
    """
    if fact.seq_no is not None or fact.event != "Ended":
        return None
    repeated = next((s for s in _all_sessions(state) if digest in s.seen), None)
    if repeated is not None:
        return repeated
    unended = [s for s in state.sessions if s.end_at is None and may_end(s, fact)]
    running = [s for s in unended if is_active(s)] or unended
    of_token = [s for s in running if s.token is not None and token_key(s.token.value) == token_key_of(fact)]
    candidates = of_token or running
    return candidates[0] if len(candidates) == 1 else None


def may_end(session: SessionState, fact: TransactionReported) -> bool:
    """Whether the end may belong to this session: not before its start, nor below or out of reach of its register."""
    if not has_wrong_clock(session) and is_before(fact.at, started_at(session)):
        return False
    return fact.meter_wh is None or may_follow(session.energy, Point(fact.at, fact.meter_wh))


def _by_start(state: StationTransactions, fact: TransactionReported) -> Match:
    """The session of a repeated start. Without a readable time of the station, only a running session can be the same."""
    key = start_key(fact)
    timed = fact.at_source == "station"
    same_start = (s for s in state.sessions if s.start_key == key and (timed or is_active(s)))
    found = next(same_start, None)
    if found is not None or not timed:
        return found
    forgotten = next((f for f in state.forgotten if f.start_key == key), None)
    return forgotten or next((s for s in state.sessions if _is_moved(s, fact)), None)


def _is_moved(session: SessionState, fact: TransactionReported) -> bool:
    """Whether it is the start of this session again, with its time corrected by another clock offset."""
    if Deviation.CLOCK_CORRECTED not in fact.deviations or not session.start_key or session.start_at is None:
        return False
    register = session.energy.told_start
    return (
        (session.evse, session.connector) == (fact.evse, fact.connector)
        and register is not None
        and register.value == fact.meter_wh
        and session.token is not None
        and token_key(session.token.value) == token_key_of(fact)
        and abs(session.start_at - fact.at) <= MOVED_AT_MOST
    )


def _by_content(state: StationTransactions, fact: TransactionReported, digest: str) -> Match:
    wanted = opened_id(state, fact, fact.transaction_id or "", digest)
    return next((s for s in _all_sessions(state) if s.session == wanted), None)


def _all_sessions(state: StationTransactions) -> Iterable[SessionState | ForgottenSession]:
    return (*state.sessions, *state.forgotten)


def _started_session(sessions: list[SessionState], at: Timestamp) -> SessionState | None:
    for session in _newest_first(sessions):
        if session.start_at is None:
            if session.end_at is None or at <= session.end_at:
                return session
        elif at <= session.last_at or at - session.start_at <= REUSE_GAP:
            return session
    return None


def _running_session(sessions: list[SessionState], at: Timestamp) -> SessionState | None:
    """The newest session that had begun by then; else the oldest, whose start may be late, or clocks differ."""
    newest_first = _newest_first(sessions)
    for session in newest_first:
        if started_at(session) <= at:
            return None if _long_over(session, at) else session
    return newest_first[-1] if newest_first else None


def _long_over(session: SessionState, at: Timestamp) -> bool:
    if session.end_at is None or was_never_set(session.end_at):
        return False
    return at - max(session.end_at, session.last_at) > LATE_LIMIT


def _of_forgotten(session: ForgottenSession, fact: TransactionReported) -> bool:
    if fact.event == "Started":
        return fact.at <= session.ended_at
    return session.started_at <= fact.at and fact.at - session.ended_at <= LATE_LIMIT


def _newest_first(sessions: list[SessionState]) -> list[SessionState]:
    return sessions if len(sessions) < 2 else sorted(sessions, key=started_at, reverse=True)
