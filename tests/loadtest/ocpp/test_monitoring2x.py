"""What a simulated 2.x station answers about monitors, and the events that they make."""

import json

from loadtest.ocpp.intents import KeepMonitors, Refusal, Reply, Say, View, reply
from loadtest.ocpp.monitoring2x import events
from loadtest.ocpp.settings import default_settings
from loadtest.ocpp.versions import VERSIONS

STATE = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "AvailabilityState"}}


def asked(action: str, payload: object, **view: object) -> Reply:
    found = View(vendor="Elbtal", bays=(), settings=default_settings(), **view)  # type: ignore[arg-type]
    answer = reply(VERSIONS["2.0.1"], found, action, json.dumps(payload).encode())
    assert not isinstance(answer, Refusal), answer
    return answer


def monitors() -> dict[int, dict[str, object]]:
    data = [{"type": "Delta", "value": 1, "severity": 5, **STATE}]
    (kept,) = asked("SetVariableMonitoring", {"setMonitoringData": data}).intents
    assert isinstance(kept, KeepMonitors)
    return dict(kept.monitors)


def test_a_monitor_of_what_there_is_gets_a_number_and_another_is_unknown() -> None:
    data = [
        {"type": "Delta", "value": 1, "severity": 5, **STATE},
        {"type": "Delta", "value": 1, "severity": 5, "component": {"name": "Moon"}, "variable": {"name": "Phase"}},
    ]

    answer = asked("SetVariableMonitoring", {"setMonitoringData": data})

    results = answer.payload["setMonitoringResult"]
    assert [(one["status"], one.get("id")) for one in results] == [("Accepted", 1), ("UnknownVariable", None)]  # type: ignore[attr-defined]


def test_monitors_are_reported_cleared_and_dropped_with_their_base() -> None:
    kept = monitors()

    (said,) = asked("GetMonitoringReport", {"requestId": 5}, monitors=kept).intents
    cleared = asked("ClearVariableMonitoring", {"id": [1, 9]}, monitors=kept)
    (dropped,) = asked("SetMonitoringBase", {"monitoringBase": "FactoryDefault"}, monitors=kept).intents

    assert isinstance(said, Say)
    assert said.messages[0].payload["requestId"] == 5
    assert [one["status"] for one in cleared.payload["clearMonitoringResult"]] == ["Accepted", "NotFound"]  # type: ignore[attr-defined]
    assert dropped == KeepMonitors(monitors={})
    assert asked("GetMonitoringReport", {"requestId": 6}).payload == {"status": "EmptyResultSet"}


def test_a_change_of_the_watched_evse_is_an_event_of_its_monitor() -> None:
    kept = monitors()

    (event,) = events(kept, 1, "Occupied", "2026-01-01T00:00:00Z", 4)

    (data,) = event.payload["eventData"]  # type: ignore[misc]
    assert (data["eventId"], data["actualValue"], data["variableMonitoringId"]) == (4, "Occupied", 1)
    assert list(events(kept, 2, "Occupied", "2026-01-01T00:00:00Z", 4)) == []
