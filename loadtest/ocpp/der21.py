"""The DER controls of a simulated 2.1 station: set, superseded, reported in parts, cleared; alarms and starts (R04, R05). PURE."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from loadtest.ocpp.intents import KeepDER, Reply, Row, Say, View
from loadtest.ocpp.messages import Message, Payload
from loadtest.ocpp.replies import Request, status

PART = 4
"""Controls in one ReportDERControl."""

UNSUPPORTED = frozenset({"WattPF"})
"""Types that these inverters do not have (R04.FR.01)."""

DEFAULT_ONLY = frozenset({"EnterService", "Gradients"})

LISTS: Mapping[str, tuple[str, str]] = {
    "EnterService": ("enterService", "enterService"),
    "FixedPFAbsorb": ("fixedPFAbsorb", "fixedPF"),
    "FixedPFInject": ("fixedPFInject", "fixedPF"),
    "FixedVar": ("fixedVar", "fixedVar"),
    "FreqDroop": ("freqDroop", "freqDroop"),
    "Gradients": ("gradient", "gradient"),
    "LimitMaxDischarge": ("limitMaxDischarge", "limitMaxDischarge"),
}
"""Where a type stands in a SetDERControl and in the lists of a report, and how an entry there calls its setting; others are curves."""


class _Set(Request, frozen=True, rename="camel", omit_defaults=True):
    is_default: bool
    control_id: str
    control_type: str
    curve: dict[str, Any] | None = None
    enter_service: dict[str, Any] | None = None
    fixed_var: dict[str, Any] | None = None
    freq_droop: dict[str, Any] | None = None
    gradient: dict[str, Any] | None = None
    limit_max_discharge: dict[str, Any] | None = None
    absorb: dict[str, Any] | None = msgspec.field(default=None, name="fixedPFAbsorb")
    inject: dict[str, Any] | None = msgspec.field(default=None, name="fixedPFInject")


class _Which(Request, frozen=True, rename="camel"):
    is_default: bool | None = None
    control_type: str = ""
    control_id: str = ""
    request_id: int = 0


def setting_of(control: Mapping[str, Any]) -> dict[str, Any]:
    """The setting of a control."""
    name, _ = LISTS.get(control["controlType"], ("curve", "curve"))
    found: dict[str, Any] = control.get(name, {})
    return found


def _is_wrong(control: Mapping[str, Any]) -> bool:
    """By R04.FR.13, 15 and 17."""
    name, _ = LISTS.get(control["controlType"], ("curve", "curve"))
    others = {"curve", *(each for each, _ in LISTS.values())} - {name}
    timed = {"startTime", "duration"} & set(control.get(name, {}))
    return (
        name not in control
        or bool(others & set(control))
        or (control["isDefault"] and bool(timed))
        or (not control["isDefault"] and control["controlType"] in DEFAULT_ONLY)
    )


def _set(view: View, request: Any) -> Reply:
    control: dict[str, Any] = msgspec.to_builtins(request)
    if control["controlType"] in UNSUPPORTED:
        return status("NotSupported")
    if _is_wrong(control):
        return status("Rejected")
    kept: dict[str, Any] = {number: one for number, one in view.der.items() if number != control["controlId"]}
    alike = [one for one in kept.values() if _alike(one, control) and not one["isSuperseded"]]
    mine = setting_of(control)["priority"]
    superseded = [one["controlId"] for one in alike if setting_of(one)["priority"] >= mine]
    loses = any(setting_of(one)["priority"] < mine for one in alike)
    for number in superseded:
        kept[number] = {**kept[number], "isSuperseded": True}
    kept[control["controlId"]] = {**control, "isSuperseded": loses}
    told = [*superseded, *([control["controlId"]] if loses else [])]
    answer: Payload = {"status": "Accepted", **({"supersededIds": told} if told else {})}
    begun = () if loses or not _runs(view, control) else tuple(_turn(view, control, started=True, instead=superseded))
    return Reply(payload=answer, intents=(KeepDER(controls=kept), Say(messages=begun)))


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return (one["controlType"], one["isDefault"]) == (other["controlType"], other["isDefault"])


def _runs(view: View, control: Mapping[str, Any]) -> bool:
    starts = setting_of(control).get("startTime")
    at_once = starts is None or datetime.fromisoformat(starts) <= datetime.fromisoformat(view.at)
    return not control["isDefault"] and at_once


def _turn(view: View, control: Mapping[str, Any], *, started: bool, instead: list[str]) -> Iterator[Message]:
    """A scheduled control starts or ends, and with it the deviation from the charging profile (R04.FR.20 to 22, R05.FR.01 and 02)."""
    turn: Payload = {"controlId": control["controlId"], "started": started, "timestamp": view.at}
    yield Message("NotifyDERStartStop", turn | ({"supersededIds": instead} if instead else {}))
    alarm: Payload = {"controlType": control["controlType"], "gridEventFault": "OverFrequency", "timestamp": view.at}
    yield Message("NotifyDERAlarm", alarm | ({} if started else {"alarmEnded": True}))


def _fits(control: Mapping[str, Any], which: _Which) -> bool:
    return (
        which.is_default in (None, control["isDefault"])
        and which.control_type in ("", control["controlType"])
        and which.control_id in ("", control["controlId"])
    )


def _get(view: View, request: Any) -> Reply:
    if request.control_type in UNSUPPORTED:
        return status("NotSupported")
    found = [one for one in view.der.values() if _fits(one, request)]
    if not found:
        return status("NotFound")
    parts = [found[start : start + PART] for start in range(0, len(found), PART)]
    told = (
        Message("ReportDERControl", {**_lists(part), "requestId": request.request_id, "tbc": number < len(parts) - 1})
        for number, part in enumerate(parts)
    )
    return status("Accepted", Say(messages=tuple(told)))


def _lists(controls: list[Any]) -> Payload:
    lists: dict[str, Any] = {}
    for control in controls:
        name, inner = LISTS.get(control["controlType"], ("curve", "curve"))
        entry = {"id": control["controlId"], inner: setting_of(control)}
        if control["controlType"] not in DEFAULT_ONLY:
            entry |= {"isDefault": control["isDefault"], "isSuperseded": control["isSuperseded"]}
        if name == "curve":
            entry["curveType"] = control["controlType"]
        lists.setdefault(name, []).append(entry)
    return lists


def _clear(view: View, request: Any) -> Reply:
    if request.control_type in UNSUPPORTED:
        return status("NotSupported")
    found = [one for one in view.der.values() if _fits(one, request)]
    if not found and (request.control_type or request.control_id):
        return status("NotFound")
    kept = {number: one for number, one in view.der.items() if one not in found}
    over = [one for one in found if not one["isSuperseded"] and _runs(view, one)]
    ends = tuple(message for one in over for message in _turn(view, one, started=False, instead=[]))
    return status("Accepted", KeepDER(controls=kept), Say(messages=ends))


DER_21: Final[Mapping[str, Row]] = {
    "SetDERControl": (_Set, _set),
    "GetDERControl": (_Which, _get),
    "ClearDERControl": (_Which, _clear),
}
