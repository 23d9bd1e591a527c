"""Authorization: who may charge, decided from provisioned tokens and the sessions that run on them."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec
from msgspec.structs import replace

from schemas.authorization import (
    AuthorizationDecided,
    AuthorizationRequested,
    AuthorizationStatus,
    RunningSession,
    TokenProvisioned,
    TokenRemoved,
    TokenSessionEnded,
    TokenSessionStarted,
    TokenState,
    token_key,
)
from schemas.base import Poison, Record, derived_id

SESSIONS_REMEMBERED = 32
"""Running sessions, and ended ones, remembered for one token; the oldest go first."""

NO_AUTHORIZATION = "NoAuthorization"
"""The 2.x token type of a station that charges without asking who."""

RUNS_AT_MOST = timedelta(days=30)
"""A session whose end nobody reported (a scrapped station, say) stops blocking its token after that."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What the deployment says about tokens nobody provisioned."""

    unknown: Literal["accept", "reject"] = "reject"


def initial(key: str) -> TokenState:
    """A token nobody has provisioned or used."""
    return TokenState(token=key)


def due(state: TokenState) -> datetime | None:
    """Tokens never wait for a moment in time: expiry is judged when somebody asks."""
    return None


def step(state: TokenState, record: Record, policy: Policy) -> tuple[TokenState, list[Record]]:
    """Apply one record; answer every request, also a repeated one."""
    match record:
        case AuthorizationRequested():
            return state, [_decided(state, record, policy)]
        case TokenSessionStarted():
            return _started(state, record), []
        case TokenSessionEnded():
            return _ended(state, record), []
        case TokenProvisioned():
            return _provisioned(state, record, record.provisioned_at), []
        case TokenRemoved():
            return _provisioned(state, None, record.removed_at), []
    raise Poison(f"authorization has no use for a {type(record).__name__}")


# -- decisions --------------------------------------------------------------------------------------------------------


def _decided(state: TokenState, request: AuthorizationRequested, policy: Policy) -> AuthorizationDecided:
    known = state.provisioned
    return AuthorizationDecided(
        id=derived_id(request.id, "authorization-decided"),
        station=request.station,
        reply_to=request.reply_to,
        status=_status(state, request, policy),
        expires_at=known.expires_at if known else None,
        group=known.group if known else "",
        transaction_id=request.transaction_id,
    )


def _status(state: TokenState, request: AuthorizationRequested, policy: Policy) -> AuthorizationStatus:
    known = state.provisioned
    if request.id_token.type == NO_AUTHORIZATION:
        return "Accepted"  # 2.0.1, C02: a start button asks for no card, and the CSMS accepts it
    if not token_key(request.id_token.value):
        return "Invalid"
    if known is None:
        return "Accepted" if policy.unknown == "accept" else "Invalid"
    return _known_status(state, known, request)


def _known_status(state: TokenState, known: TokenProvisioned, request: AuthorizationRequested) -> AuthorizationStatus:
    if known.status == "Blocked":
        return "Blocked"
    if known.expires_at is not None and known.expires_at <= request.received_at:
        return "Expired"
    if not known.concurrent_sessions and _runs_elsewhere(state, request):
        return "ConcurrentTx"
    return "Accepted"


def _runs_elsewhere(state: TokenState, request: AuthorizationRequested) -> bool:
    """Whether another session runs on the token.

    Only for transactions that still run: ConcurrentTx is no answer to Authorize (1.6 AuthorizationStatus, 2.0.1
    AuthorizationStatusEnumType), by which a driver may just as well want to stop the session that runs.
    """
    if not request.session or request.final:
        return False
    return any(
        running.session != request.session and request.received_at - running.at < RUNS_AT_MOST
        for running in state.running
    )


# -- the sessions of a token ------------------------------------------------------------------------------------------


def _started(state: TokenState, record: TokenSessionStarted) -> TokenState:
    if not state.token or record.session in state.ended:
        return state  # nobody's token, or its end came first
    if any(running.session == record.session for running in state.running):
        return state
    running = (*state.running, RunningSession(session=record.session, at=record.at))
    return replace(state, running=running[-SESSIONS_REMEMBERED:])


def _ended(state: TokenState, record: TokenSessionEnded) -> TokenState:
    if not state.token or record.session in state.ended:
        return state
    return replace(
        state,
        running=tuple(running for running in state.running if running.session != record.session),
        ended=(*state.ended, record.session)[-SESSIONS_REMEMBERED:],
    )


# -- provisioning -----------------------------------------------------------------------------------------------------


def _provisioned(state: TokenState, provisioned: TokenProvisioned | None, at: datetime) -> TokenState:
    if state.changed_at is not None and at < state.changed_at:
        return state
    return replace(state, provisioned=provisioned, changed_at=at)
