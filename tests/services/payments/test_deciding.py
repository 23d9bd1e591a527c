"""Receipts and VAT numbers: what stations are answered."""

import pytest

from schemas.payments import payment_of
from schemas.receipts import payment_in
from services.payments.deciding import Receipts, number_key, receipt_of
from tests.services.payments.records import PSP, STATION, settled


def test_the_address_of_a_receipt_is_safe_whatever_the_reference_is() -> None:
    url = receipt_of(settled(psp_ref="a/b?c d"), Receipts("https://r.example/{psp_ref}/{transaction}"))

    assert url == "https://r.example/a%2Fb%3Fc%20d/tx-1"
    assert receipt_of(settled(), Receipts("https://r.example/{payment}")).endswith(payment_of(STATION, PSP))


@pytest.mark.usecase("C22", "C22.FR.01")
@pytest.mark.parametrize("settlement", [settled("Failed"), settled("Canceled"), settled(receipt_url="x")])
def test_only_a_settled_payment_without_a_receipt_gets_one(settlement) -> None:
    assert receipt_of(settlement, Receipts("https://r.example/{payment}")) == ""


def test_an_address_that_ocpp_cannot_carry_is_left_out() -> None:
    assert receipt_of(settled(psp_ref="x" * 255), Receipts("https://r.example/" + "{psp_ref}" * 10)) == ""


def test_vat_numbers_are_compared_without_what_people_put_between() -> None:
    assert number_key(" de-123.456 789 ") == "DE123456789"


def test_the_word_of_our_own_page_is_of_the_payment_alone() -> None:
    url = receipt_of(settled(), Receipts("https://csms.example/receipts/{token}", b"k" * 64))

    token = url.removeprefix("https://csms.example/receipts/")
    assert payment_in(b"k" * 64, token) == payment_of(STATION, PSP)
    assert payment_in(b"x" * 64, token) == ""
