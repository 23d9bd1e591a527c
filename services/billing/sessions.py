"""Sessions: the sessions of a station in the state of billing: open ones, and closed (billed and packed) ones. PURE.

The state has up to MAX_ACTIVE open sessions, the last MAX_OVER closed ones, and the last MAX_ESTIMATED closed ones with an estimated
bill: more than `transactions` keeps, because a stop may arrive after many later sessions. Of MAX_FORGOTTEN sessions before these only
ids are kept: they are not billed any more, and late changes go to quarantine (csms.quarantine).
"""

from msgspec.structs import replace

from schemas.base import Timestamp
from schemas.billing import BilledSession, CdrIssued, Sample, StationBilling
from schemas.transactions import SessionChanged
from services.billing.course import units
from services.billing.localtime import micros
from services.billing.packing import digest_of, pack, unpack
from services.billing.readings import within_bounds

MAX_ACTIVE = 96
MAX_OVER = 14
MAX_ESTIMATED = 48
MAX_FORGOTTEN = 64

FORGOTTEN_CHARACTERS = 12
"""Length of an id prefix, enough to distinguish the sessions of one station."""

SINCE = "@"
"""Separator between the id prefix of a forgotten session and the second of its last change."""

FORM = 2
"""The present format of states (see StationBilling)."""


# -- reading ----------------------------------------------------------------------------------------------------------


def session_of(state: StationBilling, session: str, at: Timestamp) -> BilledSession:
    """The session in the state, or a new one first heard of at `at`."""
    for each in state.sessions:
        if each.session == session:
            return each
    for closed_session in state.closed:
        if closed_session.session == session:
            return unpack(closed_session)
    return BilledSession(session=session, heard_at=at)


def is_forgotten(state: StationBilling, session: str) -> bool:
    """Whether a session was billed so long ago that only its id is kept."""
    for each in state.sessions:
        if each.session == session:
            return False
    # one search in one text, because this runs for every fact
    name, forgotten = session[:FORGOTTEN_CHARACTERS], "\n".join(("", *state.forgotten, ""))
    return f"\n{name}{SINCE}" in forgotten or f"\n{name}\n" in forgotten


def _forgotten_place(state: StationBilling, session: str) -> int | None:
    name = session[:FORGOTTEN_CHARACTERS]
    return next((n for n, each in enumerate(state.forgotten) if each.partition(SINCE)[0] == name), None)


def note_late_change(state: StationBilling, changed: SessionChanged) -> StationBilling | None:
    """Note a late change of a forgotten session; None where the session has not changed since."""
    place = _forgotten_place(state, changed.session)
    if place is None or changed.status == "active":
        return None
    second = state.forgotten[place].partition(SINCE)[2]
    if second and int(changed.changed_at.timestamp()) <= int(second):
        return None
    entry = _forgotten_entry(changed.session, changed.changed_at)
    return replace(state, forgotten=(*state.forgotten[:place], entry, *state.forgotten[place + 1 :]))


def knows_change(state: StationBilling, changed: SessionChanged) -> bool:
    """Whether this snapshot of a session, or a newer one, is known already."""
    for each in state.sessions:
        if each.session == changed.session:
            return each.snapshot is not None and changed.changed_at <= each.snapshot.changed_at
    for closed_session in state.closed:
        if closed_session.session == changed.session:
            return closed_session.changed_at is not None and changed.changed_at <= closed_session.changed_at
    return False


def knows_record(state: StationBilling, cdr: CdrIssued) -> bool:
    """Whether exactly this record is the last one of a closed session."""
    for closed_session in state.closed:
        if closed_session.session == cdr.session:
            return closed_session.digest == digest_of(cdr)
    return False


# -- changing ---------------------------------------------------------------------------------------------------------


def put_session(state: StationBilling, session: BilledSession) -> StationBilling:
    """Put a session into the state; it is closed where it is billed and waits for nothing."""
    if session.cdr is not None and waits_until(session) is None and not is_running(session):
        return _close(state, session)
    sessions, there = _put(state.sessions, session)
    state = replace(state, sessions=within_bounds(sessions))
    if not there and _is_closed(state, session.session):
        state = replace(
            state,
            closed=tuple(
                closed_session for closed_session in state.closed if closed_session.session != session.session
            ),
        )
    return state if len(sessions) <= MAX_ACTIVE else _without_oldest(state)


