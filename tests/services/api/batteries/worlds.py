"""Builders: a message of a swap, a slot, and rows of both."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from schemas.batteries import Battery, BatterySlotChanged, BatterySwapReported
from services.api.batteries.rows import BatteryEvent, Slot
from tests.services.api.builders import NOON, STATION

BATTERY = Battery(
    slot=1, serial_number="B-1", soc=Decimal("12.5"), soh=Decimal(97), produced_at=NOON, vendor_info="rev C"
)


def a_message(event: str = "BatteryIn", minutes: float = 0, **changes: Any) -> BatterySwapReported:
    given: dict[str, Any] = {"id": f"{event}-{minutes}", "station": STATION, "request_id": 7, "token": "04A1"}
    when = {"received_at": NOON + timedelta(minutes=minutes), "batteries": (BATTERY,)}
    return BatterySwapReported(**given | {"event": event} | when | changes)


def a_slot(number: int = 1, revision: int = 1, **changes: Any) -> BatterySlotChanged:
    given: dict[str, Any] = {"id": f"{number}-{revision}", "station": STATION, "slot": number, "revision": revision}
    return BatterySlotChanged(**given | {"battery": BATTERY, "swap": "w1", "since": NOON} | changes)


def a_slot_row(number: int = 1, **changes: Any) -> Slot:
    record = a_slot(number, **changes)
    return Slot(**{name: getattr(record, name) for name in Slot.__struct_fields__})


def an_event_row(**changes: Any) -> BatteryEvent:
    message = a_message()
    given = {
        name: getattr(BATTERY, name) for name in ("serial_number", "slot", "soc", "soh", "produced_at", "vendor_info")
    }
    given |= {name: getattr(message, name) for name in ("station", "event", "request_id", "token", "received_at")}
    return BatteryEvent(**given | changes)
