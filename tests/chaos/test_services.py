"""Services that are killed, frozen, restarted, and that come and go while others work."""

import asyncio
import time

import pytest

from tests.chaos.cluster import DECIDERS, LONG, PROJECTION, Cluster
from tests.chaos.stage import under_load

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="session")]

SESSION_TIMEOUT_S = 10
STALL_S = 2.5 * SESSION_TIMEOUT_S
"""A dead worker's partitions go to another once its place has timed out; the rest is joining and reading states."""
FROZEN_S = 40 if LONG else 14
TOGETHER = [DECIDERS] if not LONG else [(name,) for name in DECIDERS]
"""In the short form all deciders fall at once."""


def seconds(names: tuple[str, ...]) -> str:
    return "+".join(names)


@pytest.mark.parametrize("names", TOGETHER, ids=seconds)
async def test_the_only_worker_of_a_service_is_killed_and_started_again(
    cluster: Cluster, names: tuple[str, ...]
) -> None:
    async with under_load(cluster):
        await cluster.kill(*names)
        await cluster.start(*names)


@pytest.mark.parametrize("names", TOGETHER, ids=seconds)
async def test_one_of_two_workers_is_killed_while_they_come_and_go(cluster: Cluster, names: tuple[str, ...]) -> None:
    others = tuple(f"{name}-2" for name in names)
    async with under_load(cluster) as stage:
        await cluster.start(*others)
        await stage.load.more(len(stage.load.names))

        stage.load.rest()
        begun = time.monotonic()
        await cluster.kill(*names)
        await stage.load.all_charge(within_s=STALL_S + SESSION_TIMEOUT_S)
        assert time.monotonic() - begun < STALL_S + SESSION_TIMEOUT_S

        await cluster.start(*names)
        await stage.load.more(len(stage.load.names))
        assert set((await cluster.stop(*others)).values()) == {0}


async def test_all_services_are_restarted_in_good_order(cluster: Cluster) -> None:
    async with under_load(cluster) as stage:
        names = (*DECIDERS, PROJECTION)
        assert set((await cluster.stop(*names)).values()) == {0}
        took_s = await cluster.start(*names)
        print(f"ready again after {took_s:.1f} s")
        await stage.load.more(len(stage.load.names))


async def test_a_frozen_worker_wakes_after_another_has_taken_its_place(cluster: Cluster) -> None:
    async with under_load(cluster) as stage:
        await cluster.start("transactions-2", "commands-2")
        await stage.load.more(len(stage.load.names))
        cluster.freeze("transactions")
        cluster.freeze("commands")
        await asyncio.gather(asyncio.sleep(FROZEN_S), stage.load.all_charge())
        cluster.wake("transactions")
        cluster.wake("commands")
        await asyncio.gather(cluster.is_ready("transactions"), cluster.is_ready("commands"))
        await stage.load.more(len(stage.load.names))
        assert set((await cluster.stop("transactions-2", "commands-2")).values()) == {0}
