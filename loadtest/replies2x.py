"""What a simulated OCPP 2.0.1 or 2.1 station answers to the CSMS. PURE."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import msgspec

from loadtest.intents import (
    BY_VARIABLE,
    Configure,
    Intent,
    LimitPower,
    Reboot,
    Reply,
    Row,
    View,
    takes,
)
from loadtest.messages import Payload
from loadtest.replies import Request, available, echoed, installed, limited, started, status, stopped, told


class _IdToken(Request, frozen=True, rename="camel"):
    id_token: str


class _Start(Request, frozen=True, rename="camel"):
    remote_start_id: int
    id_token: _IdToken
    evse_id: int | None = None


class _Stop(Request, frozen=True, rename="camel"):
    transaction_id: str


class _Reset(Request, frozen=True, rename="camel"):
    type: Literal["Immediate", "OnIdle", "ImmediateAndResume"]
    evse_id: int | None = None


class _Unlock(Request, frozen=True, rename="camel"):
    evse_id: int
    connector_id: int


class _Evse(Request, frozen=True, rename="camel"):
    id: int


class _Availability(Request, frozen=True, rename="camel"):
    operational_status: Literal["Operative", "Inoperative"]
    evse: _Evse | None = None


class _Trigger(Request, frozen=True, rename="camel"):
    requested_message: str
    evse: _Evse | None = None


class _Name(Request, frozen=True, rename="camel"):
    name: str


class _GetVariable(Request, frozen=True, rename="camel"):
    component: _Name
    variable: _Name
    attribute_type: str = "Actual"


class _GetVariables(Request, frozen=True, rename="camel"):
    get_variable_data: Annotated[list[_GetVariable], msgspec.Meta(min_length=1)]


class _SetVariable(_GetVariable, frozen=True, kw_only=True, rename="camel"):
    attribute_value: str


class _SetVariables(Request, frozen=True, rename="camel"):
    set_variable_data: Annotated[list[_SetVariable], msgspec.Meta(min_length=1)]


class _Vendor(Request, frozen=True, rename="camel"):
    vendor_id: str
    data: msgspec.Raw = msgspec.Raw(b"")


class _Period(Request, frozen=True, rename="camel"):
    limit: float = 0.0
    number_phases: int = 3


class _Schedule(Request, frozen=True, rename="camel"):
    charging_rate_unit: Literal["A", "W"]
    charging_schedule_period: list[_Period]


class _Profile(Request, frozen=True, rename="camel"):
    charging_schedule: list[_Schedule]


class _SetProfile(Request, frozen=True, rename="camel"):
    evse_id: int
    charging_profile: _Profile


class _ClearProfile(Request, frozen=True, rename="camel"):
    """Which profile is cleared does not matter here: the simulation keeps one limit."""


class _Cost(Request, frozen=True, rename="camel"):
    total_cost: float
    transaction_id: str


class _Firmware(Request, frozen=True, rename="camel"):
    location: str


class _Update(Request, frozen=True, rename="camel"):
    request_id: int
    firmware: _Firmware


def _start(view: View, request: Any) -> Reply:
    return started(view, request.evse_id, request.id_token.id_token, remote_start_id=request.remote_start_id)


def _stop(view: View, request: Any) -> Reply:
    return stopped(view, request.transaction_id)


def _reset(view: View, request: Any) -> Reply:
    if request.evse_id is not None:
        return status("Rejected")  # B11.FR.10: this station cannot reset one EVSE
    running = any(bay.transaction_id is not None for bay in view.bays)
    when_idle = request.type == "OnIdle"
    boot_reason: Literal["ScheduledReset", "RemoteReset"] = "ScheduledReset" if when_idle and running else "RemoteReset"
    intent = Reboot(when_idle=when_idle, reason="HardReset", boot_reason=boot_reason)
    return status("Scheduled" if when_idle and running else "Accepted", intent)


def _unlock(view: View, request: Any) -> Reply:
    bay = view.bay(request.evse_id)
    if bay is None or request.connector_id != 1:
        return status("UnknownConnector")
    # F05.FR.02: an authorised transaction is not unlocked away.
    return status("Unlocked" if bay.transaction_id is None else "OngoingAuthorizedTransaction")


def _availability(view: View, request: Any) -> Reply:
    evse = 0 if request.evse is None else request.evse.id
    return available(view, evse, operative=request.operational_status == "Operative")


def _trigger(view: View, request: Any) -> Reply:
    return told(view, request.requested_message, None if request.evse is None else request.evse.id)


def _known(request: Any) -> tuple[Any, str]:
    """The setting that a variable request names, and its status where there is none."""
    component, variable = request.component.name.lower(), request.variable.name.lower()
    setting = BY_VARIABLE.get((component, variable))
    if setting is None:
        known_component = any(name == component for name, _ in BY_VARIABLE)
        return None, "UnknownVariable" if known_component else "UnknownComponent"
    return setting, "Accepted" if request.attribute_type == "Actual" else "NotSupportedAttributeType"


def _result(word: str, request: Any) -> Payload:
    return {
        "attributeStatus": word,
        "component": {"name": request.component.name},
        "variable": {"name": request.variable.name},
    }


def _get_variables(view: View, request: Any) -> Reply:
    results: list[Payload] = []
    for asked in request.get_variable_data:
        setting, word = _known(asked)
        if word == "Accepted" and setting.access == "WriteOnly":
            word = "Rejected"  # B06.FR.09
        value: Payload = {"attributeValue": view.settings[setting.key]} if word == "Accepted" else {}
        results.append({**_result(word, asked), **value})
    return Reply(payload={"getVariableResult": results})


def _set_variables(view: View, request: Any) -> Reply:
    results: list[Payload] = []
    intents: list[Intent] = []
    for asked in request.set_variable_data:
        setting, word = _known(asked)
        if word == "Accepted" and (setting.access == "ReadOnly" or not takes(setting, asked.attribute_value)):
            word = "Rejected"  # B05.FR.08
        if word == "Accepted":
            intents.append(Configure(key=setting.key, value=asked.attribute_value))
        results.append(_result(word, asked))
    return Reply(payload={"setVariableResult": results}, intents=tuple(intents))


def _data_transfer(view: View, request: Any) -> Reply:
    return echoed(view, request.vendor_id, {"data": request.data} if bytes(request.data) else {})


def _set_profile(view: View, request: Any) -> Reply:
    if request.evse_id and view.bay(request.evse_id) is None:
        return status("Rejected")
    return limited(request.evse_id, request.charging_profile.charging_schedule[0])


def _clear_profile(view: View, request: Any) -> Reply:
    return status("Accepted", LimitPower(evse=0, limit_w=None))


def _cost_updated(view: View, request: Any) -> Reply:
    return Reply(payload={})  # I02: the cost is shown to the driver, and there is nothing to say of that


def _update(view: View, request: Any) -> Reply:
    return installed(view, request.firmware.location, request.request_id)


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
