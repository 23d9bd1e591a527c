"""DER control: controls set, cleared and reported in parts, alarms, starts and ends (2.1, R04, R05). 1.6 and 2.0.1 have none."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from gateway.ocpp.facts import fact
from gateway.ocpp.rows import Call, Capability, Draft, Outbound, carries, exact, present, spelled, stored
from gateway.ocpp.spelling.alike import camel
from gateway.ocpp.spelling.moments import moment, planned, rfc3339
from gateway.ocpp.spelling.outcomes import by_answer
from schemas.base import Record
from schemas.der import (
    ClearDERControl,
    DERAlarmReported,
    DERControl,
    DERControlsReported,
    DERStartStopReported,
    GetDERControl,
    SetDERControl,
    control_id_of,
)
from schemas.dersettings import (
    Curve,
    CurvePoint,
    EnterService,
    FixedPF,
    FixedVar,
    FreqDroop,
    Gradient,
    Hysteresis,
    LimitMaxDischarge,
    ReactivePowerParams,
    VoltageParams,
)
from schemas.reports import request_id_of
from schemas.secrets import mask_words

RENAMED: Mapping[str, str] = {
    "starts_at": "startTime",
    "duration_s": "duration",
    "response_time_s": "responseTime",
    "fixed_pf": "fixedPF",
}
"""Members that OCPP calls otherwise."""

NESTED: Mapping[str, type[msgspec.Struct]] = {
    "curve_data": CurvePoint,
    "hysteresis": Hysteresis,
    "reactive_power_params": ReactivePowerParams,
    "voltage_params": VoltageParams,
    "power_monitoring_must_trip": Curve,
}
"""Members of settings that are structs themselves."""


class Kind(msgspec.Struct, frozen=True):
    """A list of a report: the setting of its entries, as it is called here, and its type; empty: each entry says its own."""

    setting: str
    struct: type[msgspec.Struct]
    type: str = ""


LISTS: Mapping[str, Kind] = {
    "curve": Kind("curve", Curve),
    "enterService": Kind("enter_service", EnterService, "EnterService"),
    "fixedPFAbsorb": Kind("fixed_pf", FixedPF, "FixedPFAbsorb"),
    "fixedPFInject": Kind("fixed_pf", FixedPF, "FixedPFInject"),
    "fixedVar": Kind("fixed_var", FixedVar, "FixedVar"),
    "freqDroop": Kind("freq_droop", FreqDroop, "FreqDroop"),
    "gradient": Kind("gradient", Gradient, "Gradients"),
    "limitMaxDischarge": Kind("limit_max_discharge", LimitMaxDischarge, "LimitMaxDischarge"),
}
"""The lists of ReportDERControl. Entries that do not say so are default controls: of these types there are no others."""


def name_21(name: str) -> str:
    """A member as OCPP calls it."""
    return RENAMED.get(name) or camel(name)


# -- from stations ----------------------------------------------------------------------------------------------------


def reported_21(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 ReportDERControl: one part of a report. One that no reader could read is kept as it came."""
    try:
        controls = tuple(_controls(wire, call))
    except msgspec.ValidationError:
        return fact(call, "der")
    return (
        DERControlsReported(
            id=call.id("der-controls"),
            station=call.context.station,
            request_id=wire.requestId,
            last=not wire.tbc,
            controls=controls,
            received_at=call.context.received_at,
        ),
    )


def _controls(wire: Any, call: Call) -> Iterator[DERControl]:
    for name, kind in LISTS.items():
        for entry in getattr(wire, name, None) or ():
            settings = {kind.setting: _read(kind.struct, getattr(entry, name_21(kind.setting)), call)}
            default = getattr(entry, "isDefault", None)
            members = {
                "control_id": entry.id,
                "control_type": kind.type or entry.curveType,
                "is_default": True if default is None else default,
                "is_superseded": bool(getattr(entry, "isSuperseded", None)),
                "settings": settings,
            }
            yield msgspec.convert(members, DERControl)


def _read(struct: type[msgspec.Struct], wire: Any, call: Call) -> dict[str, Any]:
    """The members of a setting by their names here."""
    found = {name: getattr(wire, name_21(name), None) for name in struct.__struct_fields__}
    return {name: _member(name, value, call) for name, value in found.items() if value is not None}


def _member(name: str, value: Any, call: Call) -> Any:
    if name == "starts_at":
        return planned(value, call.context)
    if name in NESTED:
        return (
            [_read(NESTED[name], each, call) for each in value]
            if isinstance(value, list | tuple)
            else (_read(NESTED[name], value, call))
        )
    return value


