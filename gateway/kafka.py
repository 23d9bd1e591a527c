"""Kafka as the gateway uses it: how clients are opened, and what their errors mean. The only module that names aiokafka's classes."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    InvalidMessageError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    UnknownTopicOrPartitionError,
)
from aiokafka.partitioner import murmur2

from gateway import metrics
from gateway.settings import Settings
from schemas.base import Record
from schemas.codec import Decoder, UnknownRecord
from schemas.kafkaaccess import described
from schemas.kafkaclients import kafka_options

log = logging.getLogger(__name__)

NEVER_STORED = (MessageSizeTooLargeError, RecordListTooLargeError, InvalidMessageError)
"""Errors that the same record meets again, however often it is sent."""

RETRY_S = 0.5
IDLE_FETCH_MS = 500
EMBEDDED_FETCH_MS = 10
"""The embedded bus waits out the whole fetch, even when data arrives meanwhile."""


class Unreachable(Exception):
    """Kafka cannot be used; the message says where and why."""


def key_hash(key: bytes) -> int:
    """What decides the partition of a key (modulo their count), the same as in every other Kafka client."""
    return int(murmur2(key)) & 0x7FFFFFFF


class Kafka:
    """Opens clients for one cluster."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._access = kafka_options(settings)

    async def producer(self) -> Any:
        """An idempotent producer, started. Raises Unreachable."""
        producer = AIOKafkaProducer(
            **self._access,
            enable_idempotence=True,
            acks="all",
            linger_ms=0,  # the uplink gathers batches itself
            max_batch_size=self._settings.batch_bytes,
            max_request_size=16 * self._settings.max_record_bytes,
            request_timeout_ms=30_000,
            metadata_max_age_ms=30_000,
        )
        try:
            await producer.start()
        except KafkaError as error:
            await producer.stop()
            raise Unreachable(f"{described(self._settings)} cannot be reached: {error}") from error
        return producer

    async def consumer(self) -> Any:
        """A consumer without a group, started. Raises Unreachable."""
        embedded = self._settings.bus == "embedded"
        consumer = AIOKafkaConsumer(
            **self._access,
            auto_offset_reset="latest",
            enable_auto_commit=False,
            fetch_max_wait_ms=EMBEDDED_FETCH_MS if embedded else IDLE_FETCH_MS,
            metadata_max_age_ms=30_000,
        )
        try:
            await consumer.start()
        except KafkaError as error:
            await consumer.stop()
            raise Unreachable(f"{described(self._settings)} cannot be reached: {error}") from error
        return consumer

    async def started_producer(self) -> Any:
        """A producer, waiting for Kafka as long as the settings say. Raises Unreachable."""
        within_s = self._settings.kafka_start_timeout_s
        give_up = time.monotonic() + within_s
        told = False
        while True:
            try:
                return await self.producer()
            except Unreachable as error:
                if time.monotonic() >= give_up:
                    raise
                if not told:
                    log.warning("%s; trying again for %.0f s", error, within_s)
                    told = True
                await asyncio.sleep(RETRY_S)


async def partition_counts(producer: Any, topics: Iterable[str]) -> dict[str, int]:
    """How many partitions each topic has. Raises Unreachable for a topic that does not exist."""
    counts: dict[str, int] = {}
    for topic in topics:
        try:
            counts[topic] = len(await asyncio.wait_for(producer.partitions_for(topic), 10))
        except (UnknownTopicOrPartitionError, TimeoutError) as error:
            raise Unreachable(
                f"The topic {topic} does not exist: create the topics with `python -m services topics`"
            ) from error
    return counts


def assign(consumer: Any, topic: str, partitions: int) -> list[Any]:
    """Have a consumer without a group read all partitions of a topic."""
    parts = [TopicPartition(topic, partition) for partition in range(partitions)]
    consumer.assign(parts)
    return parts


async def read_to_end(consumer: Any, parts: list[Any]) -> AsyncIterator[Any]:
    """Every record from the beginning to where the end is now; the consumer then stands there."""
    await consumer.seek_to_beginning(*parts)
    ends = await consumer.end_offsets(parts)
    missing = {part for part in parts if ends[part] > await consumer.position(part)}
    while missing:
        for records in (await consumer.getmany(*missing, timeout_ms=200)).values():
            for record in records:
                yield record
        missing = {part for part in missing if ends[part] > await consumer.position(part)}


def readable(decoder: Decoder, topic: str, value: bytes | None) -> Record | None:
    """The record in a value; None, counted and told, for one that cannot be read: the flow goes on without it."""
    try:
        return decoder.decode(value or b"")
    except UnknownRecord as error:
        metrics.POISON.labels(topic).inc()
        log.error("A record of %s cannot be read: %s", topic, error)  # noqa: TRY400 the sentence says it all
        return None


async def discard(producer: Any) -> None:
    """Let go of a producer that failed, without waiting for what it still holds: that is sent again by another."""
    # `stop` flushes first, which never ends where the broker refuses what is held.
    await producer._sender.close()
    producer._closed = True
    await producer.client.close()
