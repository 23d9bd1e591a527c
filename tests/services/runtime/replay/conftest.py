"""A bench on a real broker for what replays, moves and rebuilds."""

from collections.abc import AsyncIterator

import pytest

from tests.services.runtime.bench import Bench


@pytest.fixture
async def bench(kafka_bootstrap: str) -> AsyncIterator[Bench]:
    bench = Bench("kafka", kafka_bootstrap)
    await bench.open()
    yield bench
    await bench.close()
