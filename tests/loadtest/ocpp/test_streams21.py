"""Streams of a simulated 2.1 station: which monitors have one, and what is answered about them (N11 to N14)."""

import json
from collections.abc import Mapping
from typing import Any

from loadtest.ocpp.intents import KeepMonitors, Refusal, Reply, Say, View, reply
from loadtest.ocpp.settings import default_settings
from loadtest.ocpp.versions import VERSIONS

WARM = {
    "component": {"name": "TemperatureSensor"},
    "variable": {"name": "Temperature"},
    "periodicEventStream": {"interval": 30},
}
STATE = {
    "component": {"name": "EVSE"},
    "variable": {"name": "AvailabilityState"},
    "periodicEventStream": {"interval": 30},
}


def asked(action: str, payload: object, monitors: Mapping[int, Any]) -> Reply:
    view = View(vendor="Elbtal", bays=(), settings=default_settings(), monitors=monitors)
    answer = reply(VERSIONS["2.1"], view, action, json.dumps(payload).encode())
    assert not isinstance(answer, Refusal), answer
    return answer


def kept(answer: Reply) -> Mapping[int, Any]:
    return next(intent.monitors for intent in answer.intents if isinstance(intent, KeepMonitors))


def said(answer: Reply) -> list[tuple[str, Any]]:
    return [
        (one.action, one.payload) for intent in answer.intents if isinstance(intent, Say) for one in intent.messages
    ]


def test_a_stream_is_opened_told_adjusted_and_closed_with_its_monitor() -> None:
    data = [{"type": "Periodic", "value": 60, "severity": 8, **WARM}]
    begun = asked("SetVariableMonitoring", {"setMonitoringData": data}, {})
    told = {"id": 1, "variableMonitoringId": 1, "params": {"interval": 30}}
    assert said(begun) == [("OpenPeriodicEventStream", {"constantStreamData": told})]

    monitors = kept(begun)
    assert asked("GetPeriodicEventStream", {}, monitors).payload == {"constantStreamData": [told]}
    adjusted = asked("AdjustPeriodicEventStream", {"id": 1, "params": {"interval": 5, "values": 2}}, monitors)
    assert (adjusted.payload["status"], said(adjusted)) == ("Accepted", [])
    (found,) = asked("GetPeriodicEventStream", {}, kept(adjusted)).payload["constantStreamData"]  # type: ignore[misc]
    assert found["params"] == {"interval": 5, "values": 2}

    ended = asked("ClearVariableMonitoring", {"id": [1]}, monitors)
    assert said(ended) == [("ClosePeriodicEventStream", {"id": 1})]


def test_other_variables_have_no_stream_and_none_is_adjusted() -> None:
    data = [{"type": "Delta", "value": 1, "severity": 8, **STATE}]
    begun = asked("SetVariableMonitoring", {"setMonitoringData": data}, {})

    assert said(begun) == []
    assert asked("GetPeriodicEventStream", {}, kept(begun)).payload == {}
    assert asked("AdjustPeriodicEventStream", {"id": 1, "params": {}}, kept(begun)).payload["status"] == "Rejected"
