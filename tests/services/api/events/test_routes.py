"""Events: what followers get, and what happens to slow ones."""

import asyncio
import json
from typing import Any

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.stationcommands import Reset
from schemas.stations import ConnectorState
from services.api.config import Config
from services.api.fakes import KEY, NOON, World
from services.api.live.hub import KEEP_ALIVE, Hub, Subscription, event
from services.api.live.teller import Teller
from services.api.web.formtokens import HEADER
from tests.services.api.apps import app_of
from tests.services.api.builders import STATION, a_session, a_state, an_outcome
from tests.services.api.conftest import BEARER, client_of

EVERYTHING = frozenset({"station", "connector", "session", "outcome"})


def parsed(stream: str) -> list[tuple[str, Any]]:
    """The events of a stream: kind and data."""
    found = []
    for block in stream.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        if "event" in lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


async def followed(world: World, client: AsyncClient, *happenings: Any, query: str = "") -> list[tuple[str, Any]]:
    """What a client that follows from before until after these records gets."""
    following = asyncio.create_task(client.get(f"/api/v1/events{query}"))
    while not world.hub.listened() and not following.done():
        await asyncio.sleep(0)
    teller = Teller(world.memory, world.hub)
    for record in happenings:
        teller.station_changed(record) if hasattr(record, "connectors") else teller.heard(record)
    world.hub.close()
    answer = await following
    assert answer.headers["content-type"].startswith("text/event-stream"), answer.text
    return parsed(answer.text)


async def test_stations_connectors_sessions_and_outcomes_are_told(client: AsyncClient, world: World) -> None:
    asked = CommandRequested(id="c1", station=STATION, command=Reset(), requested_at=NOON, expires_at=NOON)

    told = await followed(world, client, a_state(), a_session(), asked, an_outcome())

    assert [kind for kind, _ in told] == ["station", "connector", "session", "outcome"]
    station, connector, session, outcome = (data for _, data in told)
    assert station["station"] == connector["station"] == STATION
    assert connector["status"] == "Available"
    assert session["energy_wh"] == "7321.250"
    assert (outcome["command_id"], outcome["command"], outcome["outcome"]) == ("c1", "Reset", "accepted")


async def test_a_connector_is_told_only_when_it_has_changed(client: AsyncClient, world: World) -> None:
    charging = ConnectorState(evse=1, connector=1, status="Occupied", at=NOON)

    told = await followed(
        world, client, a_state(), a_state(seen_at=NOON), a_state(connectors=(charging,)), query="?kinds=connector"
    )

    assert [data["status"] for _, data in told] == ["Available", "Occupied"]


async def test_events_are_filtered_by_station(client: AsyncClient, world: World) -> None:
    told = await followed(world, client, a_state(), a_state(station="other"), query="?station=other&kinds=station")

    assert [data["station"] for _, data in told] == ["other"]


async def test_a_kind_that_does_not_exist_is_refused(client: AsyncClient) -> None:
    answer = await client.get("/api/v1/events?kinds=station,weather")

    assert answer.status_code == 422
    assert "weather" in answer.text


async def test_a_client_too_many_is_refused() -> None:
    world = World(Config(key=KEY, sse_clients=1))
    client = client_of(app_of(world.ports()), headers=BEARER)
    world.hub.subscribe(None, EVERYTHING)

    answer = await client.get("/api/v1/events")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"


async def test_a_client_that_is_gone_is_forgotten(client: AsyncClient, world: World) -> None:
    await followed(world, client, a_state())

    assert not world.hub.listened()


def test_a_slow_client_is_told_that_it_lagged_and_holds_no_more_than_its_limit() -> None:
    slow = Subscription(None, EVERYTHING, 3)

    for number in range(10):
        slow.offer(event("station", STATION, f"id-{number}", b"{}"))
    chunk = slow.drain().decode()

    assert parsed(chunk)[0][0] == "lagged"
    assert parsed(chunk)[0][1]["lost"] == 9
    assert "reload" in parsed(chunk)[0][1]["advice"]
    assert [line for line in chunk.splitlines() if line.startswith("id:")] == ["id: id-9"]
    assert slow.drain() == b""


async def test_a_quiet_stream_says_that_it_is_alive() -> None:
    stream = Subscription(None, EVERYTHING, 3).stream(0.001)

    assert (await anext(stream)).startswith(b"retry:")
    assert await anext(stream) == KEEP_ALIVE


def test_nothing_is_made_for_nobody() -> None:
    hub = Hub(clients_limit=1, queue_limit=1)

    assert not hub.listened()


@pytest.mark.parametrize("after", ["close", "event"])
async def test_a_waiting_client_wakes(after: str) -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    subscription = hub.subscribe(None, EVERYTHING)
    assert subscription is not None
    stream = subscription.stream(60)
    await anext(stream)
    waiting = asyncio.ensure_future(anext(stream, b"over"))
    await asyncio.sleep(0)

    if after == "close":
        hub.close()
    else:
        hub.publish(event("outcome", STATION, "o", b"{}"))

    assert await waiting == (b"over" if after == "close" else b"id: o\nevent: outcome\ndata: {}\n\n")


async def test_the_stream_of_a_login_ends_with_it(anybody: AsyncClient, world: World) -> None:
    await anybody.post("/login", json={"key": KEY})
    following = asyncio.create_task(anybody.get("/api/v1/events"))
    while not world.hub.listened():
        await asyncio.sleep(0)

    async with client_of(
        app_of(world.ports()), cookies=dict(anybody.cookies), headers={HEADER: anybody.headers[HEADER]}
    ) as page:
        await page.post("/logout")
    Teller(world.memory, world.hub).station_changed(a_state())
    answer = await asyncio.wait_for(following, 5)

    assert parsed(answer.text) == []
    assert not world.hub.listened()
