"""Stations: boots, heartbeats and connector statuses; the commands to the station itself."""

import datetime as dt
from typing import Any

import msgspec

from gateway.ocpp.rows import (
    V16,
    V21,
    V201,
    Answer,
    Call,
    Capability,
    Draft,
    Inbound,
    Invalid,
    Outbound,
    Unsupported,
    local,
    present,
    stored,
)
from gateway.ocpp.spelling.evses import connector_16, evse_2x
from gateway.ocpp.spelling.moments import moment, rfc3339
from gateway.ocpp.spelling.outcomes import by_status
from schemas.base import Record
from schemas.stations import (
    BootDecided,
    ChangeAvailability,
    ConnectorStatus,
    ConnectorStatusReported,
    Reset,
    StationBooted,
    TriggerMessage,
    UnlockConnector,
)

FALLBACK_INTERVAL_S = 60
"""When a station whose boot nobody decided in time asks again."""


# -- boots ------------------------------------------------------------------------------------------------------------


def booted_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 BootNotification. The charge box's serial number (deprecated) stands in for the charge point's."""
    return (
        StationBooted(
            id=call.id("booted"),
            station=call.context.station,
            version=call.version,
            vendor=wire.chargePointVendor,
            model=wire.chargePointModel,
            serial_number=wire.chargePointSerialNumber or wire.chargeBoxSerialNumber or "",
            firmware_version=wire.firmwareVersion or "",
            iccid=wire.iccid or "",
            imsi=wire.imsi or "",
            meter_type=wire.meterType or "",
            meter_serial_number=wire.meterSerialNumber or "",
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
        ),
    )


def booted_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x BootNotification."""
    station = wire.chargingStation
    modem = station.modem
    return (
        StationBooted(
            id=call.id("booted"),
            station=call.context.station,
            version=call.version,
            vendor=station.vendorName,
            model=station.model,
            serial_number=station.serialNumber or "",
            firmware_version=station.firmwareVersion or "",
            iccid=(modem.iccid if modem else None) or "",
            imsi=(modem.imsi if modem else None) or "",
            reason=wire.reason,
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
        ),
    )


def _boot_answer_16(status: str, now: dt.datetime, interval_s: int) -> bytes:
    return msgspec.json.encode({"status": status, "currentTime": rfc3339(now), "interval": interval_s})


def _boot_answer_2x(status: str, now: dt.datetime, interval_s: int) -> bytes:
    return msgspec.json.encode({"currentTime": rfc3339(now), "interval": interval_s, "status": status})


_BOOT_ANSWERS = {V16: _boot_answer_16, V201: _boot_answer_2x, V21: _boot_answer_2x}


def boot_decided_16(decision: BootDecided, now: dt.datetime) -> bytes:
    """1.6 BootNotification.conf."""
    return _boot_answer_16(decision.status, now, decision.interval_s)


def boot_decided_2x(decision: BootDecided, now: dt.datetime) -> bytes:
    """2.x BootNotificationResponse."""
    return _boot_answer_2x(decision.status, now, decision.interval_s)


def boot_undecided(_: Any, call: Call) -> bytes:
    """Pending (B02), to be asked again: nobody could say whether the station may serve."""
    return _BOOT_ANSWERS[call.version]("Pending", call.context.received_at, FALLBACK_INTERVAL_S)


def _current_time(call: Call) -> bytes:
    return msgspec.json.encode({"currentTime": rfc3339(call.context.received_at)})


# -- connector statuses -----------------------------------------------------------------------------------------------

_STATUSES_16: dict[str, ConnectorStatus] = {
    "Available": "Available",
    "Preparing": "Occupied",
    "Charging": "Occupied",
    "SuspendedEV": "Occupied",
    "SuspendedEVSE": "Occupied",
    "Finishing": "Occupied",
    "Reserved": "Reserved",
    "Unavailable": "Unavailable",
    "Faulted": "Faulted",
}


def status_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 StatusNotification: connector n is EVSE n, connector 1; connector 0 is the station. Its own word is the detail."""
    at, source = moment(wire.timestamp, call.context.received_at)
    return (
        ConnectorStatusReported(
            id=call.id("status"),
            station=call.context.station,
            evse=wire.connectorId,
            connector=1 if wire.connectorId > 0 else 0,
            status=_STATUSES_16[wire.status],
            detail=wire.status,
            error_code=wire.errorCode,
            info=wire.info or "",
            vendor_id=wire.vendorId or "",
            vendor_error_code=wire.vendorErrorCode or "",
            at=at,
            at_source=source,
            received_at=call.context.received_at,
        ),
    )


def status_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x StatusNotification."""
    at, source = moment(wire.timestamp, call.context.received_at)
    return (
        ConnectorStatusReported(
            id=call.id("status"),
            station=call.context.station,
            evse=wire.evseId,
            connector=wire.connectorId,
            status=wire.connectorStatus,
            at=at,
            at_source=source,
            received_at=call.context.received_at,
        ),
    )


