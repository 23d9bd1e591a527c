"""What `payments` remembers of a station: its payments, by what is known of each."""

import msgspec

from schemas.base import Timestamp
from schemas.payments import PaymentChanged, SettlementReported


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A start that was asked for with a payment; `refused` is the word of a station that did not take it."""

    command_id: str
    evse: int | None = None
    requested_by: str = ""
    at: Timestamp
    refused: str = ""


class Used(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The session that runs on a payment."""

    session: str
    transaction_id: str
    evse: int | None = None
    started_at: Timestamp


class Payment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of one payment: the newest of each kind of fact, whatever came first. `said` is what was published last."""

    psp_ref: str
    asked: Asked | None = None
    used: Used | None = None
    settlement: SettlementReported | None = None
    touched_at: Timestamp
    said: PaymentChanged | None = None


class StationPayments(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `payments` remembers of one station. `refusals` are starts that were refused before their request was read."""

    station: str
    payments: tuple[Payment, ...] = ()
    refusals: tuple[Asked, ...] = ()
