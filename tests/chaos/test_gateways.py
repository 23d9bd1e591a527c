"""Gateways that are killed, frozen, rolled, and a station that stands on two of them."""

import asyncio

import pytest

from tests.chaos.cluster import GATEWAYS, Cluster
from tests.chaos.stage import LONG, under_load

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="session")]

FROZEN_S = 30 if LONG else 8


@pytest.mark.parametrize("gateway", GATEWAYS if LONG else GATEWAYS[:1])
async def test_a_gateway_is_killed_and_comes_back(cluster: Cluster, gateway: str) -> None:
    async with under_load(cluster) as stage:
        cluster.balancer.in_service.discard(gateway)
        await cluster.kill(gateway)
        await stage.load.more(len(stage.load.names))

        await cluster.start(gateway)
        cluster.balancer.in_service.add(gateway)


async def test_all_gateways_are_killed_at_once(cluster: Cluster) -> None:
    async with under_load(cluster):
        await cluster.kill(*GATEWAYS)
        await cluster.start(*GATEWAYS)


async def test_gateways_are_rolled(cluster: Cluster) -> None:
    async with under_load(cluster) as stage:
        for gateway in GATEWAYS:
            cluster.balancer.in_service.discard(gateway)
            assert await cluster.stop(gateway) == {gateway: 0}
            await cluster.start(gateway)
            cluster.balancer.in_service.add(gateway)

        assert stage.load.connected == len(stage.load.names)


async def test_a_frozen_gateway_wakes_after_its_stations_have_moved(cluster: Cluster) -> None:
    async with under_load(cluster) as stage:
        cluster.freeze("gw-0")
        cluster.balancer.lose("gw-0")
        await stage.load.more(len(stage.load.names))
        await asyncio.sleep(FROZEN_S)

        cluster.wake("gw-0")
        await cluster.is_ready("gw-0")
        await asyncio.sleep(1)
        cluster.balancer.mend()
        cluster.balancer.in_service.add("gw-0")
