"""What a simulated 2.x station answers about monitors: set, cleared, reported (N02 to N06), and the events that they make (N07). PURE."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

import msgspec

from loadtest.ocpp.intents import KeepMonitors, Reply, Row, Say, View
from loadtest.ocpp.messages import Message, Payload
from loadtest.ocpp.replies import Request, status
from loadtest.ocpp.settings import BY_VARIABLE
from loadtest.ocpp.streams21 import STREAM, Parameters, closed, is_streamed, opened, streams

WATCHED = ("evse", "availabilitystate")
"""The variable whose changes the simulation reports as events."""


class _Evse(Request, frozen=True, rename="camel"):
    id: int


class _Name(Request, frozen=True, rename="camel", omit_defaults=True):
    name: str
    evse: _Evse | None = None


class _Monitor(Request, frozen=True, rename="camel"):
    component: _Name
    variable: _Name
    type: str
    value: float
    severity: Annotated[int, msgspec.Meta(ge=0, le=9)]
    id: int | None = None
    transaction: bool = False
    periodic_event_stream: Parameters | None = None


class _SetMonitors(Request, frozen=True, rename="camel"):
    set_monitoring_data: Annotated[list[_Monitor], msgspec.Meta(min_length=1)]


class _Clear(Request, frozen=True, rename="camel"):
    id: list[int]


class _Base(Request, frozen=True, rename="camel"):
    monitoring_base: Literal["All", "FactoryDefault", "HardWiredOnly"]


class _Level(Request, frozen=True, rename="camel"):
    severity: int


class _Report(Request, frozen=True, rename="camel"):
    request_id: int


def _set(view: View, request: Any) -> Reply:
    kept = dict(view.monitors)
    results: list[Payload] = []
    for asked in request.set_monitoring_data:
        named = {"component": _named(asked.component), "variable": {"name": asked.variable.name}}
        told: Payload = {"type": asked.type, "severity": asked.severity, **named}
        word = "Accepted" if _is_known(asked) else "UnknownVariable"
        if word == "Accepted":
            number = asked.id if asked.id is not None else max(kept, default=0) + 1
            kept[number] = {**told, "value": asked.value, "transaction": asked.transaction, **_stream(asked)}
            told = {"id": number, **told}
        results.append({"status": word, **told})
    return Reply(payload={"setMonitoringResult": results}, intents=_kept(view, kept))


def _stream(asked: _Monitor) -> Payload:
    """With a stream, where one was asked for and there can be one (2.1, N11)."""
    wanted = asked.periodic_event_stream
    return {STREAM: wanted} if wanted is not None and is_streamed(asked.component.name, asked.variable.name) else {}


def _kept(view: View, kept: Mapping[int, Payload]) -> tuple[KeepMonitors | Say, ...]:
    """These monitors from now on, and which streams begin and end with that."""
    before, after = streams(view.monitors), streams(kept)
    begun = [opened(number, parameters) for number, parameters in after.items() if number not in before]
    messages = (*begun, *(closed(number) for number in before if number not in after))
    return (KeepMonitors(monitors=kept), *([Say(messages=messages)] if messages else []))


def _named(component: _Name) -> Payload:
    evse: Payload = {} if component.evse is None else {"evse": {"id": component.evse.id}}
    return {"name": component.name, **evse}


def _is_known(asked: _Monitor) -> bool:
    name = (asked.component.name.lower(), asked.variable.name.lower())
    return name == WATCHED or is_streamed(*name) or any(name == key[:2] for key in BY_VARIABLE)


def _clear(view: View, request: Any) -> Reply:
    kept = {number: monitor for number, monitor in view.monitors.items() if number not in request.id}
    results = [{"status": "Accepted" if number in view.monitors else "NotFound", "id": number} for number in request.id]
    return Reply(payload={"clearMonitoringResult": results}, intents=_kept(view, kept))


def _base(view: View, request: Any) -> Reply:
    """N03: monitors of the CSMS's own go, but for All."""
    kept = view.monitors if request.monitoring_base == "All" else {}
    return status("Accepted", *_kept(view, kept))


def _level(view: View, request: Any) -> Reply:
    return status("Accepted" if 0 <= request.severity <= 9 else "Rejected")


def _report(view: View, request: Any) -> Reply:
    if not view.monitors:
        return status("EmptyResultSet")
    entries = [
        {
            "component": monitor["component"],
            "variable": monitor["variable"],
            "variableMonitoring": [
                {"id": number, **{name: monitor[name] for name in ("transaction", "value", "type", "severity")}}
            ],
        }
        for number, monitor in view.monitors.items()
    ]
    part: Payload = {
        "monitor": entries,
        "requestId": request.request_id,
        "tbc": False,
        "seqNo": 0,
        "generatedAt": view.at,
    }
    return status("Accepted", Say(messages=(Message("NotifyMonitoringReport", part),)))


def events(monitors: Mapping[int, Payload], evse: int, word: str, at: str, first: int) -> Iterator[Message]:
    """NotifyEvent for each monitor that watches the state of this EVSE; events count from `first`."""
    for count, (number, monitor) in enumerate(monitors.items()):
        component: Any = monitor["component"]
        variable: Any = monitor["variable"]
        if (component["name"].lower(), variable["name"].lower()) != WATCHED:
            continue
        if component.get("evse", {"id": evse})["id"] != evse:
            continue
        event: Payload = {
            "eventId": first + count,
            "timestamp": at,
            "trigger": "Delta",
            "actualValue": word,
            "component": {"evse": {"id": evse}, "name": component["name"]},
            "variableMonitoringId": number,
            "eventNotificationType": "CustomMonitor",
            "variable": variable,
        }
        yield Message("NotifyEvent", {"generatedAt": at, "seqNo": 0, "eventData": [event]})


MONITORING_2X: Final[Mapping[str, Row]] = {
    "SetVariableMonitoring": (_SetMonitors, _set),
    "ClearVariableMonitoring": (_Clear, _clear),
    "SetMonitoringBase": (_Base, _base),
    "SetMonitoringLevel": (_Level, _level),
    "GetMonitoringReport": (_Report, _report),
}
