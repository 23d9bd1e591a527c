"""Fetching: one record of Kafka by its place, for a delivery that is to be repeated."""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.kafkaclients import kafka_options
from schemas.webhooks import Source
from services.runtime.bus.consumer import FETCH_WAIT_MS
from services.runtime.process.settings import Settings
from services.webhooks.kinds import TOPICS

WITHIN_S = 10.0
NAMES = frozenset(topic.name for topic in TOPICS)


async def fetched(source: Source, settings: Settings) -> bytes | None:
    """The bytes of the record at this place; None where Kafka has it no longer. Raises KafkaError, TimeoutError, OSError."""
    if source.topic not in NAMES:
        return None
    partition = TopicPartition(source.topic, source.partition)
    consumer = AIOKafkaConsumer(
        **kafka_options(settings),
        client_id="voltbus-webhooks-repeat",
        enable_auto_commit=False,
        fetch_max_wait_ms=FETCH_WAIT_MS[settings.bus],
    )
    async with asyncio.timeout(WITHIN_S):
        await consumer.start()
    try:
        async with asyncio.timeout(WITHIN_S):
            return await _at(consumer, partition, source.offset)
    finally:
        await consumer.stop()


async def _at(consumer: AIOKafkaConsumer, partition: TopicPartition, offset: int) -> bytes | None:
    consumer.assign([partition])
    starts, ends = await consumer.beginning_offsets([partition]), await consumer.end_offsets([partition])
    if not starts[partition] <= offset < ends[partition]:
        return None
    consumer.seek(partition, offset)
    record = await consumer.getone(partition)
    value: bytes | None = record.value
    return value if record.offset == offset else None  # compacted: a newer record stands in its place
