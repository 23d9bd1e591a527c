"""Stations: boots, heartbeats, connector statuses, and commands to the station itself."""

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
    carries,
    local,
    present,
    spelled,
    stored,
)
from gateway.ocpp.spelling import words
from gateway.ocpp.spelling.alike import alike
from gateway.ocpp.spelling.evses import connector_16, evse_2x
from gateway.ocpp.spelling.moments import moment, offset_s, rfc3339
from gateway.ocpp.spelling.transfers import opened, transferred
from schemas.base import Record
from schemas.stationcommands import ChangeAvailability, ClearCache, Reset, TriggerMessage, UnlockConnector
from schemas.stations import BootDecided, ConnectorStatusReported, StationBooted

FALLBACK_INTERVAL_S = 60
"""After how long a station repeats a boot that got no decision in time."""


# -- boots ------------------------------------------------------------------------------------------------------------


def booted_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 BootNotification. The charge box's serial number (deprecated) stands in for the charge point's."""
    return (
        StationBooted(
            id=call.id("booted"),
            station=call.context.station,
            version=call.version,
            vendor=wire.chargePointVendor or "",
            model=wire.chargePointModel or "",
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


class _ChargingStation(msgspec.Struct, frozen=True):
    """The 2.x ChargingStationType of a boot without one, read leniently."""

    vendorName: str = ""  # noqa: N815 as on the wire
    model: str = ""
    serialNumber: str = ""  # noqa: N815
    firmwareVersion: str = ""  # noqa: N815
    modem: None = None


_NO_STATION = _ChargingStation()


def booted_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x BootNotification."""
    station = wire.chargingStation or _NO_STATION
    modem = station.modem
    return (
        StationBooted(
            id=call.id("booted"),
            station=call.context.station,
            version=call.version,
            vendor=station.vendorName or "",
            model=station.model or "",
            serial_number=station.serialNumber or "",
            firmware_version=station.firmwareVersion or "",
            iccid=(modem.iccid if modem else None) or "",
            imsi=(modem.imsi if modem else None) or "",
            reason=wire.reason or "",
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
        ),
    )


def _boot_answer_16(status: str, now: dt.datetime, interval_s: int) -> bytes:
    return msgspec.json.encode({"status": status, "currentTime": rfc3339(now), "interval": interval_s})


def _boot_answer_2x(status: str, now: dt.datetime, interval_s: int) -> bytes:
    return msgspec.json.encode({"currentTime": rfc3339(now), "interval": interval_s, "status": status})


_BOOT_ANSWERS = spelled(v16=_boot_answer_16, v2x=_boot_answer_2x)


def boot_decided_16(decision: BootDecided, now: dt.datetime) -> bytes:
    """1.6 BootNotification.conf."""
    return _boot_answer_16(decision.status, now, decision.interval_s)


def boot_decided_2x(decision: BootDecided, now: dt.datetime) -> bytes:
    """2.x BootNotificationResponse."""
    return _boot_answer_2x(decision.status, now, decision.interval_s)


def boot_undecided(_: Any, call: Call) -> bytes:
    """Pending (B02), so that the station boots again: no service has decided in time."""
    return _BOOT_ANSWERS[call.version]("Pending", call.context.received_at, FALLBACK_INTERVAL_S)


def _current_time(call: Call) -> bytes:
    return msgspec.json.encode({"currentTime": rfc3339(call.context.received_at)})


# -- connector statuses -----------------------------------------------------------------------------------------------


def status_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 StatusNotification: connector n is EVSE n, connector 1; connector 0 is the station. The detail is its own status."""
    time = moment(wire.timestamp, call.context)
    error = wire.errorCode or words.NO_ERROR
    return (
        ConnectorStatusReported(
            id=call.id("status"),
            station=call.context.station,
            evse=wire.connectorId,
            connector=1 if wire.connectorId > 0 else 0,
            status=words.nearest_status(wire.status, error),
            detail=wire.status,
            error_code=error,
            info=wire.info or "",
            vendor_id=wire.vendorId or "",
            vendor_error_code=wire.vendorErrorCode or "",
            at=time.at,
            at_source=time.source,
            deviations=time.deviations,
            clock_offset_s=offset_s(time.deviations, call.context),
            received_at=call.context.received_at,
        ),
    )


def status_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x StatusNotification. An unknown status is kept as the detail; a missing connector is 1."""
    time = moment(wire.timestamp, call.context)
    common = wire.connectorStatus in words.STATUSES_2X
    connector = min(wire.evseId, 1) if wire.connectorId is None else wire.connectorId
    return (
        ConnectorStatusReported(
            id=call.id("status"),
            station=call.context.station,
            evse=wire.evseId,
            connector=connector,
            status=wire.connectorStatus if common else words.nearest_status(wire.connectorStatus),
            detail="" if common else wire.connectorStatus,
            at=time.at,
            at_source=time.source,
            deviations=time.deviations,
            clock_offset_s=offset_s(time.deviations, call.context),
            received_at=call.context.received_at,
        ),
    )


