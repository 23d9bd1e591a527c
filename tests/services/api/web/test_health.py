"""Health: open to everybody, alive as long as it answers, and ready by its reasons."""

import pytest
from httpx import AsyncClient

from services.api.fakes import World


@pytest.mark.parametrize("path", ["/health", "/health/ready"])
async def test_a_process_that_cannot_do_its_work_says_why(anybody: AsyncClient, world: World, path: str) -> None:
    assert (await anybody.get(path)).json() == {"status": "ok", "reasons": []}

    world.reasons = ["Kafka is away"]
    answer = await anybody.get(path)

    assert (answer.status_code, answer.json()) == (503, {"status": "not-ready", "reasons": ["Kafka is away"]})


async def test_it_is_alive_all_the_same(anybody: AsyncClient, world: World) -> None:
    world.reasons = ["Kafka is away"]

    assert (await anybody.get("/health/live")).status_code == 200


async def test_metrics_are_those_of_the_process_as_prometheus_reads_them(anybody: AsyncClient) -> None:
    answer = await anybody.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    assert "process_cpu_seconds_total" in answer.text
