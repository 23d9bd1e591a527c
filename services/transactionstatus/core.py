"""Transaction status: which session a station is asked for, and when (2.x part 2, E14). PURE.

A 2.x station is asked for a running session of which nothing came for a while, for one that ran while the station was away or booted,
and for one that is over while its end, or events in between, are missing. While it says that messages wait, or that the transaction
goes on, it is asked again, later each time. One question is out at a time. What the answers mean for the session, `transactions` decides.
"""

from datetime import datetime, timedelta
from zlib import crc32

import msgspec
from msgspec.structs import replace

from schemas.anomalies import Anomaly
from schemas.base import Due, Poison, Record
from schemas.commands import CommandSettled
from schemas.states.transactionstatus import Finished, Query, StationTransactionStatus, Watched
from schemas.stations import StationChanged
from schemas.transactions import SessionChanged
from schemas.transactionstatus import GetTransactionStatus, TransactionStatusSaid
from services.following.commanding import OUTCOME_WITHIN, command_id, own_command

SERVICE = "transactionstatus"

WATCHED = 80
"""Sessions of one station: more than it can have running. Of more, those that changed longest ago are not asked for."""
FINISHED = 16

SETTLING = timedelta(minutes=2)
"""A station that comes back, or a session that ends, first has so long to deliver what it still has."""
SPREAD_S = 120
"""Stations that come back together are asked within so many seconds more."""
AWAY = timedelta(minutes=1)
"""A station that was disconnected for less has lost nothing."""
ASKED_MOST = 6
"""Questions for a session that is over: messages that wait for longer come when they come."""
DOUBLED_MOST = 6
"""So often the time to the next question for a running session doubles: from half an hour to more than a day."""

TIMEOUT_S = 30.0
EXPIRES = timedelta(minutes=2)

Step = tuple[StationTransactionStatus, list[Record]]


def initial(key: str) -> StationTransactionStatus:
    """A station without sessions."""
    return StationTransactionStatus(station=key)


def due(state: StationTransactionStatus, *, silence: timedelta) -> datetime | None:
    """When the next question is due, or the one that is out counts as lost."""
    if state.query is not None:
        return state.query.until
    if not state.connected or not silence:
        return None
    return min((one.not_before for one in state.watched if one.not_before is not None), default=None)


def step(state: StationTransactionStatus, record: Record, *, silence: timedelta) -> Step:
    """Remember what a record says; ask what is due."""
    match record:
        case SessionChanged():
            return _session(state, record, silence), []
        case StationChanged():
            return _station(state, record), []
        case CommandSettled():
            return _settled(state, record, silence), []
        case Due():
            return _due(state, record.sent_at or record.at, silence)
    raise Poison(f"{SERVICE} has no use for a {type(record).__name__}")


# -- what is remembered -----------------------------------------------------------------------------------------------


def _session(state: StationTransactionStatus, session: SessionChanged, silence: timedelta) -> StationTransactionStatus:
    if state.incapable or not session.transaction_id:
        return state
    before = next((one for one in state.watched if one.session == session.session), None)
    known = [one.changed_at for one in state.finished if one.session == session.session]
    known += [before.changed_at] if before is not None else []
    if known and session.changed_at <= max(known):
        return state
    if not _wants(session):
        return _finish(state, session.session, session.changed_at)
    ended = session.status != "active"
    watched = Watched(
        session=session.session,
        transaction_id=session.transaction_id,
        ended=ended,
        changed_at=session.changed_at,
        asked=before.asked if before is not None and before.ended and ended else 0,
        not_before=session.changed_at + (SETTLING if ended else silence),
    )
    if ended and watched.asked >= ASKED_MOST:
        return _finish(state, session.session, session.changed_at)
    others = [one for one in state.watched if one.session != session.session]
    kept = sorted((*others, watched), key=lambda one: (one.changed_at, one.session))[-WATCHED:]
    return replace(state, watched=tuple(kept))


def _wants(session: SessionChanged) -> bool:
    """Whether it goes on, or is over with something missing; not where the station itself said that nothing of it is left."""
    if session.status == "active" or session.missing_events:
        return True
    return session.status == "presumed-ended" and Anomaly.OVER_BY_TRANSACTION_STATUS not in session.anomalies


def _finish(state: StationTransactionStatus, session: str, changed_at: datetime) -> StationTransactionStatus:
    watched = tuple(one for one in state.watched if one.session != session)
    others = tuple(one for one in state.finished if one.session != session)
    return replace(state, watched=watched, finished=(*others, Finished(session, changed_at))[-FINISHED:])


