"""Battery swap at a simulated 2.1 station: the first EVSE takes the battery that comes, the second one gives another (S02, S03). PURE."""

from collections.abc import Mapping
from typing import Any, Final

from loadtest.ocpp.intents import Reply, Row, Say, View
from loadtest.ocpp.messages import Message, Payload
from loadtest.ocpp.replies import Request, status

SLOTS = 2
"""EVSEs that a swap needs."""


class _IdToken(Request, frozen=True, rename="camel"):
    id_token: str
    type: str


class _Swap(Request, frozen=True, rename="camel"):
    request_id: int
    id_token: _IdToken


def _battery(slot: int, number: int, soc: int) -> Payload:
    return {
        "evseId": slot,
        "serialNumber": f"SIM-{number % 10_000:04d}-{slot}",
        "soC": soc,
        "soH": 90 + number % 10,
        "vendorInfo": "simulated",
    }


def _swap(view: View, request: Any) -> Reply:
    if len(view.bays) < SLOTS:
        refused: Payload = {"status": "Rejected", "statusInfo": {"reasonCode": "NoBatteryAvailable"}}
        return Reply(payload=refused)
    number = request.request_id
    driver: Payload = {"idToken": request.id_token.id_token, "type": request.id_token.type}
    told = (("BatteryIn", _battery(1, number, 10 + number % 20)), ("BatteryOut", _battery(2, number + 1, 95)))
    messages = tuple(
        Message("BatterySwap", {"batteryData": [battery], "eventType": event, "idToken": driver, "requestId": number})
        for event, battery in told
    )
    return status("Accepted", Say(messages=messages))


BATTERIES_21: Final[Mapping[str, Row]] = {"RequestBatterySwap": (_Swap, _swap)}
