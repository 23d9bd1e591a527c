"""Data transfers for tests."""

from typing import Any

from services.api.fakes import NOON
from services.api.vendors.rows import SeenVendor, Transferred
from tests.services.api.builders import STATION

BODY: dict[str, Any] = {
    "messages": [
        {"message_id": "CarId", "data": {"vin": "${data.vin}", "at": "${station}"}},
        {"message_id": "*", "status": "Rejected"},
    ],
    "note": "As agreed in May.",
}
EXAMPLE = "/api/v1/vendors/com.example"
SEEN = SeenVendor(
    vendor_id="com.other",
    message_id="Ping",
    status="UnknownVendorId",
    messages=12,
    stations=3,
    station=STATION,
    last_at=NOON,
)


def transferred(**members: Any) -> Transferred:
    made = {
        "id": "t1",
        "station": STATION,
        "vendor_id": "com.example",
        "message_id": "CarId",
        "data": {"vin": "W1"},
        "status": "Accepted",
        "answer": {"vin": "W1"},
        "received_at": NOON,
    }
    return Transferred(**(made | members))
