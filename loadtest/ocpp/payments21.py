"""Payments at a simulated 2.1 station: its terminal's references as tokens, their settlement, and web payments (C18 to C25). PURE."""

from collections.abc import Mapping
from typing import Annotated, Any
from zlib import crc32

import msgspec

from loadtest.ocpp.intents import Reply, Row, View
from loadtest.ocpp.messages import AnyFact, Ended, Message, Payload, Transaction, present, stamp
from loadtest.ocpp.replies import Request

REFERENCE = "psp-"
"""How the references of the simulated payment service provider begin."""

ADHOC: Payload = {
    "tariffId": "factory-adhoc",
    "currency": "EUR",
    "description": [{"format": "UTF8", "language": "en", "content": "0.59 EUR per kWh"}],
    "energy": {"prices": [{"priceKwh": 0.59}]},
}
"""The tariff with which a station with a terminal leaves the factory (C18, prerequisites)."""

FAILS_ONE_IN = 12
COMPANY_ONE_IN = 4
COMPANY_VAT_NUMBER = "DE123456788"
"""On receipts of drivers who pay for a company."""


class _Web(Request, frozen=True, rename="camel"):
    evse_id: Annotated[int, msgspec.Meta(ge=0)]
    timeout: int


def is_payment(token: str) -> bool:
    """Whether a token is the reference of a payment."""
    return token.startswith(REFERENCE)


def vat_question(fact: AnyFact, transaction: Transaction) -> Message | None:
    """Whether the VAT number that a driver typed for the receipt of a transaction that is over is valid (C18.FR.08)."""
    if not isinstance(fact, Ended) or fact.cost_details is None or not _has_company(transaction):
        return None
    return Message("VatNumberValidation", {"vatNumber": COMPANY_VAT_NUMBER, "evseId": transaction.evse})


def settlement(fact: AnyFact, transaction: Transaction) -> Message | None:
    """The result of the payment for a transaction that is over: Canceled where nothing is owed, else Settled; some fail."""
    if not isinstance(fact, Ended) or not is_payment(transaction.token) or fact.cost_details is None:
        return None
    amount = _total(fact.cost_details)
    word = "Settled" if float(bytes(amount)) else "Canceled"
    if word == "Settled" and crc32(transaction.token.encode()) % FAILS_ONE_IN == 0:
        word = "Failed"
    return Message(
        "NotifySettlement",
        present(
            {
                "transactionId": transaction.transaction_id,
                "pspRef": transaction.token,
                "status": word,
                "statusInfo": "no line to the bank" if word == "Failed" else None,
                "settlementAmount": amount,
                "settlementTime": stamp(fact.at),
                "receiptId": f"R-{transaction.token[len(REFERENCE) :]}" if word == "Settled" else None,
                "vatNumber": COMPANY_VAT_NUMBER if word == "Settled" and _has_company(transaction) else None,
            }
        ),
    )


def _has_company(transaction: Transaction) -> bool:
    return is_payment(transaction.token) and crc32(transaction.token.encode()) % COMPANY_ONE_IN == 0


def _total(details: Payload) -> msgspec.Raw:
    cost: Any = details["totalCost"]
    return msgspec.Raw(bytes(cost["total"]["inclTax"]))


def _web_payment(view: View, request: Any) -> Reply:
    return Reply(payload={})  # C25.FR.27


PAYMENTS_21: Mapping[str, Row] = {"NotifyWebPaymentStarted": (_Web, _web_payment)}
