"""Monitors as each version spells them: set, cleared, asked for, their streams; and as many in one message as the station takes."""

from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.ocpp.devicemodel import asked_2x
from gateway.ocpp.rows import Draft, Invalid, Unsupported, exact, present
from gateway.ocpp.spelling.evses import evse_2x
from gateway.ocpp.spelling.splitting import chunks
from schemas.limits import StationLimits
from schemas.monitoring import (
    AdjustPeriodicEventStream,
    ClearVariableMonitoring,
    GetMonitoringReport,
    Monitor,
    SetVariableMonitoring,
)
from schemas.reports import request_id_of


def set_monitors_201(command: SetVariableMonitoring, command_id: str) -> Draft | Invalid | Unsupported:
    """2.0.1 SetVariableMonitoring (N04), which knows no streams."""
    if any(_stream(each) for each in command.monitors):
        return Unsupported(reason="OCPP 2.0.1 has no streams of values: leave stream_interval_s and stream_values out")
    return set_monitors_21(command, command_id)


def _stream(monitor: Monitor) -> dict[str, Any]:
    return present(interval=monitor.stream_interval_s, values=monitor.stream_values)


def set_monitors_21(command: SetVariableMonitoring, _: str) -> Draft | Invalid:
    """2.1 SetVariableMonitoring (N04, N11)."""
    asked: list[dict[str, Any]] = []
    for each in command.monitors:
        monitor = _monitor_2x(each)
        if isinstance(monitor, Invalid):
            return monitor
        asked.append(monitor)
    return Draft("SetVariableMonitoring", {"setMonitoringData": asked})


def _monitor_2x(monitor: Monitor) -> dict[str, Any] | Invalid:
    evse = evse_2x(monitor.evse, monitor.connector)
    if isinstance(evse, Invalid):
        return evse
    return present(
        id=monitor.id,
        periodicEventStream=_stream(monitor) or None,
        transaction=monitor.transaction,
        value=exact(monitor.value),
        type=monitor.type,
        severity=monitor.severity,
        component=present(evse=evse, name=monitor.component, instance=monitor.component_instance or None),
        variable=present(name=monitor.variable, instance=monitor.variable_instance or None),
    )


def split_monitors(command: SetVariableMonitoring, limits: StationLimits) -> tuple[SetVariableMonitoring, ...]:
    """As many monitors in one message as the station takes (N04.FR.09)."""
    cut = chunks(
        command.monitors,
        most=limits.monitor_items,
        bytes_most=limits.monitor_bytes,
        size=lambda each: len(msgspec.json.encode(_monitor_2x(each))),
    )
    return tuple(replace(command, monitors=some) for some in cut)


def split_ids(command: ClearVariableMonitoring, limits: StationLimits) -> tuple[ClearVariableMonitoring, ...]:
    """As many ids in one message as the station takes (N06.FR.04)."""
    cut = chunks(
        command.ids,
        most=limits.unmonitor_items,
        bytes_most=limits.unmonitor_bytes,
        size=lambda each: len(str(each)),
    )
    return tuple(replace(command, ids=some) for some in cut)


def clear_monitors_2x(command: ClearVariableMonitoring, _: str) -> Draft:
    """2.x ClearVariableMonitoring (N06)."""
    return Draft("ClearVariableMonitoring", {"id": list(command.ids)})


def monitoring_report_2x(command: GetMonitoringReport, command_id: str) -> Draft | Invalid:
    """2.x GetMonitoringReport (N02)."""
    asked = asked_2x(command.variables)
    if isinstance(asked, Invalid):
        return asked
    members = present(
        componentVariable=asked or None,
        requestId=request_id_of(command_id),
        monitoringCriteria=list(command.criteria) or None,
    )
    return Draft("GetMonitoringReport", members)


def adjust_stream_21(command: AdjustPeriodicEventStream, _: str) -> Draft | Invalid:
    """2.1 AdjustPeriodicEventStream (N14)."""
    params = present(interval=command.interval_s, values=command.values)
    if not params:
        return Invalid(description="interval_s and values are missing: name one of them")
    return Draft("AdjustPeriodicEventStream", {"id": command.id, "params": params})
