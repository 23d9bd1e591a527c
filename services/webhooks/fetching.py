"""Fetching: single records of Kafka by their places, for deliveries that are to be repeated."""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.kafkaclients import kafka_options
from schemas.webhooks import Source
from services.runtime.bus.consumer import FETCH_WAIT_MS
from services.runtime.process.settings import Settings
from services.webhooks.kinds import TOPICS

WITHIN_S = 10.0
NAMES = frozenset(topic.name for topic in TOPICS)


class Fetcher:
    """A connection to Kafka for single records, made when the first one is asked for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._consumer: AIOKafkaConsumer | None = None

    async def fetch(self, source: Source) -> bytes | None:
        """The bytes of the record at this place; None where Kafka has it no longer. Raises KafkaError, TimeoutError, OSError."""
        if source.topic not in NAMES:
            return None
        async with asyncio.timeout(WITHIN_S):
            consumer = self._consumer or await self._connect()
            return await _at(consumer, TopicPartition(source.topic, source.partition), source.offset)

    async def _connect(self) -> AIOKafkaConsumer:
        self._consumer = AIOKafkaConsumer(
            **kafka_options(self._settings),
            client_id="voltbus-webhooks-repeat",
            enable_auto_commit=False,
            fetch_max_wait_ms=FETCH_WAIT_MS[self._settings.bus],
        )
        await self._consumer.start()
        return self._consumer

    async def close(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            await self._consumer.stop()
            self._consumer = None


async def _at(consumer: AIOKafkaConsumer, partition: TopicPartition, offset: int) -> bytes | None:
    consumer.assign([partition])
    starts, ends = await consumer.beginning_offsets([partition]), await consumer.end_offsets([partition])
    if not starts[partition] <= offset < ends[partition]:
        return None
    consumer.seek(partition, offset)
    record = await consumer.getone(partition)
    value: bytes | None = record.value
    return value if record.offset == offset else None  # compacted: a newer record stands in its place
