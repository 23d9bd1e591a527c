"""Streams of values of a simulated 2.1 station: of each monitor of its temperature that was set with one (N11 to N15). PURE.

A stream has the number of its monitor, and is kept with it.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from loadtest.ocpp.intents import KeepMonitors, Reply, Row, View
from loadtest.ocpp.messages import Message, Payload
from loadtest.ocpp.replies import Request, status

STREAMED: Final = ("temperaturesensor", "temperature")
"""Component and variable whose values are streamed."""

STREAM: Final = "periodicEventStream"
"""Where a monitor keeps the parameters of its stream."""

INTERVAL_S: Final = 60
"""How often values are sent where the CSMS does not say it."""


class Parameters(Request, frozen=True, rename="camel", omit_defaults=True):
    """PeriodicEventStreamParamsType: seconds between two messages, and how many values make one."""

    interval: int | None = None
    values: int | None = None


class _Adjust(Request, frozen=True, rename="camel"):
    id: int
    params: Parameters


def is_streamed(component: str, variable: str) -> bool:
    """Whether monitors of the variable may have a stream."""
    return (component.lower(), variable.lower()) == STREAMED


def streams(monitors: Mapping[int, Payload]) -> dict[int, Parameters]:
    """The parameters of each stream that is open."""
    return {
        number: found for number, monitor in monitors.items() if isinstance(found := monitor.get(STREAM), Parameters)
    }


def opened(number: int, parameters: Parameters) -> Message:
    """OpenPeriodicEventStream (N11)."""
    return Message("OpenPeriodicEventStream", {"constantStreamData": _told(number, parameters)})


def closed(number: int) -> Message:
    """ClosePeriodicEventStream, once the monitor is no more (N13)."""
    return Message("ClosePeriodicEventStream", {"id": number})


def values(number: int, celsius: float, at: str) -> Message:
    """NotifyPeriodicEventStream with one value, which is sent by SEND (N15)."""
    return Message(
        "NotifyPeriodicEventStream",
        {"id": number, "pending": 0, "basetime": at, "data": [{"t": 0.0, "v": f"{celsius:.1f}"}]},
    )


def _told(number: int, parameters: Parameters) -> Payload:
    return {"id": number, "variableMonitoringId": number, "params": msgspec.to_builtins(parameters)}


def _get(view: View, _: Any) -> Reply:
    """N12: those that are open."""
    found = [_told(number, parameters) for number, parameters in streams(view.monitors).items()]
    return Reply(payload={"constantStreamData": found} if found else {})


def _adjust(view: View, request: Any) -> Reply:
    """N14."""
    if request.id not in streams(view.monitors):
        return status("Rejected")
    adjusted = {**view.monitors, request.id: {**view.monitors[request.id], STREAM: request.params}}
    return status("Accepted", KeepMonitors(monitors=adjusted))


STREAMS_21: Final[Mapping[str, Row]] = {
    "GetPeriodicEventStream": (Request, _get),
    "AdjustPeriodicEventStream": (_Adjust, _adjust),
}
