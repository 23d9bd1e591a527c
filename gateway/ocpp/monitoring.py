"""Monitoring: monitors set, cleared and reported (N02 to N06), and the events of variables (N07, N08; G01 by AvailabilityState)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from gateway.ocpp.devicemodel import NAMED, name_2x
from gateway.ocpp.rows import (
    Call,
    Capability,
    Outbound,
    carries,
    spelled,
    stored,
)
from gateway.ocpp.spelling import words
from gateway.ocpp.spelling.alike import alike
from gateway.ocpp.spelling.moments import moment
from gateway.ocpp.spelling.monitoring import (
    adjust_stream_21,
    clear_monitors_2x,
    monitoring_report_2x,
    set_monitors_21,
    set_monitors_201,
    split_ids,
    split_monitors,
)
from gateway.ocpp.spelling.outcomes import by_answer
from schemas.base import Record
from schemas.monitoring import (
    AdjustPeriodicEventStream,
    ClearVariableMonitoring,
    EventsReported,
    GetMonitoringReport,
    GetPeriodicEventStream,
    MonitorsReported,
    ReportedMonitor,
    SetMonitoringBase,
    SetMonitoringLevel,
    SetVariableMonitoring,
    StreamReported,
    StreamSample,
    StreamSampled,
    VariableEvent,
)
from schemas.secrets import MASK, is_secret, mask_words
from schemas.stations import ConnectorStatusReported

# -- from stations ----------------------------------------------------------------------------------------------------


def monitors_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x NotifyMonitoringReport: one part of a report."""
    told = moment(wire.generatedAt, call.context)
    return (
        MonitorsReported(
            id=call.id("monitors"),
            station=call.context.station,
            request_id=wire.requestId,
            seq_no=wire.seqNo or 0,
            last=not wire.tbc,
            generated_at=told.at,
            monitors=tuple(_monitors(wire)),
            deviations=told.deviations,
            received_at=call.context.received_at,
        ),
    )


def _monitors(wire: Any) -> Iterator[ReportedMonitor]:
    for entry in wire.monitor or ():
        for each in entry.variableMonitoring or ():
            yield ReportedMonitor(
                name=name_2x(entry.component, entry.variable),
                monitor_id=each.id or 0,
                type=each.type or "",
                value=Decimal(0) if each.value is None else each.value,
                severity=each.severity or 0,
                transaction=bool(each.transaction),
                origin=getattr(each, "eventNotificationType", None) or "",
            )


def events_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x NotifyEvent: events of variables; an AvailabilityState of a connector or an EVSE is its status too (G01, 2.x)."""
    told = moment(wire.generatedAt, call.context)
    events, statuses = [], list[Record]()
    for number, each in enumerate(wire.eventData or ()):
        at = moment(each.timestamp, call.context)
        event = _event(each, at.at)
        events.append(event)
        if (status := _status(event, call, number)) is not None:
            statuses.append(status)
    reported = EventsReported(
        id=call.id("events"),
        station=call.context.station,
        seq_no=wire.seqNo or 0,
        last=not wire.tbc,
        generated_at=told.at,
        events=tuple(events),
        deviations=told.deviations,
        received_at=call.context.received_at,
    )
    return (reported, *statuses)


def _event(wire: Any, at: Any) -> VariableEvent:
    value = wire.actualValue or ""
    name = name_2x(wire.component, wire.variable)
    return VariableEvent(
        event_id=wire.eventId or 0,
        name=name,
        trigger=wire.trigger or "",
        value=MASK if value and is_secret(name.variable) else mask_words(value),
        cleared=bool(wire.cleared),
        cause=wire.cause,
        monitor_id=wire.variableMonitoringId,
        severity=getattr(wire, "severity", None),
        origin=wire.eventNotificationType or "",
        tech_code=wire.techCode or "",
        tech_info=mask_words(wire.techInfo or ""),
        transaction_id=wire.transactionId or "",
        at=at,
    )


def _status(event: VariableEvent, call: Call, number: int) -> ConnectorStatusReported | None:
    """The status of a connector that an event tells; None where it tells none, or in a word that is no status."""
    name = event.name
    if name.variable.casefold() != "availabilitystate" or name.component.casefold() != "connector" or name.evse is None:
        return None
    if event.value not in words.STATUSES_2X:
        return None
    return ConnectorStatusReported(
        id=call.id(f"status-{number}"),
        station=call.context.station,
        evse=name.evse,
        connector=1 if name.connector is None else name.connector,
        status=event.value,
        at=event.at,
        received_at=call.context.received_at,
    )


def opened_21(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 OpenPeriodicEventStream (N11): every stream is kept, so every one is accepted."""
    stream = wire.constantStreamData
    params = stream.params
    return (
        StreamReported(
            id=call.id("stream"),
            station=call.context.station,
            stream_id=stream.id,
            opened=True,
            monitor_id=stream.variableMonitoringId,
            interval_s=params.interval if params else None,
            values=params.values if params else None,
            received_at=call.context.received_at,
        ),
    )


