"""What a simulated OCPP 1.6 station answers to the CSMS. PURE."""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from loadtest.intents import (
    BY_KEY,
    SETTINGS,
    Configure,
    InstallFirmware,
    Intent,
    LimitPower,
    Reboot,
    Refusal,
    Reply,
    Row,
    SetAvailability,
    StartCharging,
    StopCharging,
    Tell,
    View,
    takes,
    watts,
)
from loadtest.messages import Payload


class _Request(msgspec.Struct, frozen=True, rename="camel"):
    """The members of a request that the simulation looks at; others are let pass."""


class _RemoteStart(_Request, frozen=True, rename="camel"):
    id_tag: str
    connector_id: int | None = None


class _RemoteStop(_Request, frozen=True, rename="camel"):
    transaction_id: int


class _Reset(_Request, frozen=True, rename="camel"):
    type: Literal["Hard", "Soft"]


class _Connector(_Request, frozen=True, rename="camel"):
    connector_id: int


class _Availability(_Connector, frozen=True, rename="camel"):
    type: Literal["Operative", "Inoperative"]


class _Trigger(_Request, frozen=True, rename="camel"):
    requested_message: str
    connector_id: int | None = None


class _Keys(_Request, frozen=True, rename="camel"):
    key: list[str] = []


class _KeyValue(_Request, frozen=True, rename="camel"):
    key: str
    value: str


class _Vendor(_Request, frozen=True, rename="camel"):
    vendor_id: str
    data: str | None = None


class _Period(_Request, frozen=True, rename="camel"):
    limit: float
    number_phases: int = 3


class _Schedule(_Request, frozen=True, rename="camel"):
    charging_rate_unit: Literal["A", "W"]
    charging_schedule_period: list[_Period]


class _Profile(_Request, frozen=True, rename="camel"):
    charging_schedule: _Schedule


class _SetProfile(_Connector, frozen=True, rename="camel"):
    cs_charging_profiles: _Profile


class _ClearProfile(_Request, frozen=True, rename="camel"):
    connector_id: int = 0


class _Firmware(_Request, frozen=True, rename="camel"):
    location: str


class _SignedUpdate(_Request, frozen=True, rename="camel"):
    request_id: int
    firmware: _Firmware


def _status(status: str, *intents: Intent) -> Reply:
    return Reply(payload={"status": status}, intents=intents)


def _remote_start(view: View, request: Any) -> Reply:
    bay = view.free_bay(request.connector_id)
    if bay is None:
        return _status("Rejected")
    return _status("Accepted", StartCharging(evse=bay.evse, token=request.id_tag))


def _remote_stop(view: View, request: Any) -> Reply:
    bay = view.charging(str(request.transaction_id))
    return _status("Rejected") if bay is None else _status("Accepted", StopCharging(evse=bay.evse, reason="Remote"))


def _reset(view: View, request: Any) -> Reply:
    reason: Literal["HardReset", "SoftReset"] = "HardReset" if request.type == "Hard" else "SoftReset"
    return _status("Accepted", Reboot(when_idle=False, reason=reason, boot_reason="RemoteReset"))


def _unlock(view: View, request: Any) -> Reply:
    bay = view.bay(request.connector_id)
    if bay is None:
        return _status("NotSupported")
    running = bay.transaction_id is not None
    return _status("Unlocked", *([StopCharging(evse=bay.evse, reason="UnlockCommand")] if running else []))


def _availability(view: View, request: Any) -> Reply:
    if request.connector_id and view.bay(request.connector_id) is None:
        return _status("Rejected")
    bays = [bay for bay in view.bays if request.connector_id in (0, bay.evse)]
    busy = request.type == "Inoperative" and any(bay.transaction_id is not None for bay in bays)
    change = SetAvailability(evse=request.connector_id, operative=request.type == "Operative")
    return _status("Scheduled" if busy else "Accepted", change)


def _trigger(view: View, request: Any) -> Reply:
    what = request.requested_message
    if what not in ("BootNotification", "Heartbeat", "StatusNotification", "MeterValues"):
        return _status("NotImplemented")
    if request.connector_id and view.bay(request.connector_id) is None:
        return _status("Rejected")
    return _status("Accepted", Tell(what=what, evse=request.connector_id or None))


def _get_configuration(view: View, request: Any) -> Reply:
    asked = request.key or [setting.key for setting in SETTINGS]
    known: list[Payload] = []
    for name in asked:
        setting = BY_KEY.get(name.lower())
        if setting is not None:
            value = {} if setting.access == "WriteOnly" else {"value": view.settings[setting.key]}
            known.append({"key": setting.key, "readonly": setting.access == "ReadOnly", **value})
    unknown = [name for name in asked if name.lower() not in BY_KEY]
    payload: Payload = {"configurationKey": known}
    return Reply(payload={**payload, "unknownKey": unknown} if unknown else payload)


def _change_configuration(view: View, request: Any) -> Reply:
    setting = BY_KEY.get(request.key.lower())
    if setting is None:
        return _status("NotSupported")
    if setting.access == "ReadOnly" or not takes(setting, request.value):
        return _status("Rejected")
    return _status("Accepted", Configure(key=setting.key, value=request.value))


def _data_transfer(view: View, request: Any) -> Reply:
    if request.vendor_id != view.vendor:
        return _status("UnknownVendorId")
    echo: Payload = {} if request.data is None else {"data": request.data}
    return Reply(payload={"status": "Accepted", **echo})


def _set_profile(view: View, request: Any) -> Reply | Refusal:
    if request.connector_id and view.bay(request.connector_id) is None:
        return Refusal(code="PropertyConstraintViolation", description="connectorId: no such connector")
    schedule = request.cs_charging_profiles.charging_schedule
    first = schedule.charging_schedule_period[0]
    limit_w = watts(first.limit, schedule.charging_rate_unit, first.number_phases)
    return _status("Accepted", LimitPower(evse=request.connector_id, limit_w=limit_w))


def _clear_profile(view: View, request: Any) -> Reply:
    return _status("Accepted", LimitPower(evse=request.connector_id, limit_w=None))


def _update(view: View, request: Any) -> Reply:
    return Reply(payload={}, intents=(InstallFirmware(location=request.location),))


def _update_signed(view: View, request: Any) -> Reply:
    word = "AcceptedCanceled" if view.updating else "Accepted"  # L01.FR.24: the update under way gives way
    return _status(word, InstallFirmware(location=request.firmware.location, request_id=request.request_id))


REPLIES_16: Final[Mapping[str, Row]] = {
    "RemoteStartTransaction": (_RemoteStart, _remote_start),
    "RemoteStopTransaction": (_RemoteStop, _remote_stop),
    "Reset": (_Reset, _reset),
    "UnlockConnector": (_Connector, _unlock),
    "ChangeAvailability": (_Availability, _availability),
    "TriggerMessage": (_Trigger, _trigger),
    "GetConfiguration": (_Keys, _get_configuration),
    "ChangeConfiguration": (_KeyValue, _change_configuration),
    "DataTransfer": (_Vendor, _data_transfer),
    "SetChargingProfile": (_SetProfile, _set_profile),
    "ClearChargingProfile": (_ClearProfile, _clear_profile),
    "UpdateFirmware": (_Firmware, _update),
    "SignedUpdateFirmware": (_SignedUpdate, _update_signed),
}
