"""Settling: puts a changed session into the state, ends neighbours that it outdates, bounds the state, publishes snapshots. PURE."""

from datetime import timedelta
from typing import Any, NamedTuple

from msgspec.structs import replace

from schemas.anomalies import Anomaly
from schemas.authorization import TokenSessionEnded, TokenSessionStarted
from schemas.base import Record, Timestamp, derived_id
from schemas.sessionorders import WITHIN_REACH
from schemas.states.transactions import SessionState, StationTransactions
from schemas.stations import ConnectorStatusReported
from schemas.transactionlimits import NO_LIMIT
from schemas.transactions import MeterValuesReported, SessionChanged, TransactionReported
from services.transactions.packing import pack_session
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
MAX_ENDED = 6
MAX_FORGOTTEN = WITHIN_REACH - MAX_ENDED
"""Ended sessions of a station: the last MAX_ENDED unpacked, MAX_FORGOTTEN before them packed; facts of older ones change none."""

TICK = timedelta(microseconds=1)


class Cause(NamedTuple):
    """A record that changes a session and is no fact of it: its id, station and time of arrival."""

    id: str
    station: str
    received_at: Timestamp


Fact = TransactionReported | MeterValuesReported | ConnectorStatusReported | Cause


def settle(
    state: StationTransactions,
    before: SessionState | None,
    after: SessionState,
    fact: Fact,
) -> tuple[StationTransactions, list[Record]]:
    """Put a changed session into the state, and presume those over that it outdates; returns the snapshots of visible changes."""
    outputs: list[Record] = []
    if before is not None and _place(before) == _place(after):
        # same place and start as before: its neighbours are not affected
        changed = _publish_changes(before, after, fact, outputs)
        state = replace(state, sessions=tuple([changed if s is before else s for s in state.sessions]))
        same = is_active(before) == is_active(changed) and len(state.sessions) <= MAX_ENDED
        return (state if same else _within_bounds(state, fact, outputs)), outputs
    others = [s for s in state.sessions if s.session != after.session]
    outdated = {s.session for s in others if is_active(s) and _outdates(after, s)}
    if is_active(after) and any(_outdates(other, after) for other in others):
        after = _supersede(after)
    sessions: list[SessionState] = []
    for session in (*state.sessions, *([after] if before is None else [])):
        if session.session == after.session:
            sessions.append(_publish_changes(before, after, fact, outputs))
        elif session.session in outdated:
            sessions.append(_publish_changes(session, _supersede(session), fact, outputs))
        else:
            sessions.append(session)
    return _within_bounds(replace(state, sessions=tuple(sessions)), fact, outputs), outputs


def comparable(state: StationTransactions) -> StationTransactions:
    """The state without members that depend on the order in which different topics were read, for example revisions."""
    return replace(state, sessions=tuple([_comparable(session) for session in state.sessions]))


def _comparable(session: SessionState) -> SessionState:
    session = replace(session, revision=0, changed_at=None, seen=tuple(sorted(session.seen)))
    session = replace(session, limits=replace(session.limits, said=NO_LIMIT))
    if session.charging_state_seq < 0:  # from a status, whose time depends on the facts that had been read by then
        session = replace(session, charging_state_at=None)
    if session.end_at is None:
        return session
    # evidence of an end is irrelevant once the station has reported the end
    return replace(session, over_at=None, over_by="", superseded=False, alive_at=None)


def _supersede(session: SessionState) -> SessionState:
    return replace(session, superseded=True, over_by=str(Anomaly.OVER_BY_NEXT_START))


def _place(session: SessionState) -> tuple[int | None, int | None, Timestamp]:
    return (session.evse, session.connector, started_at(session))


def _outdates(newer: SessionState, older: SessionState) -> bool:
    """Whether `newer` began later in the same place, so that `older` must be over. Two connectors may share one EVSE's number."""
    if newer.evse is None or newer.evse == 0 or newer.evse != older.evse:
        return False
    if None not in {newer.connector, older.connector} and newer.connector != older.connector:
        return False
    if newer.heard_at and older.heard_at and (has_wrong_clock(newer) or has_wrong_clock(older)):
        return newer.heard_at > older.heard_at  # the station's times are useless: compare arrivals
    return (started_at(newer), newer.session) > (started_at(older), older.session)


def _publish_changes(
    old: SessionState | None,
    new: SessionState,
    fact: Fact,
    outputs: list[Record],
) -> SessionState:
    """Publish the changes of one session; its revision and time only change with a visible change."""
    at = fact.received_at
    if old is not None:  # the new one has its revision and time
        if old.last_meter_at == new.last_meter_at and _visible(old, at) == _visible(new, at):
            return new
        if old.changed_at is not None and at <= old.changed_at:
            at = old.changed_at + TICK  # because readers order snapshots by time
    new = replace(new, revision=(old.revision if old else 0) + 1, changed_at=at)
    outputs.append(snapshot(new, fact.station, id=derived_id(fact.id, new.session), changed_at=at))
    _publish_token_changes(old, new, fact, outputs)
    return new


def _visible(session: SessionState, at: Timestamp) -> SessionChanged:
    # a repeated charging state is no visible change
    return replace(snapshot(session, "", id="", changed_at=at), charging_state_at=None)


def _publish_token_changes(
    old: SessionState | None,
    new: SessionState,
    fact: Fact,
    outputs: list[Record],
) -> None:
    ran, runs = running_token(old) if old else "", running_token(new)
    if ran == runs:
        return
    where: dict[str, Any] = {"session": new.session, "station": fact.station}
    if ran:
        id = derived_id(fact.id, new.session, ran, "ended")
        outputs.append(TokenSessionEnded(id=id, token=ran, at=ended_at(new) or fact.received_at, **where))
    if runs:
        id = derived_id(fact.id, new.session, runs, "started")
        again = old is not None and not is_active(old)
        outputs.append(TokenSessionStarted(id=id, token=runs, at=started_at(new), again=again, **where))


def _within_bounds(state: StationTransactions, fact: Fact, outputs: list[Record]) -> StationTransactions:
    """Bound the state: presume the active session that is silent for longest over, and pack the oldest ended ones."""
    sessions = state.sessions
    active = [s for s in sessions if is_active(s)]
    if len(active) <= MAX_ACTIVE and len(sessions) - len(active) <= MAX_ENDED:
        return state
    if len(active) > MAX_ACTIVE:
        silent = min(active, key=lambda s: (s.changed_at or s.last_at, s.session))
        crowded = with_anomalies(replace(silent, superseded=True), Anomaly.CROWDED_OUT)
        crowded = _publish_changes(silent, crowded, fact, outputs)
        sessions = tuple(crowded if s is silent else s for s in sessions)
    over = sorted(
        (s for s in sessions if not is_active(s)), key=lambda s: (s.end_at is None, s.changed_at or s.last_at)
    )
    leaving = over[: max(0, len(over) - MAX_ENDED)]
    if not leaving:
        return replace(state, sessions=sessions)
    kept = (*state.forgotten, *(pack_session(s) for s in leaving))[-MAX_FORGOTTEN:]
    return replace(state, sessions=tuple(s for s in sessions if s not in leaving), forgotten=kept)
