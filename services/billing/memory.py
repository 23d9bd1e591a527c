"""Memory: the sessions of a station as billing remembers them: those to be billed open, those that are billed put away. PURE.

Remembered are MAX_ACTIVE sessions that are not billed as they stand, the MAX_OVER last ones that are (`transactions` tells of no
older ones again), and the ids of MAX_FORGOTTEN before these, of which nothing is billed any more.
"""

from msgspec.structs import replace

from schemas.base import Timestamp
from schemas.billing import BilledSession, CdrIssued, Sample, StationBilling
from schemas.transactions import SessionChanged
from services.billing.course import units
from services.billing.localtime import micros
from services.billing.packing import closed, digest_of, reopened
from services.billing.remembering import within_bounds

MAX_ACTIVE = 96
MAX_OVER = 14
MAX_FORGOTTEN = 64

FORGOTTEN_CHARACTERS = 12
"""Of an id: enough to tell a station's sessions apart."""

FORM = 2
"""How states are written now (see StationBilling)."""


# -- asking -----------------------------------------------------------------------------------------------------------


def held(state: StationBilling, session: str, at: Timestamp) -> BilledSession:
    """A session as it is remembered, or as one first heard of at this moment."""
    for known in state.sessions:
        if known.session == session:
            return known
    for away in state.closed:
        if away.session == session:
            return reopened(away)
    return BilledSession(session=session, heard_at=at)


def is_forgotten(state: StationBilling, session: str) -> bool:
    """Whether a session was billed so long ago that it is not remembered any more."""
    for known in state.sessions:
        if known.session == session:
            return False
    return session[:FORGOTTEN_CHARACTERS] in state.forgotten


def knows_change(state: StationBilling, changed: SessionChanged) -> bool:
    """Whether this snapshot of a session, or a newer one, was heard already."""
    for known in state.sessions:
        if known.session == changed.session:
            return known.snapshot is not None and changed.changed_at <= known.snapshot.changed_at
    for away in state.closed:
        if away.session == changed.session:
            return away.changed_at is not None and changed.changed_at <= away.changed_at
    return False


def knows_record(state: StationBilling, cdr: CdrIssued) -> bool:
    """Whether this very record is the last of a session that is put away."""
    for away in state.closed:
        if away.session == cdr.session:
            return away.digest == digest_of(cdr)
    return False


# -- keeping ----------------------------------------------------------------------------------------------------------


def keeping(state: StationBilling, session: BilledSession) -> StationBilling:
    """The state with a session as it is now: put away where it is billed and waits for nothing."""
    if session.cdr is not None and waits_until(session) is None and not is_running(session):
        return _put_away(state, session)
    sessions, there = _replaced(state.sessions, session)
    state = replace(state, sessions=within_bounds(sessions))
    if not there and _is_away(state, session.session):
        state = replace(state, closed=tuple(away for away in state.closed if away.session != session.session))
    return state if len(sessions) <= MAX_ACTIVE else _without_oldest(state)


def _replaced(sessions: tuple[BilledSession, ...], session: BilledSession) -> tuple[tuple[BilledSession, ...], bool]:
    """The sessions with this one as it is now, and whether it was among them. A loop: this runs for every fact."""
    for place, known in enumerate(sessions):
        if known.session == session.session:
            return (*sessions[:place], session, *sessions[place + 1 :]), True
    return (*sessions, session), False


def _is_away(state: StationBilling, session: str) -> bool:
    return any(away.session == session for away in state.closed)


def waits_until(session: BilledSession) -> Timestamp | None:
    """When the session wants to hear that time has passed: what is decided is said before anything more is."""
    return session.issue_at if session.say_at is None else session.say_at


def is_running(session: BilledSession) -> bool:
    """Whether the station charges, as far as is known."""
    return session.snapshot is not None and session.snapshot.status == "active"


def _put_away(state: StationBilling, session: BilledSession) -> StationBilling:
    name = session.session
    away = [*(known for known in state.closed if known.session != name), closed(session)]
    sessions = tuple(known for known in state.sessions if known.session != name)
    leaving = tuple(known.session for known in away[:-MAX_OVER])
    return _forgetting(replace(state, sessions=sessions, closed=tuple(away[-MAX_OVER:])), leaving)


def _forgetting(state: StationBilling, leaving: tuple[str, ...]) -> StationBilling:
    if not leaving:
        return state
    ids = (session[:FORGOTTEN_CHARACTERS] for session in leaving)
    return replace(state, forgotten=(*state.forgotten, *ids)[-MAX_FORGOTTEN:])


def _without_oldest(state: StationBilling) -> StationBilling:
    """One session less: the longest silent one that waits for nothing."""
    idle = [session for session in state.sessions if waits_until(session) is None]
    if len(idle) <= MAX_ACTIVE:
        return state
    oldest = min(idle, key=lambda session: (session.heard_at, session.session))
    state = replace(state, sessions=tuple(session for session in state.sessions if session is not oldest))
    return _forgetting(state, (oldest.session,) if oldest.cdr is not None else ())


# -- older forms ------------------------------------------------------------------------------------------------------


def upgraded(state: StationBilling) -> StationBilling:
    """The state in the form of today."""
    if state.form == FORM:
        return state
    sessions = sorted(state.sessions, key=lambda session: (session.heard_at, session.session))
    state = _forgetting(replace(state, form=FORM, sessions=(), forgotten=()), state.forgotten)
    for session in sessions:
        state = keeping(state, _upgraded(session))
    return state


def _upgraded(session: BilledSession) -> BilledSession:
    register = tuple(Sample(micros(sample.at), units(sample.wh)) for sample in session.usage.samples)
    return replace(session, usage=replace(session.usage, register=register, samples=()))
