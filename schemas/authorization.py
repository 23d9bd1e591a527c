"""Authorization: who may charge. Tokens as reference data, requests from stations, decisions back to them."""

from typing import Annotated, Literal

import msgspec

from schemas.base import Record, ReplyTo, Timestamp

AuthorizationStatus = Literal["Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"]
"""The statuses both OCPP 1.6 and 2.x know."""


class IdToken(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the driver showed. `type` is the 2.x IdTokenEnumType, empty in 1.6. Compared by `token_key(value)`."""

    value: str
    type: str = ""


def token_key(value: str) -> str:
    """Identifier tokens are case-insensitive (2.0.1 part 2, IdTokenType; 1.6 CiString20): the key of one token."""
    return value.strip().upper()


class TokenProvisioned(Record, frozen=True, kw_only=True, tag="token-provisioned"):
    """A token the operator knows, on csms.ref.tokens. `token` is a `token_key`."""

    token: str
    status: Literal["Accepted", "Blocked"] = "Accepted"
    expires_at: Timestamp | None = None
    group: Annotated[str, msgspec.Meta(max_length=36)] = ""
    concurrent_sessions: bool = False
    label: str = ""
    provisioned_at: Timestamp
    provisioned_by: str = ""


class TokenRemoved(Record, frozen=True, kw_only=True, tag="token-removed"):
    """The token is no longer known. Replaces the provisioning in its topic."""

    token: str
    removed_at: Timestamp
    removed_by: str = ""


class AuthorizationRequested(Record, frozen=True, kw_only=True, tag="authorization-requested"):
    """May this token charge? From the gateway for Authorize; from `transactions` for a transaction that waits for its answer.

    For a transaction `session` and `transaction_id` are set, and the decision repeats `transaction_id`, so that a 1.6
    StartTransaction is answered by one record. `final` says that the transaction is already over when it is asked.
    """

    id: str
    token: str
    id_token: IdToken
    station: str
    session: str = ""
    transaction_id: str = ""
    evse: int | None = None
    final: bool = False
    reply_to: ReplyTo
    received_at: Timestamp


class TokenSessionStarted(Record, frozen=True, kw_only=True, tag="token-session-started"):
    """A session runs on this token (for ConcurrentTx). From `transactions`."""

    id: str
    token: str
    session: str
    station: str
    at: Timestamp


class TokenSessionEnded(Record, frozen=True, kw_only=True, tag="token-session-ended"):
    """The session no longer runs on this token. From `transactions`."""

    id: str
    token: str
    session: str
    station: str
    at: Timestamp


class AuthorizationDecided(Record, frozen=True, kw_only=True, tag="authorization-decided"):
    """The answer to Authorize, StartTransaction, or a TransactionEvent that carries a token. To the gateway's route."""

    id: str
    station: str
    reply_to: ReplyTo
    status: AuthorizationStatus
    expires_at: Timestamp | None = None
    group: str = ""
    transaction_id: str = ""


# -- persisted by the service -----------------------------------------------------------------------------------------


class RunningSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session that runs on a token."""

    session: str
    at: Timestamp


class TokenState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `authorization` remembers of one token: its provisioning, the sessions that run on it, and those lately ended.

    `changed_at` is the time of the newest provisioning or removal.
    """

    token: str
    provisioned: TokenProvisioned | None = None
    changed_at: Timestamp | None = None
    running: tuple[RunningSession, ...] = ()
    ended: tuple[str, ...] = ()
