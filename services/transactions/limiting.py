"""Limiting: limits come to sessions, and stations are told of them, once for each change (2.1, E16, F07, C17). PURE.

The token's limit comes with the decision on it, the remote start's with its command, an operator's with an order. What the station
says it keeps to is noted; the stricter of two words counts. Whoever is not told is stopped by `sessionlimits`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from schemas.authorization import DecisionRecorded, TokenLimitChanged, token_key
from schemas.base import Record
from schemas.commands import CommandRequested
from schemas.limits import StationLimited
from schemas.states.transactions import SessionState, SetLimit, StartLimit, StationTransactions
from schemas.transactionlimits import MEMBERS, NO_LIMIT, LimitKind, TransactionLimit, only
from schemas.transactions import RemoteStart, TransactionReported
from services.transactions.limits import is_within, kept_by_station, limit_of, station_limit
from services.transactions.sessions import is_active
from services.transactions.settling import Cause, settle

MAX_START_LIMITS = 16
START_WITHIN = timedelta(minutes=30)
"""So long after a remote start a session of its token may be the one that it asked for, where the station does not say so (1.6)."""

Step = tuple[StationTransactions, list[Record]]


# -- what its station is told -----------------------------------------------------------------------------------------


def limit_to_say(session: SessionState, supports: tuple[LimitKind, ...]) -> TransactionLimit:
    """What the next answer is to have: nothing new, nothing (E16.FR.02, FR.08, FR.12)."""
    if not is_active(session):
        return NO_LIMIT
    whole = only(limit_of(session), supports)
    if whole in (NO_LIMIT, session.limits.said):
        return NO_LIMIT
    said, theirs = session.limits.said, station_limit(session)
    news = (
        not is_within(getattr(theirs, member), ours) or getattr(theirs, member) == getattr(said, member)
        for member in MEMBERS.values()
        if (ours := getattr(whole, member)) is not None and ours != getattr(said, member)
    )
    return whole if any(news) else NO_LIMIT


def with_said(session: SessionState, limit: TransactionLimit) -> SessionState:
    """The session whose station is told this limit."""
    return session if limit == NO_LIMIT else replace(session, limits=replace(session.limits, said=limit))


def said_again(session: SessionState) -> TransactionLimit:
    """What the answer to a repeated message has: the answer before it may have been lost, unless the station has confirmed it."""
    said, kept = session.limits.said, kept_by_station(session)
    unconfirmed = any(getattr(said, MEMBERS[kind]) is not None and kind not in kept for kind in MEMBERS)
    return said if unconfirmed and is_active(session) else NO_LIMIT


# -- what changes it --------------------------------------------------------------------------------------------------


def with_station_limit(session: SessionState, fact: TransactionReported) -> SessionState:
    """The session after its station said what it keeps to; of each kind the newest word counts."""
    if fact.limit == NO_LIMIT:
        return session
    known = {each.kind: each for each in session.limits.station}
    seq = -1 if fact.seq_no is None else fact.seq_no
    for kind, member in MEMBERS.items():
        value = getattr(fact.limit, member)
        if value is None:
            continue
        said, before = SetLimit(kind=kind, value=Decimal(value), at=fact.at, seq=seq), known.get(kind)
        if before is None or (said.at, said.seq, said.value) > (before.at, before.seq, before.value):
            known[kind] = said
    station = tuple(known[kind] for kind in MEMBERS if kind in known)
    return replace(session, limits=replace(session.limits, station=station))


def apply_token_limit(state: StationTransactions, record: DecisionRecorded | TokenLimitChanged) -> Step:
    """What its token limits a session to, in its newest form; with a decision, the answer to the station has told it."""
    revision = record.limit_revision
    if isinstance(record, DecisionRecorded) and (
        record.status != "Accepted" or record.purpose != "start" or record.final
    ):
        return state, []

    def changed(session: SessionState) -> SessionState:
        limits = session.limits
        if revision > limits.token_revision or (revision == limits.token_revision and record.limit != limits.token):
            limits = replace(limits, token=record.limit, token_revision=revision)
        after = replace(session, limits=limits)
        if isinstance(record, DecisionRecorded):
            after = with_said(after, only(limit_of(after), state.supports))
        return after

    at = record.requested_at if isinstance(record, DecisionRecorded) else record.at
    return _change(state, record.session, Cause(record.id, record.station, at), changed)


def with_ordered_limit(session: SessionState, limit: TransactionLimit, at: datetime) -> SessionState:
    """The session limited by a remote start or an operator; the newest word counts."""
    known = session.limits.ordered_at
    if known is not None and at <= known:
        return session
    return replace(session, limits=replace(session.limits, ordered=limit, ordered_at=at))


def apply_station_limits(state: StationTransactions, record: StationLimited) -> StationTransactions:
    """Which limits the station keeps to by its report."""
    supports = record.limits.transaction_limits
    return state if supports == state.supports else replace(state, supports=supports)


def apply_start(state: StationTransactions, request: CommandRequested) -> Step:
    """Note the limit of a remote start, for the session that it begins; that may be known already."""
    command = request.command
    if not isinstance(command, RemoteStart) or command.limit is None:
        return state, []
    wanted = StartLimit(
        remote_start_id=command.start_id(request.id),
        token=token_key(command.token),
        evse=command.evse,
        limit=command.limit,
        at=request.requested_at,
    )
    if any((each.remote_start_id, each.at) == (wanted.remote_start_id, wanted.at) for each in state.start_limits):
        return state, []
    state = replace(state, start_limits=(*state.start_limits, wanted)[-MAX_START_LIMITS:])
    session = next((each for each in state.sessions if is_active(each) and _is_begun_by(wanted, each)), None)
    if session is None:
        return state, []
    state = _with_used(state, wanted, session.session)
    cause = Cause(request.id, request.station, request.requested_at)
    return _change(state, session.session, cause, lambda each: with_ordered_limit(each, wanted.limit, wanted.at))


def with_start_limit(state: StationTransactions, session: SessionState) -> tuple[StationTransactions, SessionState]:
    """The session with the limit of the remote start that began it, where there is one."""
    wanted = next((each for each in reversed(state.start_limits) if _is_begun_by(each, session)), None)
    if wanted is None:
        return state, session
    return _with_used(state, wanted, session.session), with_ordered_limit(session, wanted.limit, wanted.at)


def _with_used(state: StationTransactions, used: StartLimit, session: str) -> StationTransactions:
    marked = tuple(replace(each, session=session) if each is used else each for each in state.start_limits)
    return replace(state, start_limits=marked)


def _is_begun_by(wanted: StartLimit, session: SessionState) -> bool:
    """Whether the session is the one that a remote start asked for: by its number, in 1.6 by token, EVSE and time."""
    if wanted.session:
        return False
    if session.remote_start_id is not None:
        return session.remote_start_id == wanted.remote_start_id
    if not session.start_key or session.token is None or session.heard_at is None:
        return False
    same_place = wanted.evse in (None, session.evse)
    in_time = timedelta(0) <= session.heard_at - wanted.at <= START_WITHIN
    return token_key(session.token.value) == wanted.token and same_place and in_time


def _change(
    state: StationTransactions, name: str, cause: Cause, changed: Callable[[SessionState], SessionState]
) -> Step:
    before = next((each for each in state.sessions if each.session == name), None)
    after = before if before is None else changed(before)
    if before is None or after is None or after == before:
        return state, []
    return settle(state, before, after, cause)
