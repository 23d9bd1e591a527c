"""Payments as the API takes and gives them. PURE."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from schemas.base import Timestamp
from schemas.command import PositiveId
from schemas.payments import Address, PaymentChanged, PaymentStatus
from schemas.transactionlimits import TransactionLimit
from services.api.cdrs.rows import Cdr
from services.api.commands.bodies import Asking
from services.api.commands.rows import CommandView


class StartPaid(Asking, frozen=True, kw_only=True):
    """A start that a kiosk or a website has a payment for (C24, C25); and how the command travels."""

    psp_ref: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=255,
            description="Reference of the payment service provider: the token of the session. 2.0.1 takes 36 characters, 1.6 takes 20.",
            examples=["psp-0815"],
        ),
    ]
    evse: Annotated[
        PositiveId | None,
        msgspec.Meta(description="EVSE that is paid for; null: the station decides.", examples=[1]),
    ] = None
    limit: Annotated[
        TransactionLimit | None,
        msgspec.Meta(
            description="What the session may cost or take: `max_cost` is what the card was authorised for (C24, C25.FR.24)."
        ),
    ] = None


class StartWeb(Asking, frozen=True, kw_only=True):
    """Somebody pays on the web for an EVSE (C25); and how the command travels."""

    evse: Annotated[int, msgspec.Meta(ge=1, le=65_535, description="EVSE that is paid for.", examples=[1])]
    timeout_s: Annotated[
        int, msgspec.Meta(ge=1, le=86_400, description="After which the station stops waiting for a start.")
    ] = 180


class SettledOutside(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a settlement outside: by a payment service provider, told by who speaks with it."""

    status: Annotated[
        Literal["settled", "cancelled", "rejected", "failed"],
        msgspec.Meta(description="rejected: refused by the provider; failed: it could not be reached; both are debts."),
    ]
    amount: Annotated[
        Decimal | None,
        msgspec.Meta(description="What was settled, or was to be, in the currency of the bill.", examples=["12.30"]),
    ] = None
    settled_at: Annotated[Timestamp | None, msgspec.Meta(description="When; null: now.")] = None
    info: Annotated[str, msgspec.Meta(max_length=500, description="The provider's word for a refusal.")] = ""
    receipt_id: Annotated[str, msgspec.Meta(max_length=50, description="Of the provider's receipt.")] = ""
    receipt_url: Annotated[
        str, msgspec.Meta(max_length=2000, description="Of the provider's receipt; empty: ours, where we make one.")
    ] = ""


class WebPaymentSetUp(Asking, frozen=True, kw_only=True):
    """A station is set up to show QR codes for payments (2.1, WebPaymentsCtrlr); and how the command travels."""

    evse: Annotated[
        PositiveId | None,
        msgspec.Meta(description="The EVSE whose display it is; null: the station has one for all.", examples=[1]),
    ] = None


class WebTicketView(msgspec.Struct, frozen=True, kw_only=True):
    """What a payment page may know of a driver who scanned a valid QR code: where he is, and what he asked for at the station."""

    station: str
    evse: int | None
    limit: TransactionLimit
    expires_at: dt.datetime


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment as it is now. `amount` is in the currency of the session's tariff, which the station does not name.

    `detail`: the station's word, or the payment terminal's. `command_id` is the start that was asked for with it; empty: it began at
    the station. `receipt_url` is ours where `receipt_by_us`. `authorized_amount` is what the session may cost by it, and
    `first_authorized_amount` what it might at first: a driver may raise it (C23). `settled_by`: who settled it outside; empty: the
    station.
    """

    payment: str
    station: str
    psp_ref: str
    status: PaymentStatus | str
    detail: str
    evse: int | None
    session: str
    transaction_id: str
    command_id: str
    requested_by: str
    started_at: dt.datetime
    authorized_amount: Decimal | None
    first_authorized_amount: Decimal | None
    amount: Decimal | None
    settled_at: dt.datetime | None
    settled_by: str
    receipt_id: str
    receipt_url: str
    receipt_by_us: bool
    vat_number: str
    vat_company: Address | None
    changed_at: dt.datetime


class PaymentDetails(msgspec.Struct, frozen=True, kw_only=True):
    """A payment with the bill of its session, where there is one, and what of the bill is not paid; null where either is not known.

    `owed` is below zero where more was settled than is billed.
    """

    payment: Payment
    cdr: Cdr | None
    owed: Decimal | None


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """The payment's id, and the command that asked for its start, with its outcome."""

    payment: str
    command: CommandView


class PaymentFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which payments; None does not filter. `debt`: those that are owed, or those that are not. `psp_ref` in any case."""

    station: str | None = None
    status: str | None = None
    psp_ref: str | None = None
    session: str | None = None
    debt: bool | None = None


ALL_PAYMENTS = PaymentFilter()


def payment_row_of(record: PaymentChanged) -> Payment:
    """The record as the API gives it."""
    return Payment(**{name: getattr(record, name) for name in Payment.__struct_fields__})
