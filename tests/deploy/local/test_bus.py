"""The embedded bus: topics have the partitions that they were created with."""

import pytest
from aiokafka import AIOKafkaProducer

from deploy.local.bus import EmbeddedBus


async def test_a_topic_has_the_partitions_it_was_created_with_and_any_other_has_four() -> None:
    with EmbeddedBus() as bus:
        bus.create("narrow", partitions=1)
        async with AIOKafkaProducer(bootstrap_servers=bus.bootstrap) as producer:
            found = {topic: len(await producer.partitions_for(topic)) for topic in ("narrow", "usual")}

    assert found == {"narrow": 1, "usual": 4}


def test_a_topic_that_is_there_cannot_be_created_again() -> None:
    with EmbeddedBus() as bus:
        bus.create("narrow", partitions=1)

        with pytest.raises(RuntimeError, match="cannot create narrow"):
            bus.create("narrow", partitions=2)
