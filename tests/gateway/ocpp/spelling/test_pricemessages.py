"""Price messages of 1.6: DataTransfer with a JSON text, every digit of a price in it."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from gateway.ocpp import translate
from gateway.ocpp.rows import Invalid, Unsupported
from schemas.pricemessages import ShowFinalCost, ShowRunningCost, ShowUserPrice
from tests.gateway.ocpp.building import V2X, not_sent, sent

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
RUNNING = ShowRunningCost(
    transaction_id="77",
    at=NOON,
    meter_wh=Decimal("1234000"),
    cost=Decimal("2.40"),
    kwh_price=Decimal("0.45"),
    flat_fee=Decimal("1"),
    idle_hour_price=Decimal("6"),
)
FINAL = ShowFinalCost(
    transaction_id="77", cost=Decimal("4.80"), text="0.45 EUR per kWh.", qr_code="https://r.example/1"
)
PRICE = ShowUserPrice(token="CARD", text="0.45 EUR per kWh.")


def data(command: Any) -> tuple[str, Any]:
    action, payload = sent("1.6", command)
    assert (action, payload["vendorId"]) == ("DataTransfer", "org.openchargealliance.costmsg")
    return payload["messageId"], json.loads(payload["data"], parse_float=str)


@pytest.mark.usecase("1.6:CPR")
def test_the_drivers_price_the_running_and_the_final_cost_are_spelled_as_california_asks() -> None:
    assert data(PRICE) == ("SetUserPrice", {"idToken": "CARD", "priceText": "0.45 EUR per kWh."})
    assert data(RUNNING) == (
        "RunningCost",
        {
            "transactionId": 77,
            "timestamp": "2026-06-01T12:00:00.000Z",
            "meterValue": 1234000,
            "cost": "2.40",
            "state": "Charging",
            "chargingPrice": {"kWhPrice": "0.45", "flatFee": 1},
            "idlePrice": {"hourPrice": 6},
        },
    )
    assert data(FINAL) == (
        "FinalCost",
        {
            "transactionId": 77,
            "cost": "4.80",
            "priceText": "0.45 EUR per kWh.",
            "qrCodeText": "https://r.example/1",
        },
    )


@pytest.mark.usecase("1.6:CPR")
def test_a_station_that_knows_no_such_messages_says_so() -> None:
    assert translate.to_outcome("1.6", PRICE, b'{"status":"UnknownVendorId"}').outcome == "unsupported"
    assert translate.to_outcome("1.6", PRICE, b'{"status":"Accepted"}').outcome == "accepted"


@pytest.mark.parametrize("version", V2X)
@pytest.mark.parametrize("command", [PRICE, RUNNING, FINAL])
def test_2x_has_messages_of_its_own(version: Any, command: Any) -> None:
    assert isinstance(not_sent(version, command), Unsupported)


def test_a_transaction_of_16_is_a_number() -> None:
    assert isinstance(not_sent("1.6", ShowFinalCost(transaction_id="x", cost=Decimal(1))), Invalid)
