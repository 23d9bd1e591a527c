"""What `payments` remembers of a station: its payments, by what is known of each."""

from decimal import Decimal

import msgspec

from schemas.base import Timestamp
from schemas.payments import PaymentChanged, SettlementRecorded, SettlementReported


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A start that was asked for with a payment; `refused` is the word of a station that did not take it."""

    command_id: str
    evse: int | None = None
    requested_by: str = ""
    at: Timestamp
    refused: str = ""


class AuthorizedAmount(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a session may cost, from a change of it on."""

    amount: Decimal
    at: Timestamp


class Used(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The session that runs on a payment; `first` and `last` are the oldest and the newest amount that it may cost."""

    session: str
    transaction_id: str
    evse: int | None = None
    started_at: Timestamp
    first: AuthorizedAmount | None = None
    last: AuthorizedAmount | None = None


class Payment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of one payment: the newest of each kind of fact, whatever came first. `said` is what was published last.

    `settlement` is what the station said of it, `outside` what was settled outside: the newer of both counts.
    """

    psp_ref: str
    asked: Asked | None = None
    used: Used | None = None
    settlement: SettlementReported | None = None
    outside: SettlementRecorded | None = None
    touched_at: Timestamp
    said: PaymentChanged | None = None


class StationPayments(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `payments` remembers of one station. `refusals` are starts that were refused before their request was read."""

    station: str
    payments: tuple[Payment, ...] = ()
    refusals: tuple[Asked, ...] = ()
