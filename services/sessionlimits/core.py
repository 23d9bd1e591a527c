"""Session limits: stops a session when it reaches its limit, by a remote stop, at most one at a time. PURE.

When a station is asked, and how often, is said in `stopping`. A session whose limit is raised before its station was asked goes on. What
sessions cost is passed on to the credit of their tokens (`spending`).
"""

from datetime import datetime

from msgspec.structs import replace

from schemas.base import Due, Poison, Record
from schemas.billing import CdrIssued
from schemas.clocks import is_believable
from schemas.commands import CommandSettled
from schemas.sessionlimits import (
    LimitedSession,
    LimitStatus,
    SessionCosted,
    SessionLimitChanged,
    StationSessionLimits,
)
from schemas.transactionlimits import NO_LIMIT
from schemas.transactions import SessionChanged
from services.following.snapshots import revised
from services.sessionlimits.judging import judge, moved
from services.sessionlimits.spending import charged, key_of, spent
from services.sessionlimits.stopping import (
    ATTEMPTS,
    EFFECT_WITHIN,
    failed,
    is_to_stop,
    judged,
    left_to_station,
    next_at,
    stop,
)

Step = tuple[StationSessionLimits, list[Record]]

SESSIONS_MOST = 64
"""Limited sessions of one station that run at once; of more, those that changed longest ago are let go."""
OVER_KEPT = 16
"""Limited sessions that are over and still known, for what comes again, and for those that go on after all."""
COSTS_MOST = 16
"""Costs that came before their session."""

SUSPENDED = "SuspendedEVSE"


def initial(station: str) -> StationSessionLimits:
    """A station without limited sessions."""
    return StationSessionLimits(station=station)


def due(state: StationSessionLimits) -> datetime | None:
    """When a session may reach its limit, or its station is to be asked to stop it (again)."""
    return min((at for each in state.sessions if (at := next_at(each)) is not None), default=None)


def step(state: StationSessionLimits, event: Record) -> Step:
    """Apply one record; stop what has reached its limit."""
    match event:
        case SessionChanged():
            return _apply_snapshot(state, event)
        case SessionCosted():
            state, outputs = _apply_cost(state, event)
            return state, [*spent(event), *outputs]
        case CdrIssued():
            return state, charged(event)
        case CommandSettled():
            return _apply_outcome(state, event)
        case Due():
            return _apply_due(state, event.sent_at or event.at)
    raise Poison(f"sessionlimits has no use for a {type(event).__name__}")


# -- what is known of a session ---------------------------------------------------------------------------------------


def _apply_snapshot(state: StationSessionLimits, event: SessionChanged) -> Step:
    before = _find(state, event.session)
    unlimited = event.limit == event.station_limit == NO_LIMIT
    if before is None and (unlimited or event.status != "active"):
        return state, []
    if before is not None and event.changed_at <= before.changed_at:
        return state, []
    after = _with_end(_with_snapshot(before or _fresh(event), event), event)
    waiting = [cost for cost in state.costs if cost.session == event.session]
    for cost in waiting:
        after = _with_cost(after, cost)
    state = replace(state, costs=tuple(cost for cost in state.costs if cost.session != event.session))
    return _act(state, after, event.changed_at)


def _fresh(event: SessionChanged) -> LimitedSession:
    at, began_at = event.changed_at, event.started_at
    return LimitedSession(
        session=event.session,
        transaction_id=event.transaction_id,
        began_at=began_at if is_believable(began_at, at) and began_at <= at else at,
        changed_at=at,
    )


def _with_snapshot(session: LimitedSession, event: SessionChanged) -> LimitedSession:
    at = event.changed_at
    return replace(
        session,
        transaction_id=event.transaction_id,
        token=key_of(event.token),
        limit=event.limit,
        station_limit=event.station_limit,
        kept=event.limit_kept,
        changed_at=at,
        over=event.status != "active",
        suspended=event.charging_state == SUSPENDED,
        energy=session.energy if event.energy_wh is None else moved(session.energy, event.energy_wh, at),
        soc_percent=event.soc_percent,
    )


def _with_end(session: LimitedSession, event: SessionChanged) -> LimitedSession:
    """A session that is over has reached what it had reached at its end; one that goes on after all is no longer being stopped."""
    if not session.over:
        return session
    session = replace(session, stopping=None, not_before=None)
    found = None if session.reached else judge(session, event.ended_at or event.changed_at)
    if found is None:
        return session
    return replace(session, reached=found.reached, value=found.value, reached_at=event.ended_at or event.changed_at)


