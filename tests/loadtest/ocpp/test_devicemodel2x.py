"""What a simulated 2.x station answers about its variables, by name and instance."""

import json

import pytest

from loadtest.ocpp.intents import Configure, Refusal, Reply, View, reply
from loadtest.ocpp.settings import WRITTEN_AT_ONCE, default_settings
from loadtest.ocpp.versions import VERSIONS

VIEW = View(vendor="Elbtal", bays=(), settings=default_settings())


def asked(action: str, payload: object) -> Reply | Refusal:
    return reply(VERSIONS["2.1"], VIEW, action, json.dumps(payload).encode())


def variable(component: str, name: str, instance: str = "", **more: str) -> dict[str, object]:
    named = {"name": name, "instance": instance} if instance else {"name": name}
    return {"component": {"name": component}, "variable": named, **more}


@pytest.mark.parametrize(("instance", "status"), [("GetVariables", "Accepted"), ("", "UnknownVariable")])
def test_a_variable_with_an_instance_is_found_by_it_alone(instance: str, status: str) -> None:
    answer = asked("GetVariables", {"getVariableData": [variable("DeviceDataCtrlr", "ItemsPerMessage", instance)]})

    assert isinstance(answer, Reply)
    (result,) = answer.payload["getVariableResult"]  # type: ignore[misc]
    assert result["attributeStatus"] == status


def test_what_is_written_is_done_and_what_is_too_much_is_refused_whole() -> None:
    one = variable("OCPPCommCtrlr", "HeartbeatInterval", attributeValue="5")

    fine = asked("SetVariables", {"setVariableData": [one]})
    many = asked("SetVariables", {"setVariableData": [one] * (WRITTEN_AT_ONCE + 1)})

    assert isinstance(fine, Reply)
    assert fine.intents == (Configure(key="HeartbeatInterval", value="5"),)
    assert isinstance(many, Refusal)


def test_a_base_that_it_does_not_have_is_not_supported() -> None:
    answer = asked("GetBaseReport", {"requestId": 1, "reportBase": "SummaryInventory"})

    assert isinstance(answer, Reply)
    assert (answer.payload, answer.intents) == ({"status": "NotSupported"}, ())
