"""Battery swap: asked for from afar, and reported (2.1, S01 to S03). 1.6 and 2.0.1 have none."""

from decimal import Decimal
from typing import Any

from gateway.ocpp.rows import Call, Capability, Draft, Outbound, carries, spelled, stored
from gateway.ocpp.spelling.moments import planned
from schemas.base import Record
from schemas.batteries import Battery, BatterySwapReported, RequestBatterySwap
from schemas.reports import request_id_of
from schemas.secrets import mask_words


def reported_21(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 BatterySwap (S03.FR.01, 03, 06)."""
    token = wire.idToken
    return (
        BatterySwapReported(
            id=call.id("battery-swap"),
            station=call.context.station,
            request_id=wire.requestId,
            event=wire.eventType,
            token=(token and token.idToken) or "",
            token_type=(token and token.type) or "",
            batteries=tuple(_battery(each, call) for each in wire.batteryData or ()),
            received_at=call.context.received_at,
        ),
    )


def _battery(wire: Any, call: Call) -> Battery:
    return Battery(
        slot=wire.evseId or 0,
        serial_number=wire.serialNumber or "",
        soc=Decimal(0) if wire.soC is None else wire.soC,
        soh=Decimal(0) if wire.soH is None else wire.soH,
        produced_at=planned(wire.productionDate, call.context) if wire.productionDate else None,
        vendor_info=mask_words(wire.vendorInfo or ""),
    )


def request_21(command: RequestBatterySwap, command_id: str) -> Draft:
    """2.1 RequestBatterySwap: the number comes back in each message of the swap (S02.FR.02)."""
    token = {"idToken": command.token, "type": command.token_type}
    return Draft("RequestBatterySwap", {"idToken": token, "requestId": request_id_of(command_id)})


_CARRIED = carries(
    "requestId eventType idToken.idToken idToken.type",
    batteryData=carries("evseId serialNumber soC soH productionDate vendorInfo"),
)

BATTERIES = Capability(
    inbound=(
        stored(
            "BatterySwap",
            spelled(v21=reported_21),
            carried=spelled(v21=_CARRIED),
            needs=spelled(v21="requestId eventType batteryData"),
        ),
    ),
    outbound=(Outbound(command=RequestBatterySwap, to=spelled(v21=request_21)),),
)
