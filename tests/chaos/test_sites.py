"""Sites whose services and gateways are killed: no line of any grid connection is above its limit for longer than it may be.

By the ledger of what the simulated stations and buildings drew (`loadtest.proof.currents`). Cars come and go all the time.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from loadtest.run.simulatedsites import SimulatedSites
from tests.chaos.cluster import KEY, LONG, Cluster
from tests.chaos.stage import whole
from tests.integration.livingsites import excesses, filled, living, within
from tests.integration.product import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="package")]

SITES = 20 if LONG else 6
STAY_S = 60
AWAY_S = 30 if LONG else 8


@contextlib.asynccontextmanager
async def kept(cluster: Cluster) -> AsyncIterator[SimulatedSites]:
    """Sites that are full; judged when all is over, and the buildings have jumped once more."""
    await whole(cluster)
    async with living(cluster.url, cluster.api_url, KEY, sites=SITES, stay_s=STAY_S) as sites:
        await filled(sites)
        settled = time.time()
        yield sites
        await filled(sites)
        assert excesses(sites, settled) == []
        await sites.jump(0.4)
        await eventually(lambda: within(sites), within_s=120)
        assert not cluster.ended(), cluster.ended()


@pytest.mark.parametrize("killed", ["energy", "sitesensing", "gw-0"])
async def test_a_worker_or_a_gateway_is_killed_and_comes_back(cluster: Cluster, killed: str) -> None:
    async with kept(cluster):
        cluster.balancer.in_service.discard(killed)
        await cluster.kill(killed)
        await asyncio.sleep(AWAY_S)
        await cluster.start(killed)
        if killed.startswith("gw"):
            cluster.balancer.in_service.add(killed)
        await asyncio.sleep(AWAY_S)


async def test_workers_come_and_go_and_one_is_killed(cluster: Cluster) -> None:
    async with kept(cluster):
        await cluster.start("energy-2", "sitesensing-2")
        await asyncio.sleep(AWAY_S)
        await cluster.kill("energy", "sitesensing")
        await asyncio.sleep(AWAY_S)
        await cluster.start("energy", "sitesensing")
        assert set((await cluster.stop("energy-2", "sitesensing-2")).values()) == {0}
        await asyncio.sleep(AWAY_S)
