"""Builders: an event, and what became of it at a station, as records."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from schemas.base import derived_id
from schemas.demandresponse import DemandEventChanged, DemandStationChanged, DemandTerms
from tests.services.api.builders import NOON, STATION

HOUR = timedelta(hours=1)
BODY: dict[str, Any] = {"limit_w": "4200", "to_at": (NOON + HOUR).isoformat()}


def some_terms(**override: Any) -> DemandTerms:
    given: dict[str, Any] = {"title": "Evening peak", "limit_w": Decimal(4_200), "from_at": NOON, "to_at": NOON + HOUR}
    return DemandTerms(**given | override)


def an_event(event: str = "event-1", **override: Any) -> DemandEventChanged:
    given: dict[str, Any] = {
        "id": f"{event}-change",
        "event": event,
        "revision": 1,
        "status": "active",
        "terms": some_terms(),
        "stations": 3,
        "requested_at": NOON,
        "requested_by": "operator",
        "changed_at": NOON,
    }
    return DemandEventChanged(**given | override)


def at_a_station(station: str = STATION, event: str = "event-1", **override: Any) -> DemandStationChanged:
    given: dict[str, Any] = {
        "id": f"{station}-{event}",
        "demand_station": derived_id(event, station),
        "station": station,
        "site": "berlin-1",
        "event": event,
        "revision": 1,
        "status": "accepted",
        "limit_w": Decimal(4_200),
        "least": Decimal(4_200),
        "unit": "W",
        "purpose": "ChargingStationMaxProfile",
        "command_id": "c1",
        "attempts": 1,
        "from_at": NOON,
        "to_at": NOON + HOUR,
        "ordered_at": NOON,
        "asked_at": NOON,
        "accepted_at": NOON,
        "changed_at": NOON,
    }
    return DemandStationChanged(**given | override)
