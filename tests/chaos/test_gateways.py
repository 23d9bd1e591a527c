"""Gateways that are killed."""

import asyncio

import pytest

from tests.chaos.cluster import GATEWAYS, Cluster
from tests.chaos.stage import under_load
from tests.integration.product import eventually
from tests.integration.stations import connected

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="package")]


@pytest.mark.long
@pytest.mark.parametrize("gateway", GATEWAYS)
async def test_a_gateway_is_killed_and_comes_back(cluster: Cluster, gateway: str) -> None:
    async with under_load(cluster) as stage:
        cluster.balancer.in_service.discard(gateway)
        await cluster.kill(gateway)
        await stage.load.more(len(stage.load.names))

        await cluster.start(gateway)
        cluster.balancer.in_service.add(gateway)


@pytest.mark.long
async def test_all_gateways_are_killed_at_once(cluster: Cluster) -> None:
    async with under_load(cluster):
        await cluster.kill(*GATEWAYS)
        await cluster.start(*GATEWAYS)


async def test_a_station_that_a_killed_gateway_held_is_told_gone_when_that_comes_back(cluster: Cluster) -> None:
    """One that stays away is not connected, and one that went elsewhere is."""
    here, there = (f"ws://127.0.0.1:{cluster.gateway_ports[name]}/ocpp" for name in GATEWAYS)
    ask = {"command": "Reset", "arguments": {}, "ttl_s": 60, "wait_s": 15}
    async with under_load(cluster) as stage, cluster.api() as api:

        async def is_connected(name: str, wanted: bool) -> bool:
            answer = await api.get(f"/stations/{name}")
            return answer.is_success and bool(answer.json()["connected"]) is wanted

        async with connected("1.6", "AWAY", here) as away, connected("2.0.1", "MOVED", here) as moved:
            await asyncio.gather(away.boot(), moved.boot())
            await eventually(lambda: is_connected("AWAY", True))
            cluster.balancer.in_service.discard("gw-0")
            await cluster.kill("gw-0")
        waiting = await api.post("/stations/AWAY/commands", json={**ask, "wait_s": 0})  # it goes to where nobody is
        async with connected("2.0.1", "MOVED", there) as moved:
            await moved.boot()
            await stage.load.more(len(stage.load.names))
            await cluster.start("gw-0")
            cluster.balancer.in_service.add("gw-0")

            await eventually(lambda: is_connected("AWAY", False))
            failed = await api.post("/stations/AWAY/commands", json={**ask, "when_offline": "fail"})
            taken = await api.post("/stations/MOVED/commands", json=ask)
            assert (failed.json()["outcome"], taken.json()["outcome"]) == ("disconnected", "accepted")
            assert await is_connected("MOVED", True)

            async def outcome() -> str:
                answer = await api.get(f"/commands/{waiting.json()['command_id']}")
                told = str(answer.json()["outcome"])
                return "" if told == "pending" else told

            assert await eventually(outcome, within_s=30) == "disconnected"
