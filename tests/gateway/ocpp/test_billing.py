"""Billing towards stations: the running cost."""

from decimal import Decimal

import pytest

from gateway.ocpp import translate
from gateway.ocpp.translate import Invalid, OutboundCall, Unsupported
from schemas.base import OcppVersion
from schemas.billing import CostUpdated

TOLD = CostUpdated(transaction_id="tx-1", total_cost=Decimal("12.30"))


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
@pytest.mark.usecase("I02", "I02.FR.01")
def test_a_station_is_told_the_cost_as_a_number_to_the_digit(version: OcppVersion) -> None:
    call = translate.to_call(version, TOLD, "c1")

    assert call == OutboundCall(action="CostUpdated", payload=b'{"totalCost":12.30,"transactionId":"tx-1"}')


def test_large_and_small_costs_are_never_written_with_an_exponent() -> None:
    call = translate.to_call("2.1", CostUpdated(transaction_id="tx-1", total_cost=Decimal("1E+3")), "c1")

    assert isinstance(call, OutboundCall)
    assert b'"totalCost":1000,' in call.payload


def test_a_1_6_station_cannot_be_told_costs() -> None:
    assert isinstance(translate.to_call("1.6", TOLD, "c1"), Unsupported)


def test_a_transaction_id_longer_than_the_schema_takes_is_not_sent() -> None:
    call = translate.to_call("2.0.1", CostUpdated(transaction_id="x" * 37, total_cost=Decimal(1)), "c1")

    assert isinstance(call, Invalid)


def test_an_empty_answer_accepts_the_cost() -> None:
    assert translate.to_outcome("2.0.1", TOLD, b"{}").outcome == "accepted"


def test_a_station_that_does_not_know_the_message_is_not_told_again() -> None:
    answered = translate.to_outcome_of_error("2.0.1", TOLD, "NotImplemented", "", b"{}")

    assert answered.outcome == "unsupported"
