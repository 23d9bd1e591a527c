"""Authorization: tokens as reference data, authorization requests from stations, and decisions back to them."""

from typing import Annotated, Literal

import msgspec

from schemas.base import Record, ReplyTo, Timestamp
from schemas.topic import Topic

AuthorizationStatus = Literal["Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"]
"""The statuses both OCPP 1.6 and 2.x know."""


class IdToken(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The token that the driver presented. `type` is the 2.x IdTokenEnumType, empty in 1.6. Compared by `token_key(value)`."""

    value: str
    type: str = ""


_AROUND = "".join(each for each in map(chr, range(0x3001)) if each.isspace() or not each.isprintable())
"""White space and control characters, which are stripped: some readers append NULs to tokens."""


def token_key(value: str) -> str:
    """The key of one token: upper case (2.0.1 part 2, IdTokenType; 1.6 CiString20), stripped of white space and control characters."""
    return value.strip(_AROUND).upper()


class TokenProvisioned(Record, frozen=True, kw_only=True, tag="token-provisioned"):
    """A provisioned token, on csms.ref.tokens. `token` is a `token_key`."""

    token: str
    status: Literal["Accepted", "Blocked"] = "Accepted"
    expires_at: Timestamp | None = None
    group: Annotated[str, msgspec.Meta(max_length=36)] = ""
    concurrent_sessions: bool = False
    label: str = ""
    provisioned_at: Timestamp
    provisioned_by: str = ""


class TokenRemoved(Record, frozen=True, kw_only=True, tag="token-removed"):
    """The token was removed. Replaces its TokenProvisioned on the topic."""

    token: str
    removed_at: Timestamp
    removed_by: str = ""


class AuthorizationRequested(Record, frozen=True, kw_only=True, tag="authorization-requested"):
    """A request to authorize a token: from the gateway for Authorize, from `transactions` for a transaction that waits for its answer.

    For a transaction `session` and `transaction_id` are set, and the decision repeats `transaction_id`, so that a 1.6
    StartTransaction is answered by one record. `deviations` and `further` as in `TransactionReported`. `final`: the transaction is
    already over at the time of the request.
    """

    id: str
    token: str
    id_token: IdToken
    station: str
    session: str = ""
    transaction_id: str = ""
    evse: int | None = None
    final: bool = False
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    reply_to: ReplyTo
    received_at: Timestamp


class TokenSessionStarted(Record, frozen=True, kw_only=True, tag="token-session-started"):
    """A session runs on this token; needed for ConcurrentTx. From `transactions`. `again`: its end had been reported before."""

    id: str
    token: str
    session: str
    station: str
    at: Timestamp
    again: bool = False


class TokenSessionEnded(Record, frozen=True, kw_only=True, tag="token-session-ended"):
    """The session no longer runs on this token. From `transactions`."""

    id: str
    token: str
    session: str
    station: str
    at: Timestamp


class AuthorizationDecided(Record, frozen=True, kw_only=True, tag="authorization-decided"):
    """The answer to Authorize, StartTransaction, or a TransactionEvent that carries a token. To the gateway's route.

    `token` is its key. `blocked_by` is the session that makes it ConcurrentTx; it is not sent to stations.
    """

    id: str
    station: str
    reply_to: ReplyTo
    status: AuthorizationStatus
    expires_at: Timestamp | None = None
    group: str = ""
    transaction_id: str = ""
    token: str = ""
    blocked_by: str = ""


class DecisionRecorded(Record, frozen=True, kw_only=True, tag="decision-recorded"):
    """A decision on a token, on csms.decisions: for `transactions`, whose start requested it, and for people who look for the reason.

    `blocked_by` is the session that runs on the token elsewhere, at `blocked_at`, where the decision is ConcurrentTx.
    """

    id: str
    station: str
    token: str
    id_token: IdToken
    status: AuthorizationStatus
    session: str = ""
    transaction_id: str = ""
    evse: int | None = None
    final: bool = False
    blocked_by: str = ""
    blocked_at: str = ""
    requested_at: Timestamp


# -- persisted by the service -----------------------------------------------------------------------------------------


class RunningSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session that runs on a token, at a station."""

    session: str
    at: Timestamp
    station: str = ""


class TokenState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """State of `authorization` for one token: its provisioning, the sessions that run on it, and those recently ended.

    `changed_at` is the time of the newest provisioning or removal, `ended_at` the end of the session that ended last.
    """

    token: str
    provisioned: TokenProvisioned | None = None
    changed_at: Timestamp | None = None
    running: tuple[RunningSession, ...] = ()
    ended: tuple[str, ...] = ()
    ended_at: Timestamp | None = None


REF_TOKENS = Topic(
    name="csms.ref.tokens",
    meaning="Reference data: tokens as operators provision them.",
    records=(TokenProvisioned, TokenRemoved),
    key="token",
    retention_s=None,
)
AUTHORIZATIONS = Topic(
    name="csms.authorizations",
    meaning="Authorization requests, and which sessions run on a token.",
    records=(AuthorizationRequested, TokenSessionStarted, TokenSessionEnded),
    key="token",
)
DECISIONS = Topic(
    name="csms.decisions",
    meaning="Decisions on the tokens that stations asked to authorize.",
    records=(DecisionRecorded,),
)

TOPICS = (
    REF_TOKENS,
    AUTHORIZATIONS,
    DECISIONS,
)
