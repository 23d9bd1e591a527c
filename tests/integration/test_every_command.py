"""Every canonical command, in every version, to a station written by others that answers whatever it is asked."""

import uuid
from collections.abc import Mapping
from random import Random
from typing import Any, get_args

import pytest
from ocpp.charge_point import camel_to_snake_case
from ocpp.routing import on

from schemas.command import StationCommand, example_of
from schemas.commands import Command, RawCall
from schemas.configuration import GetConfiguration, SetConfiguration
from schemas.wire import sendable
from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, connected
from tests.integration.test_reservations import known
from tests.schemas.wire.oracle import payload

pytestmark = pytest.mark.asyncio(loop_scope="package")

COMMANDS = tuple(command for command in get_args(Command) if command is not RawCall)

HEARTBEAT = "OCPPCommCtrlr.HeartbeatInterval"
EXAMPLES_2X: Mapping[type[StationCommand], dict[str, Any]] = {
    GetConfiguration: {"settings": [{"key": HEARTBEAT}]},
    SetConfiguration: {"settings": [{"key": HEARTBEAT, "value": "300"}]},
}
"""The examples of the commands of settings are of 1.6, which has keys; 2.x has components and variables."""

FEWEST = {"1.6": 20, "2.0.1": 30, "2.1": 35}
"""So many commands at least a version has."""

OTHER_WORDS = {"UnlockConnector": "Unlocked", "UnpublishFirmware": "Unpublished"}
"""What a station says that does what it is asked, where that is not Accepted."""


def obedient(version: str) -> Any:
    """A station class of the `ocpp` library with a handler for every action that a CSMS may send in the version."""
    module = __import__(f"ocpp.v{version.replace('.', '')}", fromlist=["call_result"])
    members: dict[str, Any] = {"subprotocol": f"ocpp{version}", "asked": None}
    for action in sorted(sendable(version)):
        answer = getattr(module.call_result, action, None)
        if answer is not None:
            members[f"on_{action}"] = on(action)(_handler(version, action, answer))
    return type(f"Obedient{version}", (KINDS[version],), members)


def _handler(version: str, action: str, answer: Any) -> Any:
    said = camel_to_snake_case(
        _agreeing(payload(version, action, "response", Random(3), 0.0), OTHER_WORDS.get(action, "Accepted"))
    )

    def handle(self: Any, *_: Any, **__: Any) -> Any:
        return answer(**said)

    handle.__name__ = f"on_{action}"  # the library finds handlers by their names
    return handle


def _agreeing(value: Any, word: str = "Accepted") -> Any:
    """The payload with every status made a good word."""
    if isinstance(value, dict):
        return {
            name: word if name.casefold().endswith("status") else _agreeing(member) for name, member in value.items()
        }
    return [_agreeing(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("version", KINDS)
async def test_every_command_is_carried_out_or_said_to_be_unsupported(product: Product, version: str) -> None:
    name, found = f"OBEYS-{uuid.uuid4().hex[:6]}", dict[str, dict[str, Any]]()
    async with connected(version, name, product.url, kind=obedient(version)) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        for command in COMMANDS:
            given = example_of(command) if version == "1.6" else example_of(command) | EXAMPLES_2X.get(command, {})
            asked = {"command": command.__name__, "arguments": given, "wait_s": 0}
            answer = await api.post(f"/stations/{name}/commands", json=asked)
            assert answer.is_success, f"{command.__name__}: {answer.text}"
            command_id = answer.json()["command_id"]

            async def settled(command_id: str = command_id) -> dict[str, Any] | None:
                view = (await api.get(f"/commands/{command_id}")).json()
                return view if view["outcome"] != "pending" else None

            found[command.__name__] = await eventually(settled)

    lost = {name for name, view in found.items() if view["outcome"] not in ("accepted", "partial", "unsupported")}
    assert lost == set(), {name: (found[name]["outcome"], found[name]["detail"]) for name in lost}
    unsent = {name for name, view in found.items() if view["sent"] is False}
    assert unsent == {name for name, view in found.items() if view["outcome"] == "unsupported"}
    assert len(found) - len(unsent) >= FEWEST[version]
