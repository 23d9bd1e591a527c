"""Whatever is sent, the answer is an answer: no input of a caller is a bug of ours."""

import asyncio
from functools import cache
from typing import Any
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from services.api.commands.parsing import CANONICAL
from services.api.fakes import World
from tests.examples import examples
from tests.services.api.apps import App, app_of
from tests.services.api.builders import STATION, a_state
from tests.services.api.conftest import BEARER, client_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
MEMBERS = st.sampled_from(
    ["command", "arguments", "payload", "ttl_s", "wait_s", "priority", "password", "labels", "expires_at", "group"]
)
BODIES = JSON | st.dictionaries(MEMBERS | st.text(max_size=8), JSON, max_size=5)
ARGUMENTS = st.dictionaries(
    st.sampled_from(["evse", "token", "settings", "type", "data", "vendor_id", "connector", "transaction_id"]), JSON
)
IDS = st.text(min_size=1, max_size=60).filter(lambda text: "/" not in text and text not in {".", ".."})


@cache
def an_app() -> App:
    world = World()
    world.bus.hold(a_state())
    return app_of(world.ports())


def answered(method: str, path: str, **sent: Any) -> int:
    async def ask() -> int:
        async with client_of(an_app(), headers=BEARER) as client:
            return (await client.request(method, path, **sent)).status_code

    return asyncio.run(ask())


@settings(max_examples=examples(40), deadline=None)
@given(id_=IDS, body=BODIES, resource=st.sampled_from(["stations", "tokens"]))
def test_provisioning_takes_or_refuses(id_: str, body: Any, resource: str) -> None:
    status = answered("PUT", f"/api/v1/{resource}/{quote(id_, safe='')}", json=body)

    assert status in {200, 400, 404, 422}


@settings(max_examples=examples(40), deadline=None)
@given(name=st.sampled_from(sorted(CANONICAL)), arguments=ARGUMENTS | JSON)
def test_commands_are_asked_for_or_refused(name: str, arguments: Any) -> None:
    body = {"command": name, "arguments": arguments, "wait_s": 0}

    assert answered("POST", f"/api/v1/stations/{STATION}/commands", json=body) in {202, 400, 422}


@settings(max_examples=examples(40), deadline=None)
@given(action=st.sampled_from(["Reset", "SetChargingProfile", "Heartbeat", "%00"]), body=BODIES)
def test_raw_actions_are_asked_for_or_refused(action: str, body: Any) -> None:
    path = f"/api/v1/stations/{STATION}/ocpp/{action}"

    assert answered("POST", path, json={"payload": body, "wait_s": 0}) in {202, 400, 422}


@settings(max_examples=examples(40), deadline=None)
@given(
    path=st.sampled_from(
        ["stations", "tokens", "sessions", "commands", f"stations/{STATION}/frames", "exchanges", "overview/power"]
    ),
    query=st.dictionaries(
        st.sampled_from(["cursor", "limit", "from", "to", "active", "connected", "search", "token", "step_s"]),
        st.text(max_size=30) | st.sampled_from(["2026-06-01T12:00:00Z", "1", "true", "0001-01-01T00:00:00Z"]),
    ),
)
def test_lists_are_told_or_refused(path: str, query: dict[str, str]) -> None:
    assert answered("GET", f"/api/v1/{path}", params=query) in {200, 422}


@settings(max_examples=examples(40), deadline=None)
@given(
    path=st.sampled_from(["commands", "ocpp/Reset", "ocpp/%00"]),
    stations=st.lists(st.sampled_from([STATION]) | st.text(max_size=60), max_size=5) | JSON,
    body=BODIES,
)
def test_many_stations_are_asked_or_refused(path: str, stations: Any, body: Any) -> None:
    told = {"payloads": {"1.6": body}, "stations": stations} if path != "commands" else {"stations": stations}
    body = {"command": "Reset", "arguments": body} if path == "commands" else {}

    assert answered("POST", f"/api/v1/{path}", json={**told, **body, "wait_s": 0}) in {200, 202, 400, 422}
