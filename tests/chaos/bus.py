"""Bus: what is on Kafka, read as anybody may read it: records since a moment, and how far each group has come."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from tests import groups

LAG_WITHIN_S = 60


class Bus:
    """The test's own client: one consumer without a group, opened anew where Kafka was away."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap

    async def topics(self) -> list[str]:
        """The product's topics that exist."""
        async with _Consumer(self.bootstrap) as consumer:
            return sorted(name for name in await consumer.topics() if name.startswith("csms."))

    async def ends(self, topics: Sequence[str]) -> dict[TopicPartition, int]:
        """Where each partition ends now."""
        async with _Consumer(self.bootstrap) as consumer:
            found: dict[TopicPartition, int] = await consumer.end_offsets(await _partitions(consumer, topics))
            return found

    async def since(self, marks: dict[TopicPartition, int], topics: Sequence[str]) -> list[Any]:
        """The records of some topics from their marks to where they end now; in order within a partition."""
        starts = {tp: offset for tp, offset in marks.items() if tp.topic in topics}
        async with _Consumer(self.bootstrap) as consumer:
            consumer.assign(list(starts))
            for tp, offset in starts.items():
                consumer.seek(tp, offset)
            ends = await consumer.end_offsets(list(starts))
            found: list[Any] = []
            while any([await consumer.position(tp) < end for tp, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    found.extend(record for record in records)
            return found

    async def send(self, messages: Sequence[tuple[str, bytes | None, bytes | None]]) -> None:
        """Put raw messages on topics."""
        producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap)
        await producer.start()
        try:
            for topic, key, value in messages:
                await producer.send_and_wait(topic, value=value, key=key)
        finally:
            await producer.stop()

    async def lag(self) -> dict[str, int]:
        """How many records each group of the product still has before it, by its committed offsets; only those behind."""
        committed = await groups.committed(self.bootstrap, await groups.groups(self.bootstrap))
        partitions = {tp for offsets in committed.values() for tp in offsets}
        async with _Consumer(self.bootstrap) as consumer:
            await consumer._client.set_topics({tp.topic for tp in partitions})
            ends = await consumer.end_offsets(list(partitions))
        behind = {
            f"{group} {tp.topic}/{tp.partition}": ends[tp] - offset
            for group, offsets in committed.items()
            for tp, offset in offsets.items()
            if not tp.topic.startswith("csms.state.")
        }
        return {where: records for where, records in behind.items() if records > 0}

    async def members(self) -> dict[str, set[str]]:
        """The ids under which each group of the product knows its members now."""
        return await groups.members(self.bootstrap, await groups.groups(self.bootstrap))

    async def caught_up(self, *, within_s: float = LAG_WITHIN_S) -> dict[str, int]:
        """Wait until every group has read everything; who has not in time, and by how much."""
        deadline = asyncio.get_running_loop().time() + within_s
        while True:
            try:
                behind = await self.lag()
            except KafkaError as error:
                behind = {repr(error): -1}
            if not behind or asyncio.get_running_loop().time() > deadline:
                return behind
            await asyncio.sleep(0.3)


class _Consumer:
    def __init__(self, bootstrap: str) -> None:
        self._consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)

    async def __aenter__(self) -> Any:
        await self._consumer.start()
        await asyncio.sleep(0)  # its tasks begin: stop() stumbles over one that never has
        return self._consumer

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()


async def _partitions(consumer: Any, topics: Sequence[str]) -> list[TopicPartition]:
    await consumer._client.set_topics(topics)  # in one go: the consumer itself would ask for one after the other
    cluster = await consumer._client.fetch_all_metadata()
    return [TopicPartition(topic, number) for topic in topics for number in cluster.partitions_for_topic(topic)]
