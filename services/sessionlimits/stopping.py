"""Stopping: when the station of a session that has reached its limit is asked to stop it, and how often. PURE.

A station that keeps to the limit itself (2.1) is given STATION_GRACE first, and not stopped where it has suspended the session. A stop
that was refused, got lost or had no effect is repeated, ATTEMPTS times in all, each time after twice as long.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.base import derived_id
from schemas.commands import CommandRequested
from schemas.sessionlimits import LimitedSession, Stopping
from schemas.transactions import RemoteStop
from services.sessionlimits.judging import judge, next_moment

ATTEMPTS = 5
PAUSE = timedelta(minutes=1)
"""The wait after a stop that did not work; twice as long after each further one."""
EFFECT_WITHIN = timedelta(minutes=3)
"""So long after a station accepted a stop the session may go on."""
STATION_GRACE = timedelta(minutes=2)
"""So long a station that keeps to the limit itself may take to do so."""

STOP_WITHIN = timedelta(minutes=10)
STOP_TIMEOUT_S = 30.0
OUTCOME_WITHIN = STOP_WITHIN + timedelta(minutes=2)
STOP_PRIORITY = 1
LONGEST_TRANSACTION_ID = 36


def next_at(session: LimitedSession) -> datetime | None:
    """When the session may reach its limit, or its station is to be asked to stop it (again); None: never by itself."""
    if session.over or not _has_usable_id(session):
        return None
    if session.stopping is not None:
        return session.stopping.until
    if session.attempts >= ATTEMPTS:
        return None
    if not session.reached:
        return next_moment(session)
    return None if left_to_station(session) and session.suspended else _may_stop_at(session)


def _may_stop_at(session: LimitedSession) -> datetime:
    assert session.reached_at is not None
    at = session.reached_at + STATION_GRACE if left_to_station(session) else session.reached_at
    return at if session.not_before is None else max(at, session.not_before)


def left_to_station(session: LimitedSession) -> bool:
    """Whether the station keeps to the limit that was reached itself."""
    return session.reached in session.kept


def judged(session: LimitedSession, at: datetime) -> LimitedSession:
    """What was reached first stays so, unless the limit was raised and nobody was asked to stop."""
    if session.over or session.stopping is not None:
        return session
    found = judge(session, at)
    if found is None:
        return replace(session, reached="", value=None, reached_at=None) if session.reached else session
    if session.reached == found.reached:
        return session
    return replace(session, reached=found.reached, value=found.value, reached_at=at)


def is_to_stop(session: LimitedSession, at: datetime) -> bool:
    """Whether the station is to be asked now."""
    if session.over or session.stopping is not None or not session.reached or session.attempts >= ATTEMPTS:
        return False
    if not _has_usable_id(session):
        return False
    return at >= _may_stop_at(session) and not (left_to_station(session) and session.suspended)


def _has_usable_id(session: LimitedSession) -> bool:
    return 0 < len(session.transaction_id) <= LONGEST_TRANSACTION_ID


def stop(session: LimitedSession, station: str, at: datetime) -> tuple[LimitedSession, CommandRequested]:
    """The session that is being stopped, and the command that asks for it."""
    attempt = session.attempts + 1
    command = CommandRequested(
        id=derived_id(session.session, "limit-stop", attempt),
        station=station,
        command=RemoteStop(transaction_id=session.transaction_id),
        requested_at=at,
        expires_at=at + STOP_WITHIN,
        priority=STOP_PRIORITY,
        timeout_s=STOP_TIMEOUT_S,
        requested_by="sessionlimits",
    )
    stopping = Stopping(command_id=command.id, until=at + OUTCOME_WITHIN)
    return replace(session, stopping=stopping, attempts=attempt), command


def failed(session: LimitedSession, at: datetime) -> LimitedSession:
    """The stop did not work: the next one waits."""
    return replace(session, stopping=None, not_before=at + PAUSE * 2 ** (session.attempts - 1))