# -- commands ---------------------------------------------------------------------------------------------------------

_RESETS_16 = {"Immediate": "Hard", "OnIdle": "Soft"}


def reset_16(command: Reset, _: str) -> Draft | Unsupported:
    """1.6 Reset: the whole station, hard or soft."""
    if command.evse is not None:
        return Unsupported(reason="OCPP 1.6 resets the whole station, not one EVSE")
    return Draft("Reset", {"type": _RESETS_16[command.type]})


def reset_2x(command: Reset, _: str) -> Draft:
    """2.x Reset (B11, B12)."""
    return Draft("Reset", present(type=command.type, evseId=command.evse))


def unlock_16(command: UnlockConnector, _: str) -> Draft | Unsupported | Invalid:
    """1.6 UnlockConnector."""
    connector = connector_16(command.evse, command.connector)
    if isinstance(connector, Unsupported | Invalid):
        return connector
    return Draft("UnlockConnector", {"connectorId": connector})


def unlock_2x(command: UnlockConnector, _: str) -> Draft:
    """2.x UnlockConnector (F05)."""
    return Draft("UnlockConnector", {"evseId": command.evse, "connectorId": command.connector})


def availability_16(command: ChangeAvailability, _: str) -> Draft | Unsupported | Invalid:
    """1.6 ChangeAvailability: connector 0 is the whole station."""
    connector = connector_16(command.evse, command.connector)
    if isinstance(connector, Unsupported | Invalid):
        return connector
    return Draft("ChangeAvailability", {"connectorId": connector or 0, "type": command.operational_status})


def availability_2x(command: ChangeAvailability, _: str) -> Draft | Invalid:
    """2.x ChangeAvailability (G03, G04)."""
    evse = evse_2x(command.evse, command.connector)
    if isinstance(evse, Invalid):
        return evse
    return Draft("ChangeAvailability", present(evse=evse, operationalStatus=command.operational_status))


# 2.x MessageTriggerEnumType -> the 1.6 action and word that ask for the same.
_TRIGGERS_16 = {
    "BootNotification": ("TriggerMessage", "BootNotification"),
    "FirmwareStatusNotification": ("TriggerMessage", "FirmwareStatusNotification"),
    "Heartbeat": ("TriggerMessage", "Heartbeat"),
    "LogStatusNotification": ("TriggerMessage", "DiagnosticsStatusNotification"),
    "MeterValues": ("TriggerMessage", "MeterValues"),
    "SignChargingStationCertificate": ("ExtendedTriggerMessage", "SignChargePointCertificate"),
    "StatusNotification": ("TriggerMessage", "StatusNotification"),
}


def trigger_16(command: TriggerMessage, _: str) -> Draft | Unsupported | Invalid:
    """1.6 TriggerMessage; certificates by the security whitepaper's ExtendedTriggerMessage."""
    spelled = _TRIGGERS_16.get(command.requested_message)
    if spelled is None:
        return Unsupported(reason=f"OCPP 1.6 has no trigger for {command.requested_message}")
    connector = connector_16(command.evse, command.connector)
    if isinstance(connector, Unsupported | Invalid):
        return connector
    action, message = spelled
    return Draft(action, present(requestedMessage=message, connectorId=connector))


def trigger_2x(command: TriggerMessage, _: str) -> Draft | Invalid:
    """2.x TriggerMessage (F06)."""
    evse = evse_2x(command.evse, command.connector)
    if isinstance(evse, Invalid):
        return evse
    return Draft("TriggerMessage", present(evse=evse, requestedMessage=command.requested_message))


_BY_STATUS = {V16: by_status, V201: by_status, V21: by_status}

STATIONS = Capability(
    inbound=(
        Inbound(
            action="BootNotification",
            to={V16: booted_16, V201: booted_2x, V21: booted_2x},
            answer=Answer.DECIDED,
            fallback=boot_undecided,
            decide={V16: boot_decided_16, V201: boot_decided_2x, V21: boot_decided_2x},
            boots=True,
        ),
        local("Heartbeat", (V16, V201, V21), result=_current_time),
        stored("StatusNotification", {V16: status_16, V201: status_2x, V21: status_2x}),
    ),
    outbound=(
        Outbound(command=Reset, to={V16: reset_16, V201: reset_2x, V21: reset_2x}, outcome=_BY_STATUS),
        Outbound(command=UnlockConnector, to={V16: unlock_16, V201: unlock_2x, V21: unlock_2x}, outcome=_BY_STATUS),
        Outbound(
            command=ChangeAvailability,
            to={V16: availability_16, V201: availability_2x, V21: availability_2x},
            outcome=_BY_STATUS,
        ),
        Outbound(command=TriggerMessage, to={V16: trigger_16, V201: trigger_2x, V21: trigger_2x}, outcome=_BY_STATUS),
    ),
)
