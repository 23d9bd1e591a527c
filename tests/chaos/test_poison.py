"""Bytes that nobody can read, on every topic: each is dead-lettered, and nothing behind it waits."""

import pytest

from schemas.authorization import AUTHORIZATIONS
from schemas.billing import CDRS
from schemas.campaigns import FIRMWARE_CAMPAIGNS
from schemas.commands import COMMANDS, DELIVERIES, LOCATIONS, OUTCOMES
from schemas.firmware import FIRMWARE, FIRMWARE_ORDERS, FIRMWARE_UPDATES
from schemas.stations import STATION_STATES, STATIONS
from schemas.topics import CATALOGUE
from schemas.transactions import METER_VALUES, SESSIONS, TRANSACTIONS
from tests.chaos.campaign import campaigning
from tests.chaos.cluster import DECIDERS, GATEWAYS, PROJECTION, Cluster
from tests.chaos.stage import under_load

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="package")]

NOT_FOR_POISON = ("csms.state.",)
"""A changelog is written by one service only, and one that cannot be read is a bug that must stop it; see the runtime."""
FOR_EACH_TOPIC = 3
"""So many of them go to each topic; all go where services decide."""
HUGE = (b"POISON", b'{"x":"' + b"y" * 900_000 + b'"}')
"""Goes only where services decide: that a record is long is no matter of its topic."""

POISON: tuple[tuple[bytes | None, bytes | None], ...] = (
    (b"POISON", b"{"),
    (b"POISON", b"\xff\x00\xfe"),
    (b"POISON", b'{"record":"never-heard-of"}'),
    (b"POISON", b"null"),
    (b"POISON", b""),
    (b"POISON", None),
    (b"", b"[]"),
    (None, b'{"record":"station-connected"}'),
    (b"\xff\xfe", b'{"record":1}'),
)

DECIDED_FROM = {
    "stations": (STATIONS,),
    "authorization": (AUTHORIZATIONS,),
    "transactions": (TRANSACTIONS,),
    "commands": (COMMANDS, DELIVERIES, LOCATIONS),
    "billing": (SESSIONS, METER_VALUES, CDRS),
    "firmware": (FIRMWARE, FIRMWARE_ORDERS, OUTCOMES, SESSIONS, STATION_STATES),
    "firmware-campaigns": (FIRMWARE_CAMPAIGNS, FIRMWARE_UPDATES),
    "metering": (SESSIONS, STATIONS),
}


async def test_poison_on_every_topic_stops_nobody(cluster: Cluster) -> None:
    """Neither sessions nor a firmware campaign, not even when everybody dies among it."""
    async with under_load(cluster) as stage:
        topics = [name for name in await stage.bus.topics() if not name.startswith(NOT_FOR_POISON)]
        compacted = {topic.name for topic in CATALOGUE if topic.compacted}  # Kafka itself wants a key there
        decided = {topic.name for topics in DECIDED_FROM.values() for topic in topics}
        stage.poison = {value or b"" for _, value in (*POISON, HUGE)}
        await stage.bus.send(
            [
                (topic, key, value)
                for topic in topics
                for key, value in ((*POISON, HUGE) if topic in decided else POISON[:FOR_EACH_TOPIC])
                if key is not None or topic not in compacted
            ]
        )
        stage.tell("poison is on every topic")
        await stage.load.all_charge()
        stage.tell("every station charges")

        async with campaigning(stage) as campaign:
            await campaign.goes_on(1)
            names = (*GATEWAYS, *DECIDERS, PROJECTION)  # and whoever starts over it stands up
            await cluster.kill(*names)
            await cluster.start(*names)
            stage.tell("everybody killed and started again")

    told = {(letter.topic, letter.service) for letter in await stage.dead_letters()}
    assert {(topic.name, name) for name, topics in DECIDED_FROM.items() for topic in topics} <= told
