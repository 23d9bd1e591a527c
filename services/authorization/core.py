"""Authorization: decides whether a token may charge, by its provisioning and the sessions that run on it."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec
from msgspec.structs import replace

from schemas.authorization import (
    AuthorizationDecided,
    AuthorizationRequested,
    AuthorizationStatus,
    DecisionRecorded,
    RunningSession,
    TokenProvisioned,
    TokenRemoved,
    TokenSessionEnded,
    TokenSessionStarted,
    TokenState,
    token_key,
)
from schemas.base import Due, Poison, Record, derived_id

SESSIONS_REMEMBERED = 32
"""Running sessions, and ended ones, kept for one token; the oldest are dropped first."""

NO_AUTHORIZATION = "NoAuthorization"
"""The 2.x token type of a station that charges without authorization."""

RUNS_AT_MOST = timedelta(days=30)
"""After this time a session without a reported end (for example of a scrapped station) no longer blocks its token."""


FORGOTTEN_AFTER = timedelta(hours=1)
"""How long after its last session an unprovisioned token is forgotten: such tokens can be invented."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The policy for tokens that are not provisioned."""

    unknown: Literal["accept", "reject"] = "reject"


def initial(key: str) -> TokenState:
    """The state of a new token."""
    return TokenState(token=key)


def due(state: TokenState) -> datetime | None:
    """When an unprovisioned token is forgotten. Expiry needs no due time: it is checked at each request."""
    if state.changed_at is not None or state.running or state.ended_at is None:
        return None
    return state.ended_at + FORGOTTEN_AFTER


def step(state: TokenState, record: Record, policy: Policy) -> tuple[TokenState, list[Record]]:
    """Apply one record; answer every request, also a repeated one."""
    match record:
        case AuthorizationRequested():
            return state, _decide(state, record, policy)
        case TokenSessionStarted():
            return _add_session(state, record), []
        case TokenSessionEnded():
            return _end_session(state, record), []
        case TokenProvisioned():
            return _provision(state, record, record.provisioned_at), []
        case TokenRemoved():
            return _provision(state, None, record.removed_at), []
        case Due():
            over_at = due(state)
            return (state if over_at is None or record.at < over_at else initial(state.token)), []
    raise Poison(f"authorization has no use for a {type(record).__name__}")


# -- decisions --------------------------------------------------------------------------------------------------------


def _decide(state: TokenState, request: AuthorizationRequested, policy: Policy) -> list[Record]:
    """The decision for the gateway, and the record of it."""
    token, blocking = state.provisioned, _runs_elsewhere(state, request)
    status = _status(token, request, policy, blocking)
    blocked_by = blocking.session if blocking is not None and status == "ConcurrentTx" else ""
    answer = AuthorizationDecided(
        id=derived_id(request.id, "authorization-decided"),
        station=request.station,
        reply_to=request.reply_to,
        status=status,
        expires_at=token.expires_at if token else None,
        group=token.group if token else "",
        transaction_id=request.transaction_id,
        token=request.token,
        blocked_by=blocked_by,
    )
    record = DecisionRecorded(
        id=derived_id(request.id, "decision-recorded"),
        station=request.station,
        token=request.token,
        id_token=request.id_token,
        status=status,
        session=request.session,
        transaction_id=request.transaction_id,
        evse=request.evse,
        final=request.final,
        blocked_by=blocked_by,
        blocked_at=blocking.station if blocking is not None and blocked_by else "",
        requested_at=request.received_at,
    )
    return [answer, record]


def _status(
    token: TokenProvisioned | None, request: AuthorizationRequested, policy: Policy, blocking: RunningSession | None
) -> AuthorizationStatus:
    if request.id_token.type == NO_AUTHORIZATION:
        return "Accepted"  # 2.0.1, C02: a start button needs no card, and the CSMS accepts it
    if not token_key(request.id_token.value):
        return "Invalid"
    if token is None:
        return "Accepted" if policy.unknown == "accept" else "Invalid"
    if token.status == "Blocked":
        return "Blocked"
    if token.expires_at is not None and token.expires_at <= request.received_at:
        return "Expired"
    return "ConcurrentTx" if blocking is not None and not token.concurrent_sessions else "Accepted"


def _runs_elsewhere(state: TokenState, request: AuthorizationRequested) -> RunningSession | None:
    """The newest other session that runs on the token.

    Only for transactions that still run: ConcurrentTx is not a valid answer to Authorize (1.6 AuthorizationStatus, 2.0.1
    AuthorizationStatusEnumType), by which a driver may just as well want to stop the session that runs.
    """
    if not request.session or request.final:
        return None
    others = (
        running
        for running in state.running
        if running.session != request.session and request.received_at - running.at < RUNS_AT_MOST
    )
    return max(others, key=lambda running: running.at, default=None)


# -- the sessions of a token ------------------------------------------------------------------------------------------


def _add_session(state: TokenState, record: TokenSessionStarted) -> TokenState:
    if record.again:
        state = replace(state, ended=tuple(session for session in state.ended if session != record.session))
    if not state.token or record.session in state.ended:
        return state  # no token, or its end arrived first
    if any(running.session == record.session for running in state.running):
        return state
    running = (*state.running, RunningSession(session=record.session, at=record.at, station=record.station))
    return replace(state, running=running[-SESSIONS_REMEMBERED:])


def _end_session(state: TokenState, record: TokenSessionEnded) -> TokenState:
    if not state.token or record.session in state.ended:
        return state
    return replace(
        state,
        running=tuple(running for running in state.running if running.session != record.session),
        ended=(*state.ended, record.session)[-SESSIONS_REMEMBERED:],
        ended_at=record.at if state.ended_at is None else max(state.ended_at, record.at),
    )


# -- provisioning -----------------------------------------------------------------------------------------------------


def _provision(state: TokenState, provisioned: TokenProvisioned | None, at: datetime) -> TokenState:
    if state.changed_at is not None and at < state.changed_at:
        return state
    return replace(state, provisioned=provisioned, changed_at=at)
