"""Battery swap of 2.1: asked for by a number that comes back, and every battery of a message carried."""

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.ocpp import translate
from gateway.ocpp.rows import Context, OutboundCall, Unsupported
from schemas.batteries import BATTERIES, Battery, BatterySwapReported, RequestBatterySwap
from schemas.codec import Decoder, encode
from schemas.reports import request_id_of

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
CONTEXT = Context(station="CS", gateway="gw", epoch=1, received_at=NOON)
DATA: dict[str, Any] = {
    "evseId": 3,
    "serialNumber": "B-1",
    "soC": 12.5,
    "soH": 97,
    "productionDate": "2024-02-03T00:00:00Z",
    "vendorInfo": "rev C",
}


@pytest.mark.usecase("S03", "S03.FR.01", "S03.FR.03", "S03.FR.06")
@pytest.mark.parametrize("event", ["BatteryIn", "BatteryOut", "BatteryOutTimeout"])
def test_every_battery_of_a_message_is_carried(event: str) -> None:
    bare = {"evseId": 4, "serialNumber": "B-2", "soC": 0, "soH": 100}
    token = {"idToken": "04A1", "type": "ISO14443"}
    payload = {"eventType": event, "requestId": 7, "idToken": token, "batteryData": [DATA, bare]}
    found = translate.receive("2.1", "BatterySwap", "m1", msgspec.json.encode(payload), CONTEXT)

    assert isinstance(found, translate.Received)
    (told,) = found.records
    assert isinstance(told, BatterySwapReported)
    assert (told.request_id, told.event, told.token, told.token_type, told.further) == (
        *(7, event, "04A1", "ISO14443", {}),
    )
    produced = dt.datetime(2024, 2, 3, tzinfo=dt.UTC)
    assert told.batteries[0] == Battery(
        slot=3, serial_number="B-1", soc=Decimal("12.5"), soh=Decimal(97), produced_at=produced, vendor_info="rev C"
    )
    assert told.batteries[1].serial_number == "B-2"
    assert found.result == b"{}"
    assert Decoder(BATTERIES).decode(encode(told)) == told


@pytest.mark.usecase("S02", "S02.FR.02")
def test_a_swap_is_asked_for_by_a_number_of_its_command() -> None:
    call = translate.to_call("2.1", RequestBatterySwap(token="04A1", token_type="Central"), "c1")

    assert isinstance(call, OutboundCall)
    assert msgspec.json.decode(call.payload) == {
        "idToken": {"idToken": "04A1", "type": "Central"},
        "requestId": request_id_of("c1"),
    }


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_versions_before_21_have_no_swaps(version: Any) -> None:
    assert isinstance(translate.to_call(version, RequestBatterySwap(token="04A1"), "c1"), Unsupported)
