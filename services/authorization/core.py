"""Authorization: decides whether a token may charge, by its provisioning, its credit and the sessions that run on it."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.authorization import (
    AuthorizationDecided,
    AuthorizationRequested,
    DecisionRecorded,
    RunningSession,
    TokenProvisioned,
    TokenRemoved,
    TokenSessionEnded,
    TokenSessionStarted,
    TokenState,
)
from schemas.base import Due, Poison, Record, derived_id
from schemas.credits import CreditToppedUp, TokenCharged, TokenSpent
from services.authorization import credit
from services.authorization.limits import limit_now, limit_of, limit_to_say, with_told_limits
from services.authorization.verdict import NO_REFERENCES, Policy, References, Verdict, cache_until, starts, verdict

SESSIONS_REMEMBERED = 32
"""Running sessions, and ended ones, kept for one token; the oldest are dropped first."""

FORGOTTEN_AFTER = timedelta(hours=1)
"""How long after its last session an unprovisioned token is forgotten: such tokens can be invented."""

Step = tuple[TokenState, list[Record]]


def initial(key: str) -> TokenState:
    """The state of a new token."""
    return TokenState(token=key)


def due(state: TokenState) -> datetime | None:
    """When an unprovisioned token is forgotten. Expiry needs no due time: it is checked at each request."""
    if state.changed_at is not None or state.credit is not None or state.running or state.ended_at is None:
        return None
    return state.ended_at + FORGOTTEN_AFTER


def step(  # noqa: PLR0911 a flat match over the records
    state: TokenState, record: Record, policy: Policy, references: References = NO_REFERENCES
) -> Step:
    """Apply one record; answer every request, also a repeated one."""
    match record:
        case AuthorizationRequested():
            return state, _decide(state, record, policy, references)
        case TokenSessionStarted():
            return _add_session(state, record), []
        case TokenSessionEnded():
            return _end_session(state, record), []
        case TokenProvisioned() | TokenRemoved():
            return _provision(state, record)
        case CreditToppedUp():
            return with_told_limits(*credit.top_up(state, record), cause=record.id, at=record.ordered_at)
        case TokenCharged():
            return with_told_limits(*credit.charge(state, record), cause=record.id, at=record.at)
        case TokenSpent():
            return with_told_limits(*credit.spend(state, record), cause=record.id, at=record.at)
        case Due():
            over_at = due(state)
            return (state if over_at is None or record.at < over_at else initial(state.token)), []
    raise Poison(f"authorization has no use for a {type(record).__name__}")


# -- decisions --------------------------------------------------------------------------------------------------------


def _decide(state: TokenState, request: AuthorizationRequested, policy: Policy, references: References) -> list[Record]:
    """The decision for the gateway, and the record of it; a session that may run is limited as its token is."""
    found = verdict(state, request, policy, references)
    record = DecisionRecorded(
        id=derived_id(request.id, "decision-recorded"),
        station=request.station,
        token=request.token,
        id_token=request.id_token,
        status=found.status,
        session=request.session,
        transaction_id=request.transaction_id,
        evse=request.evse,
        final=request.final,
        blocked_by=found.blocking.session if found.blocking is not None else "",
        blocked_at=found.blocking.station if found.blocking is not None else "",
        requested_at=request.received_at,
        purpose=request.purpose,
        certificate_status=found.certificate_status,
        certificate_detail=found.certificate_detail,
    )
    answer = _answer(state.provisioned, request, found, policy)
    if found.status == "Accepted" and starts(request):
        limit, revision = limit_now(state, request.session)
        record = replace(record, limit=limit, limit_revision=revision)
        answer = replace(answer, limit=limit_to_say(limit, request))
    return [answer, record]


def _remembered(
    token: TokenProvisioned | None, request: AuthorizationRequested, found: Verdict, policy: Policy
) -> datetime | None:
    """Until when a station may remember the answer: what is said of a certificate counts no longer than it is valid itself.

    A refusal because of the certificate is not remembered: the next EV with this contract may have a good one.
    """
    until = cache_until(token, request.received_at, policy)
    if not found.certificate_status:
        return until
    if found.certificate_status not in ("Accepted", "ContractCancelled"):
        return request.received_at
    ends = request.contract.expires_at if request.contract is not None else None
    return min(filter(None, (until, ends, token.expires_at if token is not None else None)), default=None)


def _answer(
    token: TokenProvisioned | None, request: AuthorizationRequested, found: Verdict, policy: Policy
) -> AuthorizationDecided:
    answer = AuthorizationDecided(
        id=derived_id(request.id, "authorization-decided"),
        station=request.station,
        reply_to=request.reply_to,
        status=found.status,
        transaction_id=request.transaction_id,
        token=request.token,
        blocked_by=found.blocking.session if found.blocking is not None else "",
        cache_until=_remembered(None if found.foreign else token, request, found, policy),
        evses=found.evses,
        certificate_status=found.certificate_status,
    )
    if token is None or found.foreign:
        return answer
    return replace(
        answer,
        expires_at=token.expires_at,
        group=token.group,
        languages=tuple(filter(None, (token.language, token.language2))),
        message=token.message,
        priority=token.priority,
    )


# -- the sessions of a token ------------------------------------------------------------------------------------------


def _add_session(state: TokenState, record: TokenSessionStarted) -> TokenState:
    if record.again:
        state = replace(state, ended=tuple(session for session in state.ended if session != record.session))
    if not state.token or record.session in state.ended:
        return state  # no token, or its end arrived first
    if any(running.session == record.session for running in state.running):
        return state
    limit = limit_of(state, record.session)
    running = RunningSession(session=record.session, at=record.at, station=record.station, limit=limit)
    return replace(state, running=(*state.running, running)[-SESSIONS_REMEMBERED:])


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


def _provision(state: TokenState, record: TokenProvisioned | TokenRemoved) -> Step:
    provisioned = record if isinstance(record, TokenProvisioned) else None
    at = record.provisioned_at if isinstance(record, TokenProvisioned) else record.removed_at
    if state.changed_at is not None and at < state.changed_at:
        return state, []
    state = replace(state, provisioned=provisioned, changed_at=at)
    outputs: list[Record] = []
    if provisioned is not None:
        state, outputs = credit.provision(state, provisioned.prepaid, at)
    return with_told_limits(state, outputs, cause=derived_id(state.token, "provisioned", at.isoformat()), at=at)
