"""ClickHouse away, and the projection that feeds it: each frozen for long, and killed."""

import asyncio

import pytest

from tests.chaos.cluster import CLICKHOUSE, LONG, PROJECTION, Cluster
from tests.chaos.stage import under_load

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="package")]

AWAY_S = 60 if LONG else 8


@pytest.mark.long  # the short form kills it among poison; metering/test_sink.py and integration/test_replay.py write twice
async def test_the_projection_stands_still_for_long_and_is_then_killed(cluster: Cluster) -> None:
    async with under_load(cluster) as stage:
        cluster.freeze(PROJECTION)
        await asyncio.gather(asyncio.sleep(AWAY_S), stage.load.all_charge())
        cluster.wake(PROJECTION)
        await cluster.is_ready(PROJECTION)

        await cluster.kill(PROJECTION)  # in the middle of whatever it writes by now
        await stage.load.more(len(stage.load.names))
        await cluster.start(PROJECTION)


@pytest.mark.long  # tests/services/metering/test_http.py freezes and kills the server below the sink that waits for it
async def test_clickhouse_hangs_for_long_and_is_then_killed(cluster: Cluster) -> None:
    async with under_load(cluster) as stage:
        cluster.freeze(CLICKHOUSE)
        await asyncio.gather(asyncio.sleep(AWAY_S), stage.load.all_charge())
        cluster.wake(CLICKHOUSE)
        await stage.load.more(len(stage.load.names))

        await cluster.kill(CLICKHOUSE)
        await asyncio.gather(asyncio.sleep(AWAY_S), stage.load.all_charge())
        await cluster.start(CLICKHOUSE)
