"""Settling: what the change of one session entails for its neighbours, the bounds of memory, and what is said of it. PURE."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from schemas.authorization import TokenSessionEnded, TokenSessionStarted
from schemas.base import Record, Timestamp, derived_id
from schemas.transactions import (
    Anomaly,
    ForgottenSession,
    MeterValuesReported,
    SessionChanged,
    SessionState,
    StationTransactions,
    TransactionReported,
)
from services.transactions.sessions import (
    ended_at,
    has_wrong_clock,
    is_active,
    running_token,
    snapshot,
    started_at,
    with_anomalies,
)

MAX_ACTIVE = 64
MAX_ENDED = 12
MAX_FORGOTTEN = 32
TICK = timedelta(microseconds=1)

Fact = TransactionReported | MeterValuesReported


def settle(
    state: StationTransactions,
    before: SessionState | None,
    after: SessionState,
    fact: Fact,
) -> tuple[StationTransactions, list[Record]]:
    """The state with a changed session, and with those that it makes presumably over; snapshots of what changed visibly."""
    said: list[Record] = []
    if before is not None and _place(before) == _place(after):
        # it began where and when it was known to begin: nothing new for its neighbours
        told = _told(before, after, fact, said)
        state = replace(state, sessions=tuple([told if s is before else s for s in state.sessions]))
        return (state if is_active(before) == is_active(told) else _bounded(state, fact, said)), said
    others = [s for s in state.sessions if s.session != after.session]
    outdated = {s.session for s in others if is_active(s) and _outdates(after, s)}
    if is_active(after) and any(_outdates(other, after) for other in others):
        after = replace(after, superseded=True)
    sessions: list[SessionState] = []
    for session in (*state.sessions, *([after] if before is None else [])):
        if session.session == after.session:
            sessions.append(_told(before, after, fact, said))
        elif session.session in outdated:
            sessions.append(_told(session, replace(session, superseded=True), fact, said))
        else:
            sessions.append(session)
    return _bounded(replace(state, sessions=tuple(sessions)), fact, said), said


def _place(session: SessionState) -> tuple[int | None, int | None, Timestamp]:
    return (session.evse, session.connector, started_at(session))


def _outdates(newer: SessionState, older: SessionState) -> bool:
    """The newer began later in the same place: the older must be over. Stations may use one EVSE's number for two connectors."""
    if newer.evse is None or newer.evse == 0 or newer.evse != older.evse:
        return False
    if None not in {newer.connector, older.connector} and newer.connector != older.connector:
        return False
    if newer.heard_at and older.heard_at and (has_wrong_clock(newer) or has_wrong_clock(older)):
        return newer.heard_at > older.heard_at  # the station's times tell nothing: the order of arrival must do
    return (started_at(newer), newer.session) > (started_at(older), older.session)


def _told(
    old: SessionState | None,
    new: SessionState,
    fact: Fact,
    said: list[Record],
) -> SessionState:
    """Say what changed of one session; its revision and time only move when something visible did."""
    at = fact.received_at
    if old is not None:  # of which the new one is made: it has its revision and its time
        if old.last_meter_at == new.last_meter_at and _looks(old, at) == _looks(new, at):
            return new
        if old.changed_at is not None and at <= old.changed_at:
            at = old.changed_at + TICK  # readers order snapshots by time
    new = replace(new, revision=(old.revision if old else 0) + 1, changed_at=at)
    said.append(snapshot(new, fact.station, id=derived_id(fact.id, new.session), changed_at=at))
    _tell_tokens(old, new, fact, said)
    return new


def _looks(session: SessionState, at: Timestamp) -> SessionChanged:
    # that the same state was told once more is nothing new
    return replace(snapshot(session, "", id="", changed_at=at), charging_state_at=None)


def _tell_tokens(
    old: SessionState | None,
    new: SessionState,
    fact: Fact,
    said: list[Record],
) -> None:
    ran, runs = running_token(old) if old else "", running_token(new)
    if ran == runs:
        return
    where: dict[str, Any] = {"session": new.session, "station": fact.station}
    if ran:
        id = derived_id(fact.id, new.session, ran, "ended")
        said.append(TokenSessionEnded(id=id, token=ran, at=ended_at(new) or fact.received_at, **where))
    if runs:
        id = derived_id(fact.id, new.session, runs, "started")
        said.append(TokenSessionStarted(id=id, token=runs, at=started_at(new), **where))


def _bounded(state: StationTransactions, fact: Fact, said: list[Record]) -> StationTransactions:
    """The state within its bounds: the longest silent active session is presumed over, the oldest ones over are forgotten."""
    sessions = state.sessions
    active = [s for s in sessions if is_active(s)]
    if len(active) <= MAX_ACTIVE and len(sessions) - len(active) <= MAX_ENDED:
        return state
    if len(active) > MAX_ACTIVE:
        silent = min(active, key=lambda s: (s.changed_at or s.last_at, s.session))
        crowded = with_anomalies(replace(silent, superseded=True), Anomaly.CROWDED_OUT)
        crowded = _told(silent, crowded, fact, said)
        sessions = tuple(crowded if s is silent else s for s in sessions)
    over = sorted(
        (s for s in sessions if not is_active(s)), key=lambda s: (s.end_at is None, s.changed_at or s.last_at)
    )
    leaving = over[: max(0, len(over) - MAX_ENDED)]
    if not leaving:
        return replace(state, sessions=sessions)
    forgotten = (*state.forgotten, *(_forgotten(s) for s in leaving))[-MAX_FORGOTTEN:]
    return replace(state, sessions=tuple(s for s in sessions if s not in leaving), forgotten=forgotten)


def _forgotten(session: SessionState) -> ForgottenSession:
    return ForgottenSession(
        session=session.session,
        transaction_id=session.transaction_id,
        start_key=session.start_key,
        started_at=started_at(session),
        ended_at=ended_at(session) or session.last_at,
    )
