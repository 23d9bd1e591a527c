"""Diagnostics: logs that stations upload when they are asked (2.x N01; 1.6, 5.9 and its security extension), and how that goes."""

from typing import Any

import msgspec

from gateway.ocpp.rows import Call, Capability, Draft, Judged, Outbound, Unsupported, carries, present, spelled, stored
from gateway.ocpp.spelling.moments import rfc3339
from gateway.ocpp.spelling.outcomes import by_status
from schemas.base import Record
from schemas.diagnostics import GetLog, LogStatusReported
from schemas.reports import request_id_of

NOTHING_TO_UPLOAD = "NoFile"
"""What is said of a 1.6 station that answers GetDiagnostics without the name of a file (1.6, 5.9)."""


def status_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 DiagnosticsStatusNotification: of the one upload that goes on."""
    return _status(wire, call, None, "")


def log_status(wire: Any, call: Call) -> tuple[Record, ...]:
    """LogStatusNotification of 1.6 security and of 2.0.1 (N01.FR.08)."""
    return _status(wire, call, wire.requestId, "")


def log_status_21(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 LogStatusNotification says more of what went wrong."""
    info = wire.statusInfo
    words = [] if info is None else [word for word in (info.reasonCode, info.additionalInfo) if word]
    return _status(wire, call, wire.requestId, ": ".join(words))


def _status(wire: Any, call: Call, request_id: int | None, detail: str) -> tuple[Record, ...]:
    return (
        LogStatusReported(
            id=call.id("log-status"),
            station=call.context.station,
            request_id=request_id,
            status=wire.status,
            detail=detail,
            received_at=call.context.received_at,
        ),
    )


def get_log_16(command: GetLog, command_id: str) -> Draft | Unsupported:
    """1.6: GetDiagnostics (5.9), or GetLog of the security extension for the security log."""
    if command.type == "SecurityLog":
        return _get_log(command, command_id)
    if command.type != "DiagnosticsLog":
        return Unsupported(reason=f"OCPP 1.6 has no {command.type}")
    return Draft(
        "GetDiagnostics",
        present(
            location=command.location,
            retries=command.retries,
            retryInterval=command.retry_interval_s,
            startTime=_time(command.since),
            stopTime=_time(command.until),
        ),
    )


def get_log_201(command: GetLog, command_id: str) -> Draft | Unsupported:
    """2.0.1 GetLog (N01)."""
    if command.type == "DataCollectorLog":
        return Unsupported(reason="OCPP 2.0.1 has no DataCollectorLog")
    return _get_log(command, command_id)


def _get_log(command: GetLog, command_id: str) -> Draft:
    return Draft(
        "GetLog",
        present(
            log=present(
                remoteLocation=command.location,
                oldestTimestamp=_time(command.since),
                latestTimestamp=_time(command.until),
            ),
            logType=command.type,
            requestId=request_id_of(command_id),
            retries=command.retries,
            retryInterval=command.retry_interval_s,
        ),
    )


def _time(moment: Any) -> str | None:
    return None if moment is None else rfc3339(moment)


class _Answer(msgspec.Struct):
    """What is read of the answers: GetDiagnostics has the name of a file and no status."""

    status: str | None = None
    fileName: str | None = None  # noqa: N815 as OCPP spells it


def got_log_16(payload: bytes) -> Judged:
    """What the answer of 1.6 means: GetDiagnosticsResponse has a file name, or none where there is nothing to upload (5.9)."""
    try:
        answer = msgspec.json.decode(payload, type=_Answer)
    except msgspec.MsgspecError:
        return by_status(payload)
    if answer.status is not None:
        return by_status(payload)
    return Judged(outcome="accepted", remark="" if answer.fileName else NOTHING_TO_UPLOAD)


DIAGNOSTICS = Capability(
    inbound=(
        stored(
            "DiagnosticsStatusNotification",
            spelled(v16=status_16),
            carried=spelled(v16=carries("status")),
            needs=spelled(v16="status"),
        ),
        stored(
            "LogStatusNotification",
            spelled(v16=log_status, v201=log_status, v21=log_status_21),
            carried=spelled(
                v16=carries("requestId status"),
                v201=carries("requestId status"),
                v21=carries("requestId status statusInfo.reasonCode statusInfo.additionalInfo"),
            ),
            needs=spelled(v16="status", v2x="status"),
        ),
    ),
    outbound=(
        Outbound(
            command=GetLog,
            to=spelled(v16=get_log_16, v201=get_log_201, v21=_get_log),
            outcome=spelled(v16=got_log_16),
        ),
    ),
)
