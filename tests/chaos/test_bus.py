"""Kafka stopped in good order, killed, and away for a while."""

import asyncio
import time

import pytest

from tests.chaos.cluster import DECIDERS, DECISION_S, GATEWAYS, LONG, PROJECTION, Cluster
from tests.chaos.stage import under_load

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="package")]

AWAY_S = 30 if LONG else 6
UNKEPT_S = 2 * DECISION_S + 2
"""More than twice the time that the gateway waits for a decision. Its fallback answer is allowed only for a fact that is stored."""


@pytest.mark.parametrize("kill", [True, pytest.param(False, marks=pytest.mark.long)], ids=["killed", "stopped"])
async def test_kafka_is_away_for_a_while(cluster: Cluster, kill: bool) -> None:
    """Everybody waits where it stands, and sessions go on with Kafka.

    A broker that needs longer than the session timeout from reading its groups to listening puts all of them out; they join anew.
    """
    async with under_load(cluster) as stage:
        members = await stage.bus.members()
        await asyncio.to_thread(cluster.kafka.stop, kill=kill)
        await asyncio.sleep(AWAY_S)
        await asyncio.to_thread(cluster.kafka.start)
        begun = time.monotonic()

        await stage.load.more(1)
        stage.tell(f"the first session is whole {time.monotonic() - begun:.1f} s after Kafka is back")
        await asyncio.gather(*(cluster.is_ready(name) for name in (*GATEWAYS, *DECIDERS, PROJECTION)))
        await stage.load.more(len(stage.load.names))
        kept = sum(members[group] == now for group, now in (await stage.bus.members()).items())
        stage.tell(f"{kept} of {len(members)} groups have kept their members")


async def test_a_gateway_and_its_services_start_before_kafka_does(cluster: Cluster) -> None:
    async with under_load(cluster):
        await asyncio.to_thread(cluster.kafka.stop, kill=True)
        await asyncio.sleep(UNKEPT_S)  # facts come in that cannot be kept: none of them may be answered
        names = ("gw-1", "transactions", "commands")
        await cluster.kill(*names)
        starting = asyncio.create_task(cluster.start(*names))
        await asyncio.sleep(3)
        await asyncio.to_thread(cluster.kafka.start)
        await starting