def _put(sessions: tuple[BilledSession, ...], session: BilledSession) -> tuple[tuple[BilledSession, ...], bool]:
    """The sessions with this one as it is now, and whether it was among them. A loop: this runs for every fact."""
    for place, each in enumerate(sessions):
        if each.session == session.session:
            return (*sessions[:place], session, *sessions[place + 1 :]), True
    return (*sessions, session), False


def _is_closed(state: StationBilling, session: str) -> bool:
    return any(closed_session.session == session for closed_session in state.closed)


def waits_until(session: BilledSession) -> Timestamp | None:
    """The due time of the session: decided records are sent before anything else is done."""
    return session.issue_at if session.say_at is None else session.say_at


def is_running(session: BilledSession) -> bool:
    """Whether the session is active, as far as is known."""
    return session.snapshot is not None and session.snapshot.status == "active"


def _close(state: StationBilling, session: BilledSession) -> StationBilling:
    name = session.session
    closed_session = [*(each for each in state.closed if each.session != name), pack(session)]
    sessions = tuple(each for each in state.sessions if each.session != name)
    if len(closed_session) <= MAX_OVER:
        return replace(state, sessions=sessions, closed=tuple(closed_session))
    if len(closed_session) == MAX_OVER + 1 and not any(each.estimated for each in closed_session):  # the usual case
        oldest = closed_session[0]
        state = replace(state, sessions=sessions, closed=tuple(closed_session[1:]))
        return _forget(state, ((oldest.session, oldest.changed_at),))
    leaving = {
        each.session
        for estimated, most in ((False, MAX_OVER), (True, MAX_ESTIMATED))
        for each in [each for each in closed_session if each.estimated == estimated][:-most]
    }
    left = tuple((each.session, each.changed_at) for each in closed_session if each.session in leaving)
    kept = tuple(each for each in closed_session if each.session not in leaving)
    return _forget(replace(state, sessions=sessions, closed=kept), left)


def _forget(state: StationBilling, leaving: tuple[tuple[str, Timestamp | None], ...]) -> StationBilling:
    if not leaving:
        return state
    entries = (_forgotten_entry(session, at) for session, at in leaving)
    return replace(state, forgotten=(*state.forgotten, *entries)[-MAX_FORGOTTEN:])


def _without_oldest(state: StationBilling) -> StationBilling:
    """Drop the open session that is silent for longest and waits for nothing."""
    idle = [session for session in state.sessions if waits_until(session) is None]
    if len(idle) <= MAX_ACTIVE:
        return state
    oldest = min(idle, key=lambda session: (session.heard_at, session.session))
    state = replace(state, sessions=tuple(session for session in state.sessions if session is not oldest))
    at = None if oldest.snapshot is None else oldest.snapshot.changed_at
    return _forget(state, ((oldest.session, at),) if oldest.cdr is not None else ())


def _forgotten_entry(session: str, changed_at: Timestamp | None) -> str:
    name = session[:FORGOTTEN_CHARACTERS]
    return name if changed_at is None else f"{name}{SINCE}{int(changed_at.timestamp())}"


# -- older forms ------------------------------------------------------------------------------------------------------


def upgrade(state: StationBilling) -> StationBilling:
    """The state in the present format."""
    if state.form == FORM:
        return state
    sessions = sorted(state.sessions, key=lambda session: (session.heard_at, session.session))
    state = _forget(
        replace(state, form=FORM, sessions=(), forgotten=()), tuple((session, None) for session in state.forgotten)
    )
    for session in sessions:
        state = put_session(state, _upgrade_session(session))
    return state


def _upgrade_session(session: BilledSession) -> BilledSession:
    register = tuple(Sample(micros(sample.at), units(sample.wh)) for sample in session.usage.samples)
    return replace(session, usage=replace(session.usage, register=register, samples=()))