def closed_21(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 ClosePeriodicEventStream (N13)."""
    return (
        StreamReported(
            id=call.id("stream"),
            station=call.context.station,
            stream_id=wire.id,
            opened=False,
            received_at=call.context.received_at,
        ),
    )


def sampled_21(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 NotifyPeriodicEventStream (N15): values, each with its seconds after the base time."""
    base = moment(wire.basetime, call.context)
    return (
        StreamSampled(
            id=call.id("samples"),
            station=call.context.station,
            stream_id=wire.id,
            pending=wire.pending or 0,
            base_at=base.at,
            samples=tuple(
                StreamSample(offset_s=Decimal(0) if each.t is None else each.t, value=mask_words(each.v or ""))
                for each in wire.data or ()
            ),
            deviations=base.deviations,
            received_at=call.context.received_at,
        ),
    )


_EVENT = NAMED | carries(
    "eventId timestamp trigger cause actualValue techCode techInfo cleared transactionId variableMonitoringId"
    " eventNotificationType severity"
)
_MONITORED = NAMED | carries(variableMonitoring=carries("id transaction value type severity eventNotificationType"))


def _accepted(_: Call) -> bytes:
    return b'{"status":"Accepted"}'


MONITORING = Capability(
    inbound=(
        stored(
            "NotifyMonitoringReport",
            spelled(v2x=monitors_2x),
            carried=spelled(v2x=carries("requestId seqNo tbc generatedAt", monitor=_MONITORED)),
            needs=spelled(v2x="requestId"),
        ),
        stored(
            "NotifyEvent",
            spelled(v2x=events_2x),
            carried=spelled(v2x=carries("seqNo tbc generatedAt", eventData=_EVENT)),
            needs=spelled(v2x="eventData"),
        ),
        stored(
            "OpenPeriodicEventStream",
            spelled(v21=opened_21),
            result=_accepted,
            carried=spelled(
                v21=carries(
                    "constantStreamData.id constantStreamData.variableMonitoringId constantStreamData.params.interval"
                    " constantStreamData.params.values"
                )
            ),
            needs=spelled(v21="constantStreamData.id"),
        ),
        stored(
            "ClosePeriodicEventStream",
            spelled(v21=closed_21),
            carried=spelled(v21=carries("id")),
            needs=spelled(v21="id"),
        ),
        # N15.FR.01: by SEND, which nobody answers. A station that makes a CALL of it gets the empty answer.
        stored(
            "NotifyPeriodicEventStream",
            spelled(v21=sampled_21),
            send=True,
            carried=spelled(v21=carries("id pending basetime data.t data.v")),
            needs=spelled(v21="id data"),
        ),
    ),
    outbound=(
        Outbound(
            command=SetVariableMonitoring,
            to=spelled(v201=set_monitors_201, v21=set_monitors_21),
            outcome=spelled(v2x=by_answer),
            split=spelled(v2x=split_monitors),
        ),
        Outbound(
            command=ClearVariableMonitoring,
            to=spelled(v2x=clear_monitors_2x),
            outcome=spelled(v2x=by_answer),
            split=spelled(v2x=split_ids),
        ),
        Outbound(command=SetMonitoringBase, to=spelled(v2x=alike("SetMonitoringBase"))),
        Outbound(command=SetMonitoringLevel, to=spelled(v2x=alike("SetMonitoringLevel"))),
        Outbound(command=AdjustPeriodicEventStream, to=spelled(v21=adjust_stream_21)),
        Outbound(
            command=GetPeriodicEventStream,
            to=spelled(v21=alike("GetPeriodicEventStream")),
            outcome=spelled(v21=by_answer),
        ),
        Outbound(command=GetMonitoringReport, to=spelled(v2x=monitoring_report_2x), outcome=spelled(v2x=by_answer)),
    ),
)
