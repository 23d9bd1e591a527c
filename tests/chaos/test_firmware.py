"""A firmware campaign, and the processes that it goes through are killed."""

import pytest

from tests.chaos.campaign import AT_ONCE, campaigning
from tests.chaos.cluster import Cluster
from tests.chaos.stage import under_load

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="package"), pytest.mark.long]

Names = tuple[str, ...]
KILLED: list[list[Names]] = [
    [("gw-0",), ("gw-1",), ("gw-0", "gw-1")],
    [("commands",)] * 2,
    [("firmware",)] * 3,
    [("gw-0", "commands", "firmware")] * 2,
]
"""Who is killed together, one after the other while the campaign goes on. The short form kills all at once, among poison."""


@pytest.mark.parametrize("killed", KILLED, ids=lambda killed: ",".join("+".join(names) for names in killed))
async def test_a_campaign_tells_every_station_once_whoever_is_killed(cluster: Cluster, killed: list[Names]) -> None:
    async with under_load(cluster) as stage, campaigning(stage) as campaign:
        for names in killed:
            await campaign.goes_on(AT_ONCE)
            await cluster.kill(*names)
            await cluster.start(*names)
            stage.tell(f"{'+'.join(names)} killed and started again")
