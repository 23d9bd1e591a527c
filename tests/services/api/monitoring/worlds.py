"""Builders: one event, one monitor, as records and as rows."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from schemas.devicemodel import VariableName
from schemas.monitoring import (
    EventsReported,
    MonitorsReported,
    ReportedMonitor,
    StreamReported,
    StreamSample,
    StreamSampled,
    VariableEvent,
)
from services.api.monitoring.rows import Event, EventStream, StreamValue
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
        "error_code": "",
        "vendor_id": "",
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


def a_stream(number: int = 5, *, opened: bool = True, seconds: float = 0, station: str = STATION) -> StreamReported:
    at = NOON + timedelta(seconds=seconds)
    given = {"monitor_id": 3, "interval_s": 60, "values": 10} if opened else {}
    return StreamReported(
        id=f"stream-{number}-{seconds}", station=station, stream_id=number, opened=opened, received_at=at, **given
    )


def samples_of(*values: str, number: int = 5, seconds: float = 0) -> StreamSampled:
    samples = tuple(StreamSample(offset_s=Decimal(n), value=value) for n, value in enumerate(values))
    base = NOON + timedelta(seconds=seconds)
    return StreamSampled(
        id=f"s-{number}-{seconds}", station=STATION, stream_id=number, base_at=base, samples=samples, received_at=NOON
    )


def a_stream_row(**changes: Any) -> EventStream:
    record = a_stream()
    return EventStream(**{name: getattr(record, name) for name in EventStream.__struct_fields__} | changes)


def a_value_row(**changes: Any) -> StreamValue:
    given = {"station": STATION, "stream_id": 5, "value": "229.5", "at": NOON, "pending": 0, "received_at": NOON}
    return StreamValue(**given | changes)
