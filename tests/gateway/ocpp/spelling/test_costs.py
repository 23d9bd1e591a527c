"""What a 2.1 station says a transaction costs is read whole; what is missing is missing."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from schemas.stationcosts import MOST_PERIODS, StationAmount
from schemas.transactions import TransactionReported
from tests.gateway.ocpp.building import record

PERIOD = {
    "tariffId": "t-1",
    "startPeriod": "2026-03-29T00:00:00Z",
    "dimensions": [{"type": "Energy", "volume": 10000}, {"type": "IdleTIme", "volume": 60}],
}
DETAILS: dict[str, Any] = {
    "chargingPeriods": [PERIOD],
    "totalCost": {
        "currency": "EUR",
        "typeOfCost": "MinCost",
        "energy": {"exclTax": 2.50, "inclTax": 2.75, "taxRates": [{"type": "vat", "tax": 10}]},
        "total": {"exclTax": 2.50, "inclTax": 2.75},
    },
    "totalUsage": {"energy": 10000, "chargingTime": 3600, "idleTime": 60},
}


def event(**members: Any) -> dict[str, Any]:
    return {
        "eventType": "Ended",
        "timestamp": "2026-03-29T00:10:00Z",
        "triggerReason": "StopAuthorized",
        "seqNo": 3,
        "transactionInfo": {"transactionId": "tx-1", "tariffId": "t-1"},
        **members,
    }


@pytest.mark.usecase("I12", "I12.FR.01", "I12.FR.04")
def test_tariff_and_cost_of_the_station_are_in_the_record() -> None:
    fact = record("2.1", "TransactionEvent", event(costDetails=DETAILS))

    assert isinstance(fact, TransactionReported)
    assert fact.tariff_id == "t-1"
    cost = fact.station_cost
    assert cost is not None
    assert (cost.currency, cost.type, cost.total.for_driver) == ("EUR", "MinCost", Decimal("2.75"))
    assert cost.energy == StationAmount(excl_tax=Decimal("2.50"), incl_tax=Decimal("2.75"))
    assert (cost.energy_wh, cost.charging_s, cost.idle_s, cost.failed) == (Decimal(10000), 3600, 60, False)
    (period,) = cost.periods
    assert (period.tariff_id, period.started_at) == ("t-1", dt.datetime(2026, 3, 29, tzinfo=dt.UTC))
    assert period.volumes == {"Energy": Decimal(10000), "IdleTIme": Decimal(60)}
    assert json.loads(bytes(fact.further["costDetails"])) == DETAILS


def test_what_a_cost_without_a_total_says_is_kept_as_it_came() -> None:
    details = {"chargingPeriods": [PERIOD]}
    fact = record("2.1", "TransactionEvent", event(costDetails=details))

    assert fact.station_cost is None
    assert json.loads(bytes(fact.further["costDetails"])) == details


@pytest.mark.usecase("I12", "I12.FR.14")
def test_a_station_that_could_not_calculate_says_so() -> None:
    details = DETAILS | {"failureToCalculate": True, "failureReason": "no meter"}
    fact = record("2.1", "TransactionEvent", event(costDetails=details))

    assert (fact.station_cost.failed, fact.station_cost.failure) == (True, "no meter")


def test_periods_are_bounded_and_a_station_without_a_tariff_says_nothing() -> None:
    many = record("2.1", "TransactionEvent", event(costDetails=DETAILS | {"chargingPeriods": [PERIOD] * 200}))
    none = record("2.1", "TransactionEvent", event(transactionInfo={"transactionId": "tx-1"}))
    older = record("2.0.1", "TransactionEvent", event(transactionInfo={"transactionId": "tx-1"}))

    assert len(many.station_cost.periods) == MOST_PERIODS
    assert [(each.tariff_id, each.station_cost) for each in (none, older)] == [("", None)] * 2