# -- commands ---------------------------------------------------------------------------------------------------------

_RESETS_16 = {"Immediate": "Hard", "OnIdle": "Soft"}


def reset_16(command: Reset, _: str) -> Draft | Unsupported:
    """1.6 Reset: the whole station, hard or soft."""
    if command.evse is not None:
        return Unsupported(reason="OCPP 1.6 resets the whole station, not one EVSE")
    if command.type not in _RESETS_16:
        return Unsupported(reason=f"OCPP 1.6 has no reset of type {command.type}")
    return Draft("Reset", {"type": _RESETS_16[command.type]})


def reset_201(command: Reset, _: str) -> Draft | Unsupported:
    """2.0.1 Reset (B11, B12)."""
    if command.type == "ImmediateAndResume":
        return Unsupported(reason="OCPP 2.0.1 does not go on with transactions after a reset; 2.1 does")
    return reset_21(command, _)


def reset_21(command: Reset, _: str) -> Draft:
    """2.1 Reset (B11 to B13)."""
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
    "DiagnosticsStatusNotification": ("TriggerMessage", "DiagnosticsStatusNotification"),
    "LogStatusNotification": ("ExtendedTriggerMessage", "LogStatusNotification"),
    "MeterValues": ("TriggerMessage", "MeterValues"),
    "SignChargingStationCertificate": ("ExtendedTriggerMessage", "SignChargePointCertificate"),
    "StatusNotification": ("TriggerMessage", "StatusNotification"),
}


def trigger_16(command: TriggerMessage, _: str) -> Draft | Unsupported | Invalid:
    """1.6 TriggerMessage (5.17); what only the security extension has by its ExtendedTriggerMessage (whitepaper, F06).

    What only Plug & Charge has goes inside DataTransfer.
    """
    if command.requested_message == "SignV2GCertificate":
        return transferred("TriggerMessage", requestedMessage=command.requested_message)
    trigger = _TRIGGERS_16.get(command.requested_message)
    if trigger is None:
        return Unsupported(reason=f"OCPP 1.6 has no trigger for {command.requested_message}")
    connector = connector_16(command.evse, command.connector)
    if isinstance(connector, Unsupported | Invalid):
        return connector
    action, message = trigger
    return Draft(action, present(requestedMessage=message, connectorId=connector))


def trigger_2x(command: TriggerMessage, _: str) -> Draft | Invalid:
    """2.x TriggerMessage (F06)."""
    evse = evse_2x(command.evse, command.connector)
    if isinstance(evse, Invalid):
        return evse
    return Draft("TriggerMessage", present(evse=evse, requestedMessage=command.requested_message))


_BOOT_16 = carries(
    "chargePointVendor chargePointModel chargePointSerialNumber firmwareVersion iccid imsi meterType meterSerialNumber"
)
_BOOT_2X = carries(
    "reason chargingStation.vendorName chargingStation.model chargingStation.serialNumber"
    " chargingStation.firmwareVersion chargingStation.modem.iccid chargingStation.modem.imsi"
)
_STATUS_16 = carries("connectorId errorCode info status timestamp vendorId vendorErrorCode")
_STATUS_2X = carries("timestamp connectorStatus evseId connectorId")

STATIONS = Capability(
    inbound=(
        Inbound(
            action="BootNotification",
            to=spelled(v16=booted_16, v2x=booted_2x),
            answer=Answer.DECIDED,
            fallback=boot_undecided,
            decide=spelled(v16=boot_decided_16, v2x=boot_decided_2x),
            boots=True,
            carried=spelled(v16=_BOOT_16, v2x=_BOOT_2X),
        ),
        local("Heartbeat", (V16, V201, V21), result=_current_time),
        stored(
            "StatusNotification",
            spelled(v16=status_16, v2x=status_2x),
            carried=spelled(v16=_STATUS_16, v2x=_STATUS_2X),
            needs=spelled(v16="connectorId status", v2x="evseId connectorStatus"),
        ),
    ),
    outbound=(
        Outbound(command=Reset, to=spelled(v16=reset_16, v201=reset_201, v21=reset_21)),
        Outbound(command=UnlockConnector, to=spelled(v16=unlock_16, v2x=unlock_2x)),
        Outbound(
            command=ChangeAvailability,
            to=spelled(v16=availability_16, v2x=availability_2x),
        ),
        Outbound(command=ClearCache, to=spelled(v16=alike("ClearCache"), v2x=alike("ClearCache"))),
        Outbound(command=TriggerMessage, to=spelled(v16=trigger_16, v2x=trigger_2x), opened=spelled(v16=opened)),
    ),
)
