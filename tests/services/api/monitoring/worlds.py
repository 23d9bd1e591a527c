"""Builders: one event, one monitor, as records and as rows."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from schemas.devicemodel import VariableName
from schemas.monitoring import EventsReported, MonitorsReported, ReportedMonitor, VariableEvent
from services.api.monitoring.rows import Event
from services.api.monitoring.rows import ReportedMonitor as MonitorRow
from tests.services.api.builders import NOON, STATION

POWER = VariableName(component="EVSE", evse=1, variable="Power")


def an_event(number: int = 1, *, name: VariableName = POWER, **changes: Any) -> VariableEvent:
    given: dict[str, Any] = {"event_id": number, "name": name, "trigger": "Alerting", "value": "23000"}
    return VariableEvent(**given | {"monitor_id": 3, "severity": 4, "at": NOON + timedelta(seconds=number)} | changes)


def events_of(*events: VariableEvent, id: str = "e1", station: str = STATION) -> EventsReported:
    return EventsReported(id=id, station=station, seq_no=0, events=events, received_at=NOON)


def monitors_of(*numbers: int, request_id: int = 7, seconds: float = 0) -> MonitorsReported:
    monitors = tuple(
        ReportedMonitor(name=POWER, monitor_id=number, type="UpperThreshold", value=Decimal("22000.5"), severity=4)
        for number in numbers
    )
    at = NOON + timedelta(seconds=seconds)
    return MonitorsReported(
        id=f"m{request_id}", station=STATION, request_id=request_id, seq_no=0, monitors=monitors, received_at=at
    )


def an_event_row(**changes: Any) -> Event:
    given: dict[str, Any] = {
        "station": STATION,
        "event_id": 1,
        "key": "EVSE@1.Power",
        "trigger": "Alerting",
        "value": "23000",
        "cleared": False,
        "cause": None,
        "monitor_id": 3,
        "severity": 4,
        "origin": "CustomMonitor",
        "tech_code": "",
        "tech_info": "",
        "transaction_id": "",
        "at": NOON,
        "received_at": NOON,
    }
    return Event(**given | changes)


def a_monitor_row(**changes: Any) -> MonitorRow:
    given: dict[str, Any] = {
        "station": STATION,
        "monitor_id": 3,
        "key": "EVSE@1.Power",
        "type": "UpperThreshold",
        "value": "22000.5",
        "severity": 4,
        "transaction": False,
        "origin": "",
        "received_at": NOON,
    }
    return MonitorRow(**given | changes)