def _apply_cost(state: StationSessionLimits, event: SessionCosted) -> Step:
    session = _find(state, event.session)
    if session is None:
        if any(cost.session == event.session and cost.at >= event.at for cost in state.costs):
            return state, []
        others = [cost for cost in state.costs if cost.session != event.session]
        return replace(state, costs=(*others, event)[-COSTS_MOST:]), []
    after = _with_cost(session, event)
    return (state, []) if after == session else _act(state, after, event.at)


def _with_cost(session: LimitedSession, event: SessionCosted) -> LimitedSession:
    if session.cost is not None and event.at <= session.cost.at:
        return session
    return replace(session, cost=moved(session.cost, event.cost, event.at), currency=event.currency)


def _apply_outcome(state: StationSessionLimits, event: CommandSettled) -> Step:
    session = next(
        (each for each in state.sessions if each.stopping and each.stopping.command_id == event.command_id), None
    )
    if session is None or session.stopping is None or session.stopping.settled:
        return state, []
    detail = event.detail or event.outcome
    if event.outcome == "accepted":
        stopping = replace(session.stopping, settled=True, until=event.settled_at + EFFECT_WITHIN)
        return _act(state, replace(session, stopping=stopping, detail=detail), event.settled_at)
    return _act(state, failed(replace(session, detail=detail), event.settled_at), event.settled_at)


# -- what is done -----------------------------------------------------------------------------------------------------


def _apply_due(state: StationSessionLimits, at: datetime) -> Step:
    outputs: list[Record] = []
    for session in state.sessions:
        acts_at = next_at(session)
        if acts_at is None or acts_at > at:
            continue
        ran_out = session.stopping is not None
        if ran_out:
            detail = session.detail if session.stopping and session.stopping.settled else "no outcome came"
            session = failed(replace(session, detail=detail), at)  # noqa: PLW2901 the same session, a step further
        state, more = _act(state, session, at)
        outputs += more
    return state, outputs


def _act(state: StationSessionLimits, session: LimitedSession, at: datetime) -> Step:
    """Judge the session anew, stop it where that is due, and publish it where it has changed."""
    outputs: list[Record] = []
    session = judged(session, at)
    if is_to_stop(session, at):
        session, command = stop(session, state.station, at)
        outputs.append(command)
    session, said = _told(session, state.station, at)
    return _with(state, session), [*said, *outputs]


# -- what is published ------------------------------------------------------------------------------------------------


def _told(session: LimitedSession, station: str, at: datetime) -> tuple[LimitedSession, list[Record]]:
    now = SessionLimitChanged(
        id="",
        station=station,
        session=session.session,
        revision=0,
        transaction_id=session.transaction_id,
        token=session.token,
        limit=session.limit,
        station_limit=session.station_limit,
        kept_by_station=session.kept,
        status=_status(session),
        reached=session.reached,
        value=session.value,
        reached_at=session.reached_at,
        attempts=session.attempts,
        detail=session.detail,
        changed_at=at,
    )
    fresh = revised(session.said, now, at, session.session, "limit")
    return (session, []) if fresh is None else (replace(session, said=fresh), [fresh])


def _status(session: LimitedSession) -> LimitStatus:
    if session.over:
        return "stopped" if session.reached else "kept"
    if session.stopping is not None:
        return "stopping"
    if session.attempts >= ATTEMPTS:
        return "not-stopped"
    if not session.reached:
        return "watched"
    return "reached" if left_to_station(session) and not session.attempts else "stopping"


def _find(state: StationSessionLimits, name: str) -> LimitedSession | None:
    return next((each for each in state.sessions if each.session == name), None)


def _bounded(sessions: tuple[LimitedSession, ...], most: int) -> tuple[LimitedSession, ...]:
    """The sessions that changed last, in their order."""
    newest = sorted(sessions, key=lambda each: (each.changed_at, each.session))[-most:]
    return tuple(each for each in sessions if each in newest)


def _with(state: StationSessionLimits, session: LimitedSession) -> StationSessionLimits:
    """The state with the session, within its bounds."""
    sessions = (*(each for each in state.sessions if each.session != session.session), session)
    over = tuple(each for each in sessions if each.over)
    active = tuple(each for each in sessions if not each.over)
    if len(over) > OVER_KEPT or len(active) > SESSIONS_MOST:
        sessions = (*_bounded(over, OVER_KEPT), *_bounded(active, SESSIONS_MOST))
    return replace(state, sessions=sessions)
