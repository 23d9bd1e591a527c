"""Health and metrics of a process."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from services.runtime.process.admin import Admin
from services.runtime.process.outage import Unusable


class Fake:
    def __init__(self, name: str) -> None:
        self.name = name
        self.reasons: list[str] = []

    async def run(self, stop: asyncio.Event) -> None:
        await stop.wait()

    def not_ready(self) -> list[str]:
        return self.reasons


WORKERS = (Fake("one"), Fake("two"))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    for worker in WORKERS:
        worker.reasons = []
    admin = Admin(WORKERS, host="127.0.0.1", port=0)
    await admin.start()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{admin.port}") as client:
        yield client
    await admin.stop()


async def test_a_process_is_ready_when_all_its_workers_are(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health/ready")

    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})


async def test_a_process_that_is_not_ready_says_why(client: httpx.AsyncClient) -> None:
    WORKERS[1].reasons = ["two is reading its state"]

    answer = await client.get("/health/ready")

    assert (answer.status_code, answer.json()["reasons"]) == (503, ["two is reading its state"])
    assert (await client.get("/health/live")).status_code == 200


async def test_the_metrics_tell_which_worker_is_ready(client: httpx.AsyncClient) -> None:
    WORKERS[1].reasons = ["two is reading its state"]

    text = (await client.get("/metrics")).text

    assert 'voltbus_services_ready{service="one"} 1.0' in text
    assert 'voltbus_services_ready{service="two"} 0.0' in text


async def test_other_paths_are_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).status_code == 404
    assert (await client.post("/metrics")).status_code == 404


async def test_a_taken_port_is_told_in_a_sentence() -> None:
    first = Admin(WORKERS, host="127.0.0.1", port=0)
    await first.start()
    second = Admin(WORKERS, host="127.0.0.1", port=first.port)

    with pytest.raises(Unusable, match="--metrics-port"):
        await second.start()
    await first.stop()
