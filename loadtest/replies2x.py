"""What a simulated OCPP 2.0.1 or 2.1 station answers to the CSMS. PURE."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import msgspec

from loadtest.intents import (
    BY_VARIABLE,
    Configure,
    InstallFirmware,
    Intent,
    LimitPower,
    Reboot,
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


class _IdToken(_Request, frozen=True, rename="camel"):
    id_token: str


class _Start(_Request, frozen=True, rename="camel"):
    remote_start_id: int
    id_token: _IdToken
    evse_id: int | None = None


class _Stop(_Request, frozen=True, rename="camel"):
    transaction_id: str


class _Reset(_Request, frozen=True, rename="camel"):
    type: Literal["Immediate", "OnIdle", "ImmediateAndResume"]
    evse_id: int | None = None


class _Unlock(_Request, frozen=True, rename="camel"):
    evse_id: int
    connector_id: int


class _Evse(_Request, frozen=True, rename="camel"):
    id: int


class _Availability(_Request, frozen=True, rename="camel"):
    operational_status: Literal["Operative", "Inoperative"]
    evse: _Evse | None = None


class _Trigger(_Request, frozen=True, rename="camel"):
    requested_message: str
    evse: _Evse | None = None


class _Name(_Request, frozen=True, rename="camel"):
    name: str


class _GetVariable(_Request, frozen=True, rename="camel"):
    component: _Name
    variable: _Name
    attribute_type: str = "Actual"


class _GetVariables(_Request, frozen=True, rename="camel"):
    get_variable_data: Annotated[list[_GetVariable], msgspec.Meta(min_length=1)]


class _SetVariable(_GetVariable, frozen=True, kw_only=True, rename="camel"):
    attribute_value: str


class _SetVariables(_Request, frozen=True, rename="camel"):
    set_variable_data: Annotated[list[_SetVariable], msgspec.Meta(min_length=1)]


class _Vendor(_Request, frozen=True, rename="camel"):
    vendor_id: str
    data: msgspec.Raw = msgspec.Raw(b"")


class _Period(_Request, frozen=True, rename="camel"):
    limit: float = 0.0
    number_phases: int = 3


class _Schedule(_Request, frozen=True, rename="camel"):
    charging_rate_unit: Literal["A", "W"]
    charging_schedule_period: list[_Period]


class _Profile(_Request, frozen=True, rename="camel"):
    charging_schedule: list[_Schedule]


class _SetProfile(_Request, frozen=True, rename="camel"):
    evse_id: int
    charging_profile: _Profile


class _ClearProfile(_Request, frozen=True, rename="camel"):
    """Which profile is cleared does not matter here: the simulation keeps one limit."""


class _Cost(_Request, frozen=True, rename="camel"):
    total_cost: float
    transaction_id: str


class _Firmware(_Request, frozen=True, rename="camel"):
    location: str


class _Update(_Request, frozen=True, rename="camel"):
    request_id: int
    firmware: _Firmware


def _status(status: str, *intents: Intent) -> Reply:
    return Reply(payload={"status": status}, intents=intents)


def _start(view: View, request: Any) -> Reply:
    bay = view.free_bay(request.evse_id)
    if bay is None:
        return _status("Rejected")
    intent = StartCharging(evse=bay.evse, token=request.id_token.id_token, remote_start_id=request.remote_start_id)
    return _status("Accepted", intent)


def _stop(view: View, request: Any) -> Reply:
    bay = view.charging(request.transaction_id)
    return _status("Rejected") if bay is None else _status("Accepted", StopCharging(evse=bay.evse, reason="Remote"))


def _reset(view: View, request: Any) -> Reply:
    if request.evse_id is not None:
        return _status("Rejected")  # B11.FR.10: this station cannot reset one EVSE
    running = any(bay.transaction_id is not None for bay in view.bays)
    when_idle = request.type == "OnIdle"
    boot_reason: Literal["ScheduledReset", "RemoteReset"] = "ScheduledReset" if when_idle and running else "RemoteReset"
    intent = Reboot(when_idle=when_idle, reason="HardReset", boot_reason=boot_reason)
    return _status("Scheduled" if when_idle and running else "Accepted", intent)


def _unlock(view: View, request: Any) -> Reply:
    bay = view.bay(request.evse_id)
    if bay is None or request.connector_id != 1:
        return _status("UnknownConnector")
    # F05.FR.02: an authorised transaction is not unlocked away.
    return _status("Unlocked" if bay.transaction_id is None else "OngoingAuthorizedTransaction")


def _availability(view: View, request: Any) -> Reply:
    evse = 0 if request.evse is None else request.evse.id
    if evse and view.bay(evse) is None:
        return _status("Rejected")
    bays = [bay for bay in view.bays if evse in (0, bay.evse)]
    inoperative = request.operational_status == "Inoperative"
    busy = inoperative and any(bay.transaction_id is not None for bay in bays)
    return _status("Scheduled" if busy else "Accepted", SetAvailability(evse=evse, operative=not inoperative))


def _trigger(view: View, request: Any) -> Reply:
    what = request.requested_message
    if what not in ("BootNotification", "Heartbeat", "StatusNotification", "MeterValues"):
        return _status("NotImplemented")
    evse = None if request.evse is None else request.evse.id or None
    if evse is not None and view.bay(evse) is None:
        return _status("Rejected")
    return _status("Accepted", Tell(what=what, evse=evse))


def _known(request: Any) -> tuple[Any, str]:
    """The setting that a variable request names, and its status where there is none."""
    component, variable = request.component.name.lower(), request.variable.name.lower()
    setting = BY_VARIABLE.get((component, variable))
    if setting is None:
        known_component = any(name == component for name, _ in BY_VARIABLE)
        return None, "UnknownVariable" if known_component else "UnknownComponent"
    return setting, "Accepted" if request.attribute_type == "Actual" else "NotSupportedAttributeType"


def _result(status: str, request: Any) -> Payload:
    return {
        "attributeStatus": status,
        "component": {"name": request.component.name},
        "variable": {"name": request.variable.name},
    }


def _get_variables(view: View, request: Any) -> Reply:
    results: list[Payload] = []
    for asked in request.get_variable_data:
        setting, status = _known(asked)
        if status == "Accepted" and setting.access == "WriteOnly":
            status = "Rejected"  # B06.FR.09
        value: Payload = {"attributeValue": view.settings[setting.key]} if status == "Accepted" else {}
        results.append({**_result(status, asked), **value})
    return Reply(payload={"getVariableResult": results})


def _set_variables(view: View, request: Any) -> Reply:
    results: list[Payload] = []
    intents: list[Intent] = []
    for asked in request.set_variable_data:
        setting, status = _known(asked)
        if status == "Accepted" and (setting.access == "ReadOnly" or not takes(setting, asked.attribute_value)):
            status = "Rejected"  # B05.FR.08
        if status == "Accepted":
            intents.append(Configure(key=setting.key, value=asked.attribute_value))
        results.append(_result(status, asked))
    return Reply(payload={"setVariableResult": results}, intents=tuple(intents))


def _data_transfer(view: View, request: Any) -> Reply:
    if request.vendor_id != view.vendor:
        return _status("UnknownVendorId")
    echo: Payload = {"data": request.data} if bytes(request.data) else {}
    return Reply(payload={"status": "Accepted", **echo})


def _set_profile(view: View, request: Any) -> Reply:
    if request.evse_id and view.bay(request.evse_id) is None:
        return _status("Rejected")
    schedule = request.charging_profile.charging_schedule[0]
    first = schedule.charging_schedule_period[0]
    limit_w = watts(first.limit, schedule.charging_rate_unit, first.number_phases)
    return _status("Accepted", LimitPower(evse=request.evse_id, limit_w=limit_w))


def _clear_profile(view: View, request: Any) -> Reply:
    return _status("Accepted", LimitPower(evse=0, limit_w=None))


def _cost_updated(view: View, request: Any) -> Reply:
    return Reply(payload={})  # I02: the cost is shown to the driver, and there is nothing to say of that


def _update(view: View, request: Any) -> Reply:
    word = "AcceptedCanceled" if view.updating else "Accepted"  # L01.FR.24: the update under way gives way
    return _status(word, InstallFirmware(location=request.firmware.location, request_id=request.request_id))


REPLIES_2X: Final[Mapping[str, Row]] = {
    "RequestStartTransaction": (_Start, _start),
    "RequestStopTransaction": (_Stop, _stop),
    "Reset": (_Reset, _reset),
    "UnlockConnector": (_Unlock, _unlock),
    "ChangeAvailability": (_Availability, _availability),
    "TriggerMessage": (_Trigger, _trigger),
    "GetVariables": (_GetVariables, _get_variables),
    "SetVariables": (_SetVariables, _set_variables),
    "DataTransfer": (_Vendor, _data_transfer),
    "SetChargingProfile": (_SetProfile, _set_profile),
    "ClearChargingProfile": (_ClearProfile, _clear_profile),
    "CostUpdated": (_Cost, _cost_updated),
    "UpdateFirmware": (_Update, _update),
}
