"""Tokens, and what was decided on them, as the API takes and gives them. PURE."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from schemas.base import Timestamp
from schemas.evsetypes import EvseType
from schemas.tokens import TokenHours, TokenPlace, TokenType
from services.api.web.bodies import Body, Owner
from services.api.web.policy import Owned

LANGUAGE = "^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)?$"
"""RFC 5646, as far as a length of eight lets one be told from a typing error."""


class TokenLimits(Body, frozen=True, kw_only=True):
    """What each session of a token is limited to; the limit that is reached first ends it. Null: not limited."""

    max_cost: Annotated[
        Decimal | None,
        msgspec.Meta(description="In the currency of the tariff, taxes included; at most 1000000.", examples=["20.00"]),
    ] = None
    max_energy_wh: Annotated[
        Decimal | None, msgspec.Meta(description="In Wh; at most 100000000.", examples=["20000"])
    ] = None
    max_time_s: Annotated[
        Annotated[int, msgspec.Meta(gt=0, le=31_536_000)] | None,
        msgspec.Meta(description="From the start of the session.", examples=[7200]),
    ] = None
    max_soc_percent: Annotated[
        Annotated[int, msgspec.Meta(gt=0, le=100)] | None, msgspec.Meta(description="In percent.", examples=[80])
    ] = None


class ProvisionToken(Body, frozen=True, kw_only=True):
    """What the operator knows of a token. It replaces what was known before, but for its credit."""

    status: Annotated[Literal["Accepted", "Blocked"], msgspec.Meta(description="Whether it may charge.")] = "Accepted"
    expires_at: Annotated[Timestamp | None, msgspec.Meta(description="`Expired` from then on.")] = None
    group: Annotated[
        str,
        msgspec.Meta(
            max_length=36,
            description="Tokens of one group may stop each other's transactions; those of the group that the setting "
            "`master_pass_group` names may stop any, and start none.",
        ),
    ] = ""
    concurrent_sessions: Annotated[bool, msgspec.Meta(description="Whether it may charge twice at once.")] = False
    label: Annotated[str, msgspec.Meta(max_length=100, description="A name for people.", examples=["Van 7"])] = ""
    types: Annotated[
        tuple[TokenType, ...],
        msgspec.Meta(
            max_length=11, description="It is accepted as these alone (IdTokenEnumType; 1.6 has none). Empty: as any."
        ),
    ] = ()
    prepaid: Annotated[
        str,
        msgspec.Meta(
            pattern="^([A-Z]{3})?$",
            description="Currency of its credit (ISO 4217): it charges as long as there is some. Empty: it needs none. "
            "`POST /tokens/{token}/top-ups` puts money on it.",
            examples=["EUR"],
        ),
    ] = ""
    limits: Annotated[TokenLimits, msgspec.Meta(description="Of each of its sessions.")] = TokenLimits()
    cache_s: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=31_536_000)] | None,
        msgspec.Meta(
            description="How long a station may remember the answer on it. Null: by the setting `token_cache_s`. "
            "A prepaid token is not remembered.",
        ),
    ] = None
    places: Annotated[
        tuple[TokenPlace, ...],
        msgspec.Meta(max_length=200, description="Where it may charge. Empty: anywhere."),
    ] = ()
    evse_types: Annotated[
        tuple[EvseType, ...],
        msgspec.Meta(
            max_length=32,
            description="Kinds of EVSEs (AC, DC) and connectors where it may charge, as its stations' `evses` have them. Empty: all.",
            examples=[["AC", "cCCS2"]],
        ),
    ] = ()
    hours: Annotated[
        tuple[TokenHours, ...], msgspec.Meta(max_length=50, description="When it may charge. Empty: at any time.")
    ] = ()
    time_zone: Annotated[
        str,
        msgspec.Meta(max_length=60, description="Of `hours`, an IANA name; empty: UTC.", examples=["Europe/Berlin"]),
    ] = ""
    language: Annotated[
        str, msgspec.Meta(max_length=8, pattern=LANGUAGE, description="For displays (RFC 5646).", examples=["de"])
    ] = ""
    language2: Annotated[
        str, msgspec.Meta(max_length=8, pattern=LANGUAGE, description="Where a station has not the first one.")
    ] = ""
    message: Annotated[str, msgspec.Meta(max_length=512, description="Shown to the driver (2.x personalMessage).")] = ""
    priority: Annotated[int, msgspec.Meta(ge=-9, le=9, description="2.x chargingPriority; higher goes first.")] = 0
    tenant: Owner = None
    shared: Annotated[
        bool,
        msgspec.Meta(description="Whether it also charges at other tenants' stations; their own tariffs apply there."),
    ] = False


class TokenCredit(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of a token's credit: `balance` is what was put on it less what was billed, `running` what its running sessions
    cost so far."""

    currency: str
    balance: Decimal
    running: Decimal
    left: Decimal
    changed_at: dt.datetime


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A token the operator knows. `credit` is null where nothing was ever put on it."""

    token: str
    status: str
    expires_at: Timestamp | None
    group: str
    concurrent_sessions: bool
    label: str
    types: tuple[str, ...]
    prepaid: str
    limits: TokenLimits
    cache_s: int | None
    places: tuple[TokenPlace, ...]
    evse_types: tuple[str, ...]
    hours: tuple[TokenHours, ...]
    time_zone: str
    language: str
    language2: str
    message: str
    priority: int
    tenant: str
    shared: bool
    credit: TokenCredit | None
    provisioned_at: Timestamp
    provisioned_by: str


class TopUp(Body, frozen=True, kw_only=True):
    """Money for a token's credit."""

    amount: Annotated[
        Decimal,
        msgspec.Meta(description="Negative: take some back. At most 1000000.", examples=["25.00"]),
    ]
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", description="That of the token.", examples=["EUR"])]
    reference: Annotated[
        str, msgspec.Meta(max_length=100, description="A receipt, say; kept with it.", examples=["receipt 4711"])
    ] = ""


class CreditChange(Owned, frozen=True, kw_only=True):
    """One change of a token's credit. `amount` is what it added, negative for a bill; `left_out`: it is in another currency than the
    credit and was not counted."""

    token: str
    revision: int
    cause: str
    amount: Decimal
    amount_currency: str
    left_out: bool
    currency: str
    balance: Decimal
    running: Decimal
    session: str
    station: str
    cdr: str
    reference: str
    by: str
    changed_at: dt.datetime


class CreditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which changes of credit; None does not filter. `token` in any case. Without `running`, what running sessions cost is left out."""

    token: str | None = None
    session: str | None = None
    running: bool = False


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision on a token. `blocked_by` is the session that runs on it at `blocked_at`, where it is ConcurrentTx.

    `purpose` is what it was shown for (empty in older ones), `certificate_status` what was said of its contract certificate, and
    `certificate_detail` why.
    """

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
    purpose: str
    certificate_status: str
    certificate_detail: str = ""


class DecisionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which decisions; None does not filter. `token` in any case. `judged`: only those that say something of a contract certificate."""

    station: str | None = None
    token: str | None = None
    session: str | None = None
    status: str | None = None
    certificate_status: str | None = None
    judged: bool = False
    until: dt.datetime | None = None


ALL_DECISIONS, ALL_CREDIT_CHANGES = DecisionFilter(), CreditFilter()