def alarm_21(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 NotifyDERAlarm (R05)."""
    time = moment(wire.timestamp, call.context)
    return (
        DERAlarmReported(
            id=call.id("der-alarm"),
            station=call.context.station,
            control_type=wire.controlType or "",
            fault=wire.gridEventFault or "",
            ended=bool(wire.alarmEnded),
            extra_info=mask_words(wire.extraInfo or ""),
            at=time.at,
            deviations=time.deviations,
            received_at=call.context.received_at,
        ),
    )


def start_stop_21(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 NotifyDERStartStop (R04.FR.20 to 22)."""
    time = moment(wire.timestamp, call.context)
    return (
        DERStartStopReported(
            id=call.id("der-start-stop"),
            station=call.context.station,
            control_id=wire.controlId,
            started=bool(wire.started),
            superseded_ids=tuple(wire.supersededIds or ()),
            at=time.at,
            deviations=time.deviations,
            received_at=call.context.received_at,
        ),
    )


def _paths(struct: type[msgspec.Struct]) -> frozenset[str]:
    """The members of a setting, as OCPP calls them, those within others included."""
    plain = " ".join(name_21(name) for name in struct.__struct_fields__ if name not in NESTED)
    under = {name_21(name): _paths(NESTED[name]) for name in struct.__struct_fields__ if name in NESTED}
    return carries(plain, **under)


_REPORTED = carries(
    "requestId tbc",
    **{
        name: carries("id curveType isDefault isSuperseded", **{name_21(kind.setting): _paths(kind.struct)})
        for name, kind in LISTS.items()
    },
)

# -- to stations ------------------------------------------------------------------------------------------------------


def set_21(command: SetDERControl, command_id: str) -> Draft:
    """2.1 SetDERControl: the setting stands under the name of the control's type, or of its kind."""
    ((name, setting),) = command.settings.given.items()
    wire_name = camel(name) if name != "fixed_pf" else "fixed" + command.control_type.removeprefix("Fixed")
    return Draft(
        "SetDERControl",
        {
            "isDefault": command.is_default,
            "controlId": command.control_id or control_id_of(command_id),
            "controlType": command.control_type,
            wire_name: _written(setting),
        },
    )


def _written(struct: msgspec.Struct) -> dict[str, Any]:
    members = {name: getattr(struct, name) for name in struct.__struct_fields__}
    return {name_21(name): _value(value) for name, value in members.items() if value is not None}


def _value(value: Any) -> Any:
    match value:
        case msgspec.Struct():
            return _written(value)
        case tuple():
            return [_value(each) for each in value]
        case Decimal():
            return exact(value)
        case datetime():
            return rfc3339(value)
    return value


def get_21(command: GetDERControl, command_id: str) -> Draft:
    """2.1 GetDERControl."""
    return Draft(
        "GetDERControl",
        present(
            requestId=request_id_of(command_id),
            isDefault=command.is_default,
            controlType=command.control_type or None,
            controlId=command.control_id or None,
        ),
    )


def clear_21(command: ClearDERControl, _: str) -> Draft:
    """2.1 ClearDERControl."""
    return Draft(
        "ClearDERControl",
        present(
            isDefault=command.is_default,
            controlType=command.control_type or None,
            controlId=command.control_id or None,
        ),
    )


DER = Capability(
    inbound=(
        stored(
            "ReportDERControl",
            spelled(v21=reported_21),
            carried=spelled(v21=_REPORTED),
            needs=spelled(v21="requestId"),
        ),
        stored(
            "NotifyDERAlarm",
            spelled(v21=alarm_21),
            carried=spelled(v21=carries("controlType gridEventFault alarmEnded timestamp extraInfo")),
            needs=spelled(v21="controlType"),
        ),
        stored(
            "NotifyDERStartStop",
            spelled(v21=start_stop_21),
            carried=spelled(v21=carries("controlId started supersededIds timestamp")),
            needs=spelled(v21="controlId started"),
        ),
    ),
    outbound=(
        Outbound(command=SetDERControl, to=spelled(v21=set_21)),
        Outbound(command=GetDERControl, to=spelled(v21=get_21), outcome=spelled(v21=by_answer)),
        Outbound(command=ClearDERControl, to=spelled(v21=clear_21), outcome=spelled(v21=by_answer)),
    ),
)
