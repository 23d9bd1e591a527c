"""Payments at stations: settlements and VAT numbers from them, and the news of a web payment to them (2.1, C18 to C25)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec

from gateway.ocpp.rows import Answer, Call, Capability, Draft, Inbound, Outbound, Said, carries, present, spelled
from gateway.ocpp.spelling.errors import refusal
from gateway.ocpp.spelling.moments import moment
from gateway.ocpp.spelling.outcomes import by_answer
from schemas.base import Record
from schemas.payments import (
    Address,
    NotifyWebPaymentStarted,
    SettlementDecided,
    SettlementReported,
    VatNumberAsked,
    VatNumberDecided,
)
from schemas.wire import Fault

AMOUNT_MOST = Decimal(10) ** 15
"""No payment has so much; what a station says beyond it is kept as it came, in `further`."""

# -- from stations ----------------------------------------------------------------------------------------------------


def settled_21(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 NotifySettlement (C19 to C22)."""
    time = moment(wire.settlementTime, call.context)
    return (
        SettlementReported(
            id=call.id("settlement"),
            station=call.context.station,
            psp_ref=wire.pspRef,
            transaction_id=wire.transactionId or "",
            status=wire.status or "",
            info=wire.statusInfo or "",
            amount=wire.settlementAmount if abs(wire.settlementAmount) < AMOUNT_MOST else None,
            settled_at=time.at,
            receipt_id=wire.receiptId or "",
            receipt_url=wire.receiptUrl or "",
            vat_number=wire.vatNumber or "",
            vat_company=_address(wire.vatCompany),
            deviations=time.deviations,
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
        ),
    )


def _address(wire: Any) -> Address | None:
    if wire is None:
        return None
    return Address(
        name=wire.name or "",
        address1=wire.address1 or "",
        address2=wire.address2 or "",
        city=wire.city or "",
        postal_code=wire.postalCode or "",
        country=wire.country or "",
    )


def vat_number_21(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 VatNumberValidation (C18.FR.08)."""
    return (
        VatNumberAsked(
            id=call.id("vat-number"),
            station=call.context.station,
            vat_number=wire.vatNumber,
            evse=wire.evseId,
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
        ),
    )


# -- answers ----------------------------------------------------------------------------------------------------------


def settlement_decided_21(decision: SettlementDecided, _: dt.datetime) -> bytes:
    """2.1 NotifySettlementResponse."""
    return msgspec.json.encode(present(receiptUrl=decision.receipt_url or None, receiptId=decision.receipt_id or None))


def vat_decided_21(decision: VatNumberDecided, _: dt.datetime) -> bytes:
    """2.1 VatNumberValidationResponse: Rejected where the number is not known here, for nothing else validates it."""
    company = decision.company
    return msgspec.json.encode(
        present(
            company=None if company is None else _company(company),
            statusInfo=NOT_KNOWN if company is None else None,
            vatNumber=decision.vat_number,
            evseId=decision.evse,
            status="Rejected" if company is None else "Accepted",
        )
    )


NOT_KNOWN = {"reasonCode": "NotFound", "additionalInfo": "The number is not among the companies known here"}


def _company(company: Address) -> dict[str, Any]:
    return present(
        name=company.name,
        address1=company.address1,
        address2=company.address2 or None,
        city=company.city,
        postalCode=company.postal_code or None,
        country=company.country,
    )


def no_receipt(_: Any, __: Call) -> bytes:
    """Nobody decided in time: the settlement is stored, and a receipt may be had later."""
    return b"{}"


def vat_undecided(wire: Any, call: Call) -> Said:
    """InternalError: nobody has looked at the number, so the station has to ask again."""
    return refusal(call.version, Fault.INTERNAL, "no decision in time, please repeat")


# -- to stations ------------------------------------------------------------------------------------------------------


def web_payment_21(command: NotifyWebPaymentStarted, _: str) -> Draft:
    """2.1 NotifyWebPaymentStarted (C25.FR.21)."""
    return Draft("NotifyWebPaymentStarted", {"evseId": command.evse, "timeout": command.timeout_s})


_SETTLEMENT = carries(
    "transactionId pspRef status statusInfo settlementTime receiptId receiptUrl vatNumber",
    vatCompany=carries("name address1 address2 city postalCode country"),
)

PAYMENTS = Capability(
    inbound=(
        Inbound(
            action="NotifySettlement",
            to=spelled(v21=settled_21),
            answer=Answer.DECIDED,
            fallback=no_receipt,
            decide=spelled(v21=settlement_decided_21),
            carried=spelled(v21=_SETTLEMENT),
            needs=spelled(v21="pspRef settlementAmount"),
        ),
        Inbound(
            action="VatNumberValidation",
            to=spelled(v21=vat_number_21),
            answer=Answer.DECIDED,
            fallback=vat_undecided,
            decide=spelled(v21=vat_decided_21),
            carried=spelled(v21=carries("vatNumber evseId")),
            needs=spelled(v21="vatNumber"),
        ),
    ),
    outbound=(
        Outbound(command=NotifyWebPaymentStarted, to=spelled(v21=web_payment_21), outcome=spelled(v21=by_answer)),
    ),
)
