"""Stations that stand in two places at once, and clocks that are wrong: theirs, and a gateway's."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.chaos.cluster import GATEWAYS, LONG, Cluster
from tests.chaos.stage import under_load, whole
from tests.integration.product import eventually
from tests.integration.stations import connected

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="package")]

NAME = "TWICE"
TURNS = 4
IN_1970_S = -56 * 365 * 86_400.0
CLOCKS = [pytest.param(86_400.0, id="a day ahead"), pytest.param(IN_1970_S, id="1970")]


FROZEN_S = 30 if LONG else 8
AHEAD_S = 300
"""For as long, epochs do not follow the clocks after that stage: it is the last."""


@contextlib.asynccontextmanager
async def clock_ahead(cluster: Cluster, gateway: str, seconds: float) -> AsyncIterator[None]:
    """One of the gateways has a wrong clock for a while."""
    if not seconds:
        yield
        return
    await whole(cluster)
    cluster.ahead_s[gateway] = seconds
    await cluster.kill(gateway)
    await cluster.start(gateway)
    try:
        yield
    finally:
        del cluster.ahead_s[gateway]
        await cluster.stop(gateway)  # the next stage starts it again


async def reset(api: httpx.AsyncClient) -> str:
    body = {"command": "Reset", "arguments": {"type": "OnIdle"}, "ttl_s": 20, "wait_s": 15, "timeout_s": 10}

    async def outcome() -> str:
        answer = await api.post(f"/stations/{NAME}/commands", json=body)
        return "" if answer.status_code == 404 else str(answer.json()["outcome"])  # the API hears of a new station soon

    return str(await eventually(outcome))


async def test_a_station_connects_to_both_gateways_and_the_newest_connection_is_the_one(cluster: Cluster) -> None:
    """Among stations whose clocks stand in 1970."""
    async with under_load(cluster, ahead_s=IN_1970_S), cluster.api() as api:
        for turn in range(TURNS):
            first, second = (f"ws://127.0.0.1:{cluster.gateway_ports[GATEWAYS[(turn + n) % 2]]}/ocpp" for n in (0, 1))
            async with connected("1.6", NAME, first) as old:
                await old.boot()
                assert await reset(api) == "accepted"
                async with connected("1.6", NAME, second) as new:
                    await new.boot()
                    assert await reset(api) == "accepted"
                    assert (len(old.heard), len(new.heard)) == (1, 1)
                    await asyncio.wait_for(old._connection.wait_closed(), 10)  # the older one is sent away

                    async def stays() -> bool:
                        return bool((await api.get(f"/stations/{NAME}")).json()["connected"])

                    assert await eventually(stays)

        for _ in range(TURNS):  # and in the same moment
            urls = [f"ws://127.0.0.1:{port}/ocpp" for port in cluster.gateway_ports.values()]
            async with connected("1.6", NAME, urls[0]) as one, connected("1.6", NAME, urls[1]) as other:
                booting = {asyncio.create_task(each.boot()): each for each in (one, other)}
                closed = {asyncio.create_task(each._connection.wait_closed()): each for each in (one, other)}
                done, _ = await asyncio.wait(closed, timeout=15, return_when=asyncio.FIRST_COMPLETED)
                assert len(done) == 1
                gone = closed[done.pop()]
                its_boot = next(boot for boot, station in booting.items() if station is not gone)
                assert await asyncio.wait_for(its_boot, 15) == "Accepted"
                assert await reset(api) == "accepted"
                for task in (*booting, *closed):
                    task.cancel()
                await asyncio.gather(*booting, *closed, return_exceptions=True)


@pytest.mark.long  # the short form has wrong clocks above
@pytest.mark.parametrize("ahead_s", CLOCKS)
async def test_stations_whose_clocks_are_wrong_lose_nothing(cluster: Cluster, ahead_s: float) -> None:
    async with under_load(cluster, ahead_s=ahead_s) as stage:
        await stage.load.more(2 * len(stage.load.names))


@pytest.mark.parametrize("ahead_s", [pytest.param(0, marks=pytest.mark.long), AHEAD_S], ids=["right", "ahead"])
async def test_a_frozen_gateway_wakes_after_its_stations_have_moved(cluster: Cluster, ahead_s: float) -> None:
    """With a clock that is ahead, what it gave its stations looks newer than where they are now."""
    async with clock_ahead(cluster, "gw-0", ahead_s), under_load(cluster) as stage:
        cluster.freeze("gw-0")
        cluster.balancer.lose("gw-0")
        await stage.load.more(len(stage.load.names))
        await asyncio.sleep(FROZEN_S)

        cluster.wake("gw-0")
        await cluster.is_ready("gw-0")
        await asyncio.sleep(1)
        cluster.balancer.mend()
        cluster.balancer.in_service.add("gw-0")
