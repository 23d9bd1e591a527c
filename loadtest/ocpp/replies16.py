"""What a simulated OCPP 1.6 station answers to the CSMS. PURE."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from loadtest.ocpp import charging
from loadtest.ocpp.certificates import CERTIFICATES_16
from loadtest.ocpp.intents import (
    Configure,
    InstallFirmware,
    Reboot,
    Refusal,
    Reply,
    Row,
    StopCharging,
    View,
)
from loadtest.ocpp.lists import LISTS_16
from loadtest.ocpp.messages import Payload
from loadtest.ocpp.replies import (
    Request,
    available,
    cancelled,
    echoed,
    installed,
    reserved,
    started,
    status,
    stopped,
    tell,
    uploaded,
)
from loadtest.ocpp.settings import BY_KEY, KEYS_16, READ_AT_ONCE, takes
from loadtest.ocpp.signing import SIGNING_16

COST_MESSAGES = "org.openchargealliance.costmsg"
"""The vendor of prices and costs for displays (OCPP & California Pricing Requirements)."""


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


class _Firmware(Request, frozen=True, rename="camel"):
    location: str


class _SignedUpdate(Request, frozen=True, rename="camel"):
    request_id: int
    firmware: _Firmware


class _Reserve(_Connector, frozen=True, rename="camel"):
    expiry_date: datetime
    id_tag: str
    reservation_id: int


class _CancelReservation(Request, frozen=True, rename="camel"):
    reservation_id: int


class _LogParameters(Request, frozen=True, rename="camel"):
    remote_location: str


class _GetLog(Request, frozen=True, rename="camel"):
    log: _LogParameters
    log_type: str
    request_id: int


class _Diagnostics(Request, frozen=True, rename="camel"):
    location: str


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
    return tell(view, request.requested_message, request.connector_id)


def _get_configuration(view: View, request: Any) -> Reply | Refusal:
    if len(request.key) > READ_AT_ONCE:
        return Refusal(code="OccurenceConstraintViolation", description="key: more than GetConfigurationMaxKeys")
    keys = request.key or [setting.key for setting in KEYS_16]
    settings: list[Payload] = []
    for name in keys:
        setting = BY_KEY.get(name.lower())
        if setting is not None:
            value = {} if setting.access == "WriteOnly" else {"value": view.settings[setting.key]}
            settings.append({"key": setting.key, "readonly": setting.access == "ReadOnly", **value})
    unknown = [name for name in keys if name.lower() not in BY_KEY]
    payload: Payload = {"configurationKey": settings}
    return Reply(payload={**payload, "unknownKey": unknown} if unknown else payload)


def _change_configuration(view: View, request: Any) -> Reply:
    setting = BY_KEY.get(request.key.lower())
    if setting is None:
        return status("NotSupported")
    if setting.access == "ReadOnly" or not takes(setting, request.value):
        return status("Rejected")
    return status("Accepted", Configure(key=setting.key, value=request.value))


def _data_transfer(view: View, request: Any) -> Reply:
    if request.vendor_id == COST_MESSAGES:
        return status("Accepted")  # the price or the cost is shown to the driver
    return echoed(view, request.vendor_id, {} if request.data is None else {"data": request.data})


def _update(view: View, request: Any) -> Reply:
    return Reply(payload={}, intents=(InstallFirmware(location=request.location),))


def _update_signed(view: View, request: Any) -> Reply:
    return installed(view, request.firmware.location, request.request_id)


def _reserve(view: View, request: Any) -> Reply:
    return reserved(view, request.connector_id or None, (request.reservation_id, request.id_tag, request.expiry_date))


def _cancel_reservation(view: View, request: Any) -> Reply:
    return cancelled(view, request.reservation_id)


def _get_log(view: View, request: Any) -> Reply:
    return uploaded(view, request.log.remote_location, request.log_type, request.request_id)


def _get_diagnostics(view: View, request: Any) -> Reply:
    return uploaded(view, request.location, "DiagnosticsLog", None)


def _clear_cache(view: View, request: Any) -> Reply:
    return status("Accepted")


REPLIES_16: Final[Mapping[str, Row]] = {
    "RemoteStartTransaction": (_RemoteStart, _remote_start),
    "RemoteStopTransaction": (_RemoteStop, _remote_stop),
    "Reset": (_Reset, _reset),
    "UnlockConnector": (_Connector, _unlock),
    "ChangeAvailability": (_Availability, _availability),
    "TriggerMessage": (_Trigger, _trigger),
    **SIGNING_16,
    "GetConfiguration": (_Keys, _get_configuration),
    "ChangeConfiguration": (_KeyValue, _change_configuration),
    "DataTransfer": (_Vendor, _data_transfer),
    "ClearCache": (Request, _clear_cache),
    "SetChargingProfile": (charging.Set16, charging.set_16),
    "ClearChargingProfile": (charging.Clear16, charging.clear_16),
    "GetCompositeSchedule": (charging.Composite16, charging.composite_16),
    "ReserveNow": (_Reserve, _reserve),
    "CancelReservation": (_CancelReservation, _cancel_reservation),
    "UpdateFirmware": (_Firmware, _update),
    "SignedUpdateFirmware": (_SignedUpdate, _update_signed),
    "GetLog": (_GetLog, _get_log),
    "GetDiagnostics": (_Diagnostics, _get_diagnostics),
    **LISTS_16,
    **CERTIFICATES_16,
}