def _station(state: StationTransactionStatus, station: StationChanged) -> StationTransactionStatus:
    """Its version and connection. Back after an absence or a boot, it is asked for every session that was running."""
    connected = station.connected and not station.removed
    told = (station.version, connected, station.connected_at, station.booted_at)
    if told == (state.version, state.connected, state.connected_at, state.booted_at):
        return state
    after = replace(
        state,
        version=station.version,
        connected=connected,
        connected_at=station.connected_at,
        booted_at=station.booted_at,
    )
    if station.version != state.version:
        after = replace(after, incapable=False)
    back_at = station.connected_at if connected else None
    if back_at is None or not _was_away(state, station):
        return after
    at = back_at + SETTLING + timedelta(seconds=crc32(station.station.encode()) % SPREAD_S)
    watched = tuple(
        one if one.ended or one.changed_at > back_at else replace(one, not_before=at) for one in after.watched
    )
    return replace(after, watched=watched)


def _was_away(state: StationTransactionStatus, station: StationChanged) -> bool:
    if station.booted_at != state.booted_at:
        return True
    left, back = station.disconnected_at, station.connected_at
    return back != state.connected_at and left is not None and back is not None and back - left >= AWAY


# -- what is asked ----------------------------------------------------------------------------------------------------


def _due(state: StationTransactionStatus, at: datetime, silence: timedelta) -> Step:
    if state.query is not None:
        return (_unanswered(state, at, silence), []) if state.query.until <= at else (state, [])
    due_now = [one for one in state.watched if one.not_before is not None and one.not_before <= at]
    if not due_now or not state.connected or not silence:
        return state, []
    one = min(due_now, key=lambda each: (each.not_before, each.session))
    request = own_command(
        command_id(SERVICE, state.station, state.number + 1),
        state.station,
        GetTransactionStatus(transaction_id=one.transaction_id),
        at,
        by=SERVICE,
        timeout_s=TIMEOUT_S,
        within=EXPIRES,
    )
    query = Query(session=one.session, command_id=request.id, until=at + OUTCOME_WITHIN)
    return replace(state, number=state.number + 1, query=query), [request]


def _settled(state: StationTransactionStatus, record: CommandSettled, silence: timedelta) -> StationTransactionStatus:
    if state.query is None or record.command_id != state.query.command_id:
        return state
    if record.outcome == "unsupported":
        return replace(state, incapable=True, watched=(), query=None)
    said = _said(record)
    return (
        _unanswered(state, record.settled_at, silence)
        if said is None
        else _answered(state, said, record.settled_at, silence)
    )


def _said(record: CommandSettled) -> TransactionStatusSaid | None:
    """What the station said; None where it said nothing, or what breaks the schema (`transactions` does not believe that either)."""
    if record.outcome != "accepted":
        return None
    try:
        return msgspec.json.decode(record.response, type=TransactionStatusSaid)
    except msgspec.DecodeError:
        return None


def _answered(
    state: StationTransactionStatus, said: TransactionStatusSaid, at: datetime, silence: timedelta
) -> StationTransactionStatus:
    one, state = _asked_for(state)
    if one is None:
        return state
    if said.waits is False and one.ended:
        return _finish(state, one.session, one.changed_at)
    if said.waits is False and said.ongoing is False:  # transactions presumes it over; a later change begins anew
        return _put(state, replace(one, asked=one.asked + 1, not_before=None))
    return _later(state, one, at, silence, waits=said.waits is True)


def _unanswered(state: StationTransactionStatus, at: datetime, silence: timedelta) -> StationTransactionStatus:
    one, state = _asked_for(state)
    return state if one is None else _later(state, one, at, silence, waits=False)


def _asked_for(state: StationTransactionStatus) -> tuple[Watched | None, StationTransactionStatus]:
    """The session that the question was about, if it still wants one, and the state without the question."""
    query = state.query
    one = next((each for each in state.watched if query is not None and each.session == query.session), None)
    return one, replace(state, query=None)


def _later(
    state: StationTransactionStatus, one: Watched, at: datetime, silence: timedelta, *, waits: bool
) -> StationTransactionStatus:
    """Ask for it again, later each time: soon where messages wait or the session is over, else after more silence."""
    asked = one.asked + 1
    if one.ended and asked >= ASKED_MOST:
        return _finish(state, one.session, one.changed_at)
    wait = (
        SETTLING * 3**one.asked
        if (waits or one.ended) and asked < ASKED_MOST
        else silence * 2 ** min(asked, DOUBLED_MOST)
    )
    return _put(state, replace(one, asked=asked, not_before=at + wait))


def _put(state: StationTransactionStatus, one: Watched) -> StationTransactionStatus:
    return replace(state, watched=tuple(one if each.session == one.session else each for each in state.watched))
