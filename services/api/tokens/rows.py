"""Tokens, and what was decided on them, as the API takes and gives them. PURE."""

import datetime as dt
from typing import Annotated, Literal

import msgspec

from schemas.base import Timestamp
from services.api.web.bodies import Body


class ProvisionToken(Body, frozen=True, kw_only=True):
    """What the operator knows of a token. It replaces what was known before."""

    status: Annotated[Literal["Accepted", "Blocked"], msgspec.Meta(description="Whether it may charge.")] = "Accepted"
    expires_at: Annotated[Timestamp | None, msgspec.Meta(description="`Expired` from then on.")] = None
    group: Annotated[
        str, msgspec.Meta(max_length=36, description="Tokens of one group may stop each other's transactions.")
    ] = ""
    concurrent_sessions: Annotated[bool, msgspec.Meta(description="Whether it may charge twice at once.")] = False
    label: Annotated[str, msgspec.Meta(max_length=100, description="A name for people.", examples=["Van 7"])] = ""


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A token the operator knows."""

    token: str
    status: str
    expires_at: Timestamp | None
    group: str
    concurrent_sessions: bool
    label: str
    provisioned_at: Timestamp
    provisioned_by: str


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision on a token. `blocked_by` is the session that runs on it at `blocked_at`, where it is ConcurrentTx."""

    id: str
    station: str
    token: str
    status: str
    session: str
    transaction_id: str
    evse: int | None
    final: bool
    blocked_by: str
    blocked_at: str
    at: dt.datetime


class DecisionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which decisions; None does not filter. `token` in any case."""

    station: str | None = None
    token: str | None = None
    session: str | None = None
    status: str | None = None


ALL_DECISIONS = DecisionFilter()
