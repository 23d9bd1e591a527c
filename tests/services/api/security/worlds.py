"""Builders: one security event, as a record and as a row."""

from datetime import timedelta
from typing import Any

from schemas.security import SecurityEventReported
from services.api.security.rows import SecurityEvent
from tests.services.api.builders import NOON, STATION


def an_event(minutes: float = 0, **changes: Any) -> SecurityEventReported:
    given: dict[str, Any] = {
        "id": f"event-{minutes}",
        "station": STATION,
        "type": "TamperDetectionActivated",
        "critical": True,
        "at": NOON + timedelta(minutes=minutes),
        "received_at": NOON + timedelta(hours=1),
    }
    return SecurityEventReported(**given | changes)


def a_row(**changes: Any) -> SecurityEvent:
    record = an_event(**changes)
    return SecurityEvent(**{name: getattr(record, name) for name in SecurityEvent.__struct_fields__})
