"""Payments at stations: payment terminals, kiosks and web payments, and what became of their settlement (2.1 part 2, C18 to C25).

A payment is known by the reference of its payment service provider (`psp_ref`), which the station, or a kiosk through us, uses as the token
of its transaction (type DirectPayment).
"""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import CallDecided, Record, ReplyTo, Timestamp, derived_id
from schemas.command import StationCommand, about
from schemas.facts import FactReported
from schemas.topic import BILLS_KEPT_S, Topic

PaymentStatus = Literal["requested", "not-started", "authorized", "settled", "cancelled", "rejected", "failed"]
"""`requested`: a start was asked for with it, and no transaction is known yet. `not-started`: the station did not take that start; `detail`
has its word. `authorized`: a transaction runs or ran on it, and nobody has said that it is settled. `cancelled`: nothing was charged (C19,
C20). `rejected`: the payment service provider refused the settlement; `failed`: it could not be reached (C22)."""

DEBT: frozenset[PaymentStatus] = frozenset({"rejected", "failed"})
"""What was charged and is not paid: an open debt."""

ENDED: frozenset[PaymentStatus] = frozenset({"not-started", "settled", "cancelled"})
"""Nothing more is owed."""

DIRECT_PAYMENT = "DirectPayment"
"""The type of the token of a payment (2.1 IdTokenEnumStringType)."""

LONGEST_REFERENCE = 255


class Address(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A company and its address (AddressType)."""

    name: str
    address1: str
    address2: str = ""
    city: str
    postal_code: str = ""
    country: str


def payment_of(station: str, psp_ref: str) -> str:
    """The id of a payment: its reference is compared without case, as identifiers are."""
    return derived_id(station, "payment", psp_ref.casefold())


# -- facts from the gateway, on csms.payments -------------------------------------------------------------------------


class SettlementReported(Record, frozen=True, kw_only=True, tag="settlement-reported"):
    """NotifySettlement (C19 to C22). `status` is PaymentStatusEnumType, `amount` what was settled, or was to be; absent where it can be
    no amount of money (10^15 and more).

    `transaction_id` is empty where the payment was cancelled before a transaction began (C19). `deviations` and `further` are as in
    TransactionReported.
    """

    id: str
    station: str
    psp_ref: str
    transaction_id: str = ""
    status: str
    info: str = ""
    amount: Decimal | None = None
    settled_at: Timestamp
    receipt_id: str = ""
    receipt_url: str = ""
    vat_number: str = ""
    vat_company: Address | None = None
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    reply_to: ReplyTo
    received_at: Timestamp


class VatNumberAsked(Record, frozen=True, kw_only=True, tag="vat-number-asked"):
    """VatNumberValidation: the station asks whether a VAT number is valid, to put it on a receipt (C18.FR.08)."""

    id: str
    station: str
    vat_number: str
    evse: int | None = None
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    reply_to: ReplyTo
    received_at: Timestamp


class SettlementRecorded(Record, frozen=True, kw_only=True, tag="settlement-recorded"):
    """What became of the settlement of a payment by the word of who settles it outside (C25.FR.40), through the API.

    `status` is PaymentStatusEnumType, `amount` what was settled, or was to be; `recorded_by` is who said it.
    """

    id: str
    station: str
    psp_ref: str
    status: Literal["Settled", "Canceled", "Rejected", "Failed"]
    info: str = ""
    amount: Decimal | None = None
    settled_at: Timestamp
    receipt_id: str = ""
    receipt_url: str = ""
    recorded_by: str = ""
    received_at: Timestamp


# -- decisions, to the gateway's route --------------------------------------------------------------------------------


class SettlementDecided(CallDecided, frozen=True, kw_only=True, tag="settlement-decided"):
    """The answer to NotifySettlement: the receipt, where we make it (C21.FR.03)."""

    receipt_id: str = ""
    receipt_url: str = ""


class VatNumberDecided(CallDecided, frozen=True, kw_only=True, tag="vat-number-decided"):
    """The answer to VatNumberValidation, with the number and the EVSE of the request (C18.FR.09, FR.10); `company`: it is known here."""

    vat_number: str
    evse: int | None = None
    company: Address | None = None


# -- what the service says, on csms.payment-states --------------------------------------------------------------------


class PaymentChanged(Record, frozen=True, kw_only=True, tag="payment-changed"):
    """A payment as a whole, after a change; the newest `revision` stands for all before.

    `session` and `transaction_id` are those that run on it, `amount` and the members after it what the station said of the settlement.
    `command_id` is the start that was asked for with it (C24, C25). `receipt_url` is ours where `receipt_by_us`. `authorized_amount` is
    what the session may cost by it, `first_authorized_amount` what it might at first: a driver may raise it (C23). `settled_by` is who
    settled it outside; empty: the station.
    """

    id: str
    payment: str
    station: str
    revision: int
    psp_ref: str
    status: PaymentStatus
    detail: str = ""
    evse: int | None = None
    session: str = ""
    transaction_id: str = ""
    command_id: str = ""
    requested_by: str = ""
    started_at: Timestamp
    amount: Decimal | None = None
    settled_at: Timestamp | None = None
    receipt_id: str = ""
    receipt_url: str = ""
    receipt_by_us: bool = False
    vat_number: str = ""
    vat_company: Address | None = None
    changed_at: Timestamp
    authorized_amount: Decimal | None = None
    first_authorized_amount: Decimal | None = None
    settled_by: str = ""


# -- commands (members of schemas.commands.Command) -------------------------------------------------------------------


class NotifyWebPaymentStarted(StationCommand, frozen=True, kw_only=True):
    """Say that somebody pays on the web for an EVSE, so that the station keeps it for them meanwhile (2.1, C25.FR.21)."""

    title: ClassVar[str] = "A web payment has begun"

    evse: Annotated[int, msgspec.Meta(ge=1, le=65_535), about("EVSE", "That is paid for.", example=1, picks="evse")]
    timeout_s: Annotated[
        int,
        msgspec.Meta(ge=1, le=86_400),
        about("Seconds", "After which the station stops waiting for a start.", example=180),
    ] = 180


PAYMENTS = Topic(
    name="csms.payments",
    meaning="Settlements of payments at stations, and VAT numbers that they ask about.",
    records=(SettlementReported, SettlementRecorded, VatNumberAsked, FactReported),
    retention_s=BILLS_KEPT_S,
)
PAYMENT_STATES = Topic(
    name="csms.payment-states",
    meaning="Each payment at a station as a whole, after every change.",
    records=(PaymentChanged,),
    retention_s=BILLS_KEPT_S,
)

TOPICS = (PAYMENTS, PAYMENT_STATES)
