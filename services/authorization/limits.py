"""Limits: what a token limits each of its sessions to, by its provisioning and its credit. PURE."""

from datetime import datetime
from decimal import Decimal

from msgspec.structs import replace

from schemas.authorization import AuthorizationRequested, RunningSession, TokenLimitChanged, TokenState
from schemas.base import Record, derived_id
from schemas.transactionlimits import NO_LIMIT, TransactionLimit, only, stricter
from services.authorization.credit import most_cost


def limit_of(state: TokenState, session: str) -> TransactionLimit:
    """What the token limits a session to: as provisioned, and by its credit (C17.FR.03)."""
    token = state.provisioned
    if token is None:
        return NO_LIMIT
    limit = token.limits
    most = most_cost(state, session)
    if most is None:
        return limit
    if limit.max_cost is not None:
        limit = replace(limit, currency=token.prepaid)
    return stricter(limit, TransactionLimit(max_cost=max(most, Decimal(0)), currency=token.prepaid))


def limit_now(state: TokenState, session: str) -> tuple[TransactionLimit, int]:
    """What the token limits a session to, and in how manieth form that is said."""
    known = next((each for each in state.running if each.session == session), None)
    return (limit_of(state, session), 0) if known is None else (known.limit, known.limit_revision)


def limit_to_say(limit: TransactionLimit, request: AuthorizationRequested) -> TransactionLimit:
    """What the answer has: the limits that the station supports, once for each change (E16.FR.02, FR.12)."""
    whole = only(stricter(limit, request.limit), request.supports)
    return NO_LIMIT if whole == request.limit_known else whole


def with_told_limits(
    state: TokenState, outputs: list[Record], *, cause: str, at: datetime
) -> tuple[TokenState, list[Record]]:
    """Say of each running session what the token limits it to, where that has changed since it was said last."""
    running, said = [], list(outputs)
    for before in state.running:
        limit = limit_of(state, before.session)
        after = before if before.limit == limit else _limited(before, limit)
        if after is not before:
            said.append(_changed(state.token, after, derived_id(cause, after.session, "limit"), at))
        running.append(after)
    return (replace(state, running=tuple(running)) if len(said) > len(outputs) else state), said


def _limited(running: RunningSession, limit: TransactionLimit) -> RunningSession:
    return replace(running, limit=limit, limit_revision=running.limit_revision + 1)


def _changed(token: str, running: RunningSession, id: str, at: datetime) -> TokenLimitChanged:
    return TokenLimitChanged(
        id=id,
        station=running.station,
        session=running.session,
        token=token,
        limit=running.limit,
        limit_revision=running.limit_revision,
        at=at,
    )
