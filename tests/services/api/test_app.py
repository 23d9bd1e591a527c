"""The API's processes on the embedded bus: what one writes the others read, what a station answers the caller hears."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest

from schemas.base import derived_id
from services.api.app import Api
from services.api.fakes import KEY
from services.api.settings import ApiSettings
from services.provisioning import app as provisioning
from services.runtime.bus.producer import Publisher
from services.runtime.loop.worker import StreamWorker
from services.runtime.process.outage import Unusable
from tests.services.api.builders import STATION, a_session, a_state, an_outcome
from tests.services.api.conftest import BEARER

pytestmark = pytest.mark.embedded

NO_CLICKHOUSE = "http://127.0.0.1:1/"  # nothing here may need the history


def settings_for(bootstrap: str) -> ApiSettings:
    return ApiSettings(bus="embedded", bootstrap=bootstrap, clickhouse=NO_CLICKHOUSE, port=0, api_key=KEY)


@contextlib.asynccontextmanager
async def an_api(settings: ApiSettings) -> AsyncIterator[httpx.AsyncClient]:
    """A running API process's worker, and a client of it."""
    worker, stop = Api(settings), asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    async with asyncio.timeout(30):
        while _starting(worker) and not running.done():
            await asyncio.sleep(0.02)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{worker.port}", headers=BEARER, timeout=20) as client:
            yield client
    finally:
        stop.set()
        await running


def _starting(worker: Api) -> list[str]:
    """Why it is not ready, but for ClickHouse, which nobody started here: it would wait 20 s for that."""
    return [reason for reason in worker.not_ready() if "ClickHouse" not in reason]


async def eventually(client: httpx.AsyncClient, path: str, status: int) -> httpx.Response:
    async with asyncio.timeout(10):
        while (answer := await client.get(path)).status_code != status:
            await asyncio.sleep(0.02)
        return answer


@contextlib.asynccontextmanager
async def the_service(settings: ApiSettings) -> AsyncIterator[None]:
    """The service that settles what is provisioned."""
    worker, stop = StreamWorker(provisioning.service(settings), settings), asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    async with asyncio.timeout(30):
        while worker.not_ready() and not running.done():
            await asyncio.sleep(0.02)
    try:
        yield
    finally:
        stop.set()
        await running


async def test_a_write_is_read_at_once_here_and_by_every_other_process(fresh_bootstrap: str) -> None:
    settings = settings_for(fresh_bootstrap)
    async with the_service(settings), an_api(settings) as one, an_api(settings) as other:
        put = await one.put("/api/v1/tokens/aa11", json={"label": "Van 7"})
        here = await one.get("/api/v1/tokens/AA11")
        there = await other.get("/api/v1/tokens/AA11")

    assert put.status_code == 200
    assert put.json() == here.json() == there.json()
    assert put.headers["etag"] == there.headers["etag"]


async def test_an_outcome_reaches_the_caller_and_every_process(fresh_bootstrap: str) -> None:
    settings = settings_for(fresh_bootstrap)
    publisher = Publisher(settings, name="test")
    command_id = derived_id("idempotency-key", STATION, "mine")
    async with an_api(settings) as one, an_api(settings) as other:
        await publisher.publish(a_state())
        await eventually(one, f"/api/v1/stations/{STATION}", 200)

        body = {"command": "Reset", "wait_s": 15}
        path = f"/api/v1/stations/{STATION}/commands"
        waiting = asyncio.create_task(one.post(path, json=body, headers={"Idempotency-Key": "mine"}))
        pending = await eventually(other, f"/api/v1/commands/{command_id}", 200)
        answer = msgspec.Raw(b'{"status":"Accepted"}')
        await publisher.publish(an_outcome(command_id=command_id, response=answer))
        answered = await waiting
        async with asyncio.timeout(10):
            while (elsewhere := await other.get(f"/api/v1/commands/{command_id}")).json()["outcome"] == "pending":
                await asyncio.sleep(0.02)
        await publisher.stop()

    assert pending.json()["outcome"] == "pending"
    assert answered.json()["response"] == {"status": "Accepted"}
    assert elsewhere.json() == answered.json()


async def test_events_are_followed_over_the_wire_until_the_process_stops(fresh_bootstrap: str) -> None:
    settings = settings_for(fresh_bootstrap)
    publisher = Publisher(settings, name="test")
    told = ""
    async with an_api(settings) as client, client.stream("GET", "/api/v1/events?kinds=session") as events:
        chunks = events.aiter_text()
        await anext(chunks)
        await publisher.publish(a_session())
        told = await anext(chunks)
        await publisher.stop()

    assert "event: session" in told
    assert '"energy_wh":"7321.250"' in told


async def test_an_address_in_use_is_a_sentence(fresh_bootstrap: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = msgspec.structs.replace(settings_for(fresh_bootstrap), port=taken.getsockname()[1])

        with pytest.raises(Unusable, match="--port"):
            await Api(settings).run(asyncio.Event())
