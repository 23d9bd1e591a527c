"""Payments: settlements and VAT numbers as records, their answers, and the news of a web payment (2.1, C18 to C25)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from gateway.ocpp import translate
from gateway.ocpp.rows import Answer, Unsupported
from schemas.payments import (
    Address,
    NotifyWebPaymentStarted,
    SettlementDecided,
    SettlementReported,
    VatNumberAsked,
    VatNumberDecided,
)
from schemas.transactions import RemoteStart
from tests.gateway.ocpp.building import REPLY_TO, STATION, answered, not_sent, received, record, sent

COMPANY = {"name": "ACME", "address1": "Road 1", "city": "Berlin", "country": "Germany"}


def settlement(**members: Any) -> dict[str, Any]:
    return {
        "pspRef": "psp-1",
        "status": "Settled",
        "settlementAmount": 12.3,
        "settlementTime": "2026-03-29T00:10:00Z",
        **members,
    }


@pytest.mark.usecase("C21", "C21.FR.02")
def test_a_settlement_is_kept_whole() -> None:
    whole = settlement(
        transactionId="tx-1",
        statusInfo="fine",
        receiptId="r1",
        receiptUrl="https://psp.example/r1",
        vatNumber="DE1",
        vatCompany=COMPANY,
    )
    fact = record("2.1", "NotifySettlement", whole)

    assert isinstance(fact, SettlementReported)
    assert (fact.psp_ref, fact.status, fact.amount, fact.transaction_id) == (
        "psp-1",
        "Settled",
        Decimal("12.3"),
        "tx-1",
    )
    assert fact.settled_at == dt.datetime(2026, 3, 29, 0, 10, tzinfo=dt.UTC)
    assert (fact.receipt_id, fact.receipt_url, fact.vat_number) == ("r1", "https://psp.example/r1", "DE1")
    assert fact.vat_company == Address(name="ACME", address1="Road 1", city="Berlin", country="Germany")
    assert list(fact.further) == ["settlementAmount"]


def test_an_amount_that_can_be_none_of_money_is_kept_as_it_came() -> None:
    fact = record("2.1", "NotifySettlement", settlement(settlementAmount=1e25))

    assert fact.amount is None
    assert bytes(fact.further["settlementAmount"]) == b"1E+25"


@pytest.mark.usecase("C19")
def test_one_without_a_transaction_was_cancelled_before_it_began() -> None:
    assert record("2.1", "NotifySettlement", settlement(status="Canceled")).transaction_id == ""


@pytest.mark.usecase("C21", "C21.FR.03")
def test_its_answer_has_the_receipt_where_there_is_one() -> None:
    decided: dict[str, Any] = {"id": "d", "station": STATION, "reply_to": REPLY_TO}

    assert answered("2.1", "NotifySettlement", SettlementDecided(**decided)) == {}
    ours = SettlementDecided(**decided, receipt_url="https://r.example/1", receipt_id="1")
    assert answered("2.1", "NotifySettlement", ours) == {"receiptUrl": "https://r.example/1", "receiptId": "1"}


def test_without_a_decision_a_settlement_is_stored_and_a_number_is_asked_again() -> None:
    stored = received("2.1", "NotifySettlement", settlement())
    number = received("2.1", "VatNumberValidation", {"vatNumber": "DE1"})

    assert (stored.answer, stored.fallback) == (Answer.DECIDED, b"{}")
    assert getattr(number.fallback, "code", "") == "InternalError"


@pytest.mark.usecase("VAT", "C18", "C18.FR.08", "C18.FR.09", "C18.FR.10")
def test_a_vat_number_is_answered_with_its_evse_and_the_company_where_that_is_known() -> None:
    fact = record("2.1", "VatNumberValidation", {"vatNumber": "DE 1", "evseId": 2})
    assert isinstance(fact, VatNumberAsked)
    assert (fact.vat_number, fact.evse) == ("DE 1", 2)

    decided: dict[str, Any] = {"id": "d", "station": STATION, "reply_to": REPLY_TO, "vat_number": "DE 1", "evse": 2}
    company = Address(name="ACME", address1="Road 1", city="Berlin", country="Germany")
    valid = answered("2.1", "VatNumberValidation", VatNumberDecided(**decided, company=company))
    unknown = answered("2.1", "VatNumberValidation", VatNumberDecided(**decided))

    assert valid == {"company": COMPANY, "vatNumber": "DE 1", "evseId": 2, "status": "Accepted"}
    assert (unknown["status"], unknown["statusInfo"]["reasonCode"]) == ("Rejected", "NotFound")


@pytest.mark.usecase("C25", "C25.FR.21")
def test_a_web_payment_keeps_an_evse_for_its_driver() -> None:
    command = NotifyWebPaymentStarted(evse=2, timeout_s=120)

    assert sent("2.1", command) == ("NotifyWebPaymentStarted", {"evseId": 2, "timeout": 120})
    assert translate.to_outcome("2.1", command, b"{}").outcome == "accepted"
    assert isinstance(not_sent("2.0.1", command), Unsupported)


@pytest.mark.usecase("C24", "C24.FR.01", "C25", "C25.FR.23")
def test_a_start_with_a_payment_has_its_reference_as_token() -> None:
    reference = "psp-" + "x" * 200
    _, payload = sent("2.1", RemoteStart(token=reference, token_type="DirectPayment", evse=2))

    assert (payload["idToken"], payload["evseId"]) == ({"idToken": reference, "type": "DirectPayment"}, 2)
