"""Reading Kafka without a consumer group: all partitions of some topics, up to their present end. A shell.

Used for the reference data of gateway and services, the API's live feed, and replays.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

POLL_MS = 200


async def partitions_of(consumer: AIOKafkaConsumer, topics: Iterable[str]) -> list[TopicPartition]:
    """All partitions of these topics. Raises KafkaError, after some time, for a topic that does not exist."""
    return [
        TopicPartition(topic, number)
        for topic in topics
        for number in sorted(await consumer._client._wait_on_metadata(topic))
    ]


async def assign_from_start(consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
    """Assign partitions from their first record; returns the present end offsets of those that have records."""
    consumer.assign(partitions)
    await consumer.seek_to_beginning(*partitions)
    starts = await consumer.beginning_offsets(partitions)
    ends = await consumer.end_offsets(partitions)
    return {partition: end for partition, end in ends.items() if end > starts[partition]}


async def read_up_to(consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> AsyncIterator[Any]:
    """Yield records from the consumer's position until each partition has reached its offset in `ends`.

    Records beyond that in the last fetch are yielded too, because the position is past them.
    """
    missing = {partition for partition, end in ends.items() if await consumer.position(partition) < end}
    while missing:
        for records in (await consumer.getmany(*missing, timeout_ms=POLL_MS)).values():
            for record in records:
                yield record
        missing = {partition for partition in missing if await consumer.position(partition) < ends[partition]}
