"""ClickHouse's readiness, as a projection with nothing to insert sees it."""

import asyncio

from services.runtime.process.settings import ClickHouseSettings
from services.runtime.process.watch import ClickHouseWatch


async def looked(dsn: str) -> list[str]:
    """What it says after it has asked."""
    watch, stop = ClickHouseWatch(ClickHouseSettings(clickhouse=dsn), every_s=0.05), asyncio.Event()
    assert watch.not_ready() == ["ClickHouse was not asked yet"]
    running = asyncio.create_task(watch.run(stop))
    async with asyncio.timeout(30):
        while watch.not_ready() == ["ClickHouse was not asked yet"]:
            await asyncio.sleep(0.01)
    stop.set()
    await running
    return watch.not_ready()


async def test_a_clickhouse_that_answers_is_ready(chdb_dsn: str) -> None:
    assert await looked(chdb_dsn) == []


async def test_a_clickhouse_that_is_away_is_told_with_the_reason() -> None:
    (reason,) = await looked("http://127.0.0.1:1/")
    assert reason.startswith("ClickHouse: ")
