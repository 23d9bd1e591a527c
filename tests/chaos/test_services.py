"""Services that are killed, frozen, restarted, and that come and go while others work."""

import asyncio

import pytest

from tests.chaos.cluster import DECIDERS, GATEWAYS, LONG, PROJECTION, Cluster
from tests.chaos.stage import under_load

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="package")]

SESSION_TIMEOUT_S = 10
STALL_S = 3.5 * SESSION_TIMEOUT_S
"""A dead worker's partitions go to another once its place has timed out; the rest is joining, reading states, two sessions."""
FROZEN_S = 40 if LONG else 14

Names = tuple[str, ...]
OF_TWO: list[tuple[Names, Names]] = [(("commands", "billing"), ("transactions",))]
"""Which are killed and which are frozen, of services that have two workers."""
if LONG:
    OF_TWO = [*(((name,), ()) for name in DECIDERS), ((), ("transactions", "commands"))]


def named(names: Names) -> str:
    return "+".join(names) or "none"


@pytest.mark.long  # the short form kills all at once, with poison on their topics
@pytest.mark.parametrize("name", DECIDERS)
async def test_the_only_worker_of_a_service_is_killed_and_started_again(cluster: Cluster, name: str) -> None:
    async with under_load(cluster):
        await cluster.kill(name)
        await cluster.start(name)


@pytest.mark.parametrize(("killed", "frozen"), OF_TWO, ids=named)
async def test_one_of_two_workers_is_killed_or_frozen_while_they_come_and_go(
    cluster: Cluster, killed: Names, frozen: Names
) -> None:
    others = tuple(f"{name}-2" for name in (*killed, *frozen))
    async with under_load(cluster) as stage:
        await cluster.start(*others)
        await stage.load.more(len(stage.load.names))

        stage.tell(f"{named(killed)} killed, {named(frozen)} frozen")
        stage.load.rest()
        for name in frozen:
            cluster.freeze(name)
        await cluster.kill(*killed)
        await asyncio.gather(asyncio.sleep(FROZEN_S if frozen else 0), stage.load.all_charge(within_s=STALL_S))
        stage.tell("others have taken their place")

        for name in frozen:
            cluster.wake(name)  # it believes that it still has the records it held
        await asyncio.gather(cluster.start(*killed), *(cluster.is_ready(name) for name in frozen))
        await stage.load.more(len(stage.load.names))
        assert set((await cluster.stop(*others)).values()) == {0}


async def test_gateways_are_rolled_and_services_restarted_in_good_order(cluster: Cluster) -> None:
    async with under_load(cluster) as stage:
        for gateway in GATEWAYS:
            cluster.balancer.in_service.discard(gateway)
            assert await cluster.stop(gateway) == {gateway: 0}
            await cluster.start(gateway)
            cluster.balancer.in_service.add(gateway)
        await stage.load.more(len(stage.load.names))
        stage.tell("gateways are rolled")

        names = (*DECIDERS, PROJECTION)
        assert set((await cluster.stop(*names)).values()) == {0}
        took_s = await cluster.start(*names)
        stage.tell(f"services are ready again after {took_s:.1f} s")
        await stage.load.more(len(stage.load.names))
