"""What a simulated OCPP 1.6 station answers to the CSMS. PURE."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from loadtest.intents import (
    BY_KEY,
    SETTINGS,
    Configure,
    InstallFirmware,
    LimitPower,
    Reboot,
    Refusal,
    Reply,
    Row,
    StopCharging,
    View,
    takes,
)
from loadtest.messages import Payload
from loadtest.replies import Request, available, echoed, installed, limited, started, status, stopped, told


class _RemoteStart(Request, frozen=True, rename="camel"):
    id_tag: str
    connector_id: int | None = None


class _RemoteStop(Request, frozen=True, rename="camel"):
    transaction_id: int


class _Reset(Request, frozen=True, rename="camel"):
    type: Literal["Hard", "Soft"]


class _Connector(Request, frozen=True, rename="camel"):
    connector_id: int


class _Availability(_Connector, frozen=True, rename="camel"):
    type: Literal["Operative", "Inoperative"]


class _Trigger(Request, frozen=True, rename="camel"):
    requested_message: str
    connector_id: int | None = None


class _Keys(Request, frozen=True, rename="camel"):
    key: list[str] = []


class _KeyValue(Request, frozen=True, rename="camel"):
    key: str
    value: str


class _Vendor(Request, frozen=True, rename="camel"):
    vendor_id: str
    data: str | None = None


class _Period(Request, frozen=True, rename="camel"):
    limit: float
    number_phases: int = 3


class _Schedule(Request, frozen=True, rename="camel"):
    charging_rate_unit: Literal["A", "W"]
    charging_schedule_period: list[_Period]


class _Profile(Request, frozen=True, rename="camel"):
    charging_schedule: _Schedule


class _SetProfile(_Connector, frozen=True, rename="camel"):
    cs_charging_profiles: _Profile


class _ClearProfile(Request, frozen=True, rename="camel"):
    connector_id: int = 0


class _Firmware(Request, frozen=True, rename="camel"):
    location: str


class _SignedUpdate(Request, frozen=True, rename="camel"):
    request_id: int
    firmware: _Firmware


def _remote_start(view: View, request: Any) -> Reply:
    return started(view, request.connector_id, request.id_tag)


def _remote_stop(view: View, request: Any) -> Reply:
    return stopped(view, str(request.transaction_id))


def _reset(view: View, request: Any) -> Reply:
    reason: Literal["HardReset", "SoftReset"] = "HardReset" if request.type == "Hard" else "SoftReset"
    return status("Accepted", Reboot(when_idle=False, reason=reason, boot_reason="RemoteReset"))


def _unlock(view: View, request: Any) -> Reply:
    bay = view.bay(request.connector_id)
    if bay is None:
        return status("NotSupported")
    running = bay.transaction_id is not None
    return status("Unlocked", *([StopCharging(evse=bay.evse, reason="UnlockCommand")] if running else []))


def _availability(view: View, request: Any) -> Reply:
    return available(view, request.connector_id, operative=request.type == "Operative")


def _trigger(view: View, request: Any) -> Reply:
    return told(view, request.requested_message, request.connector_id)


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
        return status("NotSupported")
    if setting.access == "ReadOnly" or not takes(setting, request.value):
        return status("Rejected")
    return status("Accepted", Configure(key=setting.key, value=request.value))


def _data_transfer(view: View, request: Any) -> Reply:
    return echoed(view, request.vendor_id, {} if request.data is None else {"data": request.data})


def _set_profile(view: View, request: Any) -> Reply | Refusal:
    if request.connector_id and view.bay(request.connector_id) is None:
        return Refusal(code="PropertyConstraintViolation", description="connectorId: no such connector")
    return limited(request.connector_id, request.cs_charging_profiles.charging_schedule)


def _clear_profile(view: View, request: Any) -> Reply:
    return status("Accepted", LimitPower(evse=request.connector_id, limit_w=None))


def _update(view: View, request: Any) -> Reply:
    return Reply(payload={}, intents=(InstallFirmware(location=request.location),))


def _update_signed(view: View, request: Any) -> Reply:
    return installed(view, request.firmware.location, request.request_id)


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
