"""Prepaid credit of tokens (2.1 part 2, C17): what is put on it, what sessions take from it, what is left.

Amounts are in the credit's currency, taxes included where the tariff has them. Every record counts once, known by its id, in any order.
"""

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from schemas.base import Record, Timestamp
from schemas.operators import DEPLOYMENT
from schemas.topic import Topic

Currency = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", description="ISO 4217.", examples=["EUR"])]


# -- what changes it, on csms.authorizations --------------------------------------------------------------------------


class CreditToppedUp(Record, frozen=True, kw_only=True, tag="credit-topped-up"):
    """An operator puts money on a token, or takes some back (a negative amount). `reference`: the operator's own receipt, say."""

    id: str
    token: str
    amount: Decimal
    currency: Currency
    reference: str = ""
    ordered_by: str = ""
    ordered_at: Timestamp
    tenant: str = DEPLOYMENT


class TokenCharged(Record, frozen=True, kw_only=True, tag="token-charged"):
    """A charge detail record of a session on this token was issued. `amount` is negative for a credit of an earlier one."""

    id: str
    token: str
    session: str
    station: str
    cdr: str
    amount: Decimal
    currency: Currency
    at: Timestamp


class TokenSpent(Record, frozen=True, kw_only=True, tag="token-spent"):
    """What a session that runs on this token costs so far, at `at`."""

    id: str
    token: str
    session: str
    station: str
    amount: Decimal
    currency: Currency
    at: Timestamp


# -- what is left, on csms.token-credits (compacted) ------------------------------------------------------------------

CreditCause = Literal["top-up", "bill", "running", "currency"]
"""Why credit changed: `running` is what a session costs so far; `currency`: the token has credit in another currency from now on."""


class TokenCreditChanged(Record, frozen=True, kw_only=True, tag="token-credit-changed"):
    """The credit of a token as a whole, after a change; the newest `revision` stands for all before.

    `balance` is what was put on it less what was billed, `running` what its running sessions cost so far beyond that; what is left is
    the difference. `amount` is the change of the balance by this record; `left_out`: it was not counted, for it is in
    `amount_currency`, which is another than the credit's. `session`, `cdr`, `reference` and `by` say what it was for. `tenant`: whose
    token it is.
    """

    id: str
    token: str
    revision: int
    currency: str
    balance: Decimal
    running: Decimal = Decimal(0)
    cause: CreditCause
    amount: Decimal = Decimal(0)
    amount_currency: str = ""
    left_out: bool = False
    session: str = ""
    station: str = ""
    cdr: str = ""
    reference: str = ""
    by: str = ""
    changed_at: Timestamp
    tenant: str = DEPLOYMENT


# -- state of `authorization` -----------------------------------------------------------------------------------------


class SessionSpending(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one session took from a credit: `billed` by its charge detail records, `running` by its cost at `running_at`.

    `cdrs` are prefixes of the ids of the records counted. The running cost counts as long as nothing newer was billed (`billed_at`).
    """

    session: str
    billed: Decimal = Decimal(0)
    billed_at: Timestamp | None = None
    running: Decimal = Decimal(0)
    running_at: Timestamp | None = None
    cdrs: tuple[str, ...] = ()


class TokenCredit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The credit of one token. `since`: bills issued before do not count. `top_ups` are the ids of the last ones."""

    currency: str
    balance: Decimal = Decimal(0)
    since: Timestamp
    spending: tuple[SessionSpending, ...] = ()
    top_ups: tuple[str, ...] = ()
    revision: int = 0


TOKEN_CREDITS = Topic(
    name="csms.token-credits",
    meaning="The prepaid credit of each token as a whole, after every change.",
    records=(TokenCreditChanged,),
    key="token",
    retention_s=None,
)

TOPICS = (TOKEN_CREDITS,)
