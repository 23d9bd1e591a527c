"""Kafka as the gateway uses it: opens its clients, and says what their errors mean."""

import asyncio
import logging
import time
from collections.abc import Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import (
    InvalidMessageError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    UnknownTopicOrPartitionError,
)

from gateway import metrics
from gateway.settings import Settings
from schemas.base import Record
from schemas.codec import Decoder, UnknownRecord
from schemas.kafkaaccess import describe_access
from schemas.kafkaclients import kafka_options
from schemas.kafkapacing import pace

log = logging.getLogger(__name__)

NEVER_STORED = (MessageSizeTooLargeError, RecordListTooLargeError, InvalidMessageError)
"""Permanent errors: the same record would fail again."""

RETRY_S = 0.5
"""Time between attempts to open a client."""
IDLE_FETCH_MS = 500
EMBEDDED_FETCH_MS = 1
"""The embedded bus waits for the full time of a fetch, even when data arrives meanwhile."""


class Unreachable(Exception):
    """Kafka cannot be used; the message says where and why."""


class Kafka:
    """Opens clients for one cluster."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._access = kafka_options(settings)

    async def producer(self) -> Any:
        """Open an idempotent producer. Raises Unreachable."""
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
            raise Unreachable(f"{describe_access(self._settings)} cannot be reached: {error}") from error
        return producer

    async def consumer(self) -> Any:
        """Open a consumer without a group. Raises Unreachable."""
        embedded = self._settings.bus == "embedded"
        consumer = AIOKafkaConsumer(
            **self._access,
            auto_offset_reset="latest",
            enable_auto_commit=False,
            fetch_max_wait_ms=EMBEDDED_FETCH_MS if embedded else IDLE_FETCH_MS,
            metadata_max_age_ms=30_000,
        )
        pace(consumer, self._settings.bus)
        try:
            await consumer.start()
        except KafkaError as error:
            await consumer.stop()
            raise Unreachable(f"{describe_access(self._settings)} cannot be reached: {error}") from error
        return consumer

    async def wait_for_producer(self) -> Any:
        """Open a producer, waiting for Kafka up to `kafka_start_timeout_s`. Raises Unreachable."""
        within_s = self._settings.kafka_start_timeout_s
        give_up = time.monotonic() + within_s
        warned = False
        while True:
            try:
                return await self.producer()
            except Unreachable as error:
                if time.monotonic() >= give_up:
                    raise
                if not warned:
                    log.warning("%s; trying again for %.0f s", error, within_s)
                    warned = True
                await asyncio.sleep(RETRY_S)


async def partition_counts(producer: Any, topics: Iterable[str]) -> dict[str, int]:
    """The partition count of each topic. Raises Unreachable for a topic that does not exist."""
    counts: dict[str, int] = {}
    for topic in topics:
        try:
            counts[topic] = len(await asyncio.wait_for(producer.partitions_for(topic), 10))
        except (UnknownTopicOrPartitionError, TimeoutError) as error:
            raise Unreachable(
                f"The topic {topic} does not exist: create the topics with `python -m services topics`"
            ) from error
    return counts


def decode_or_skip(decoder: Decoder, topic: str, value: bytes | None) -> Record | None:
    """Decode a record. One that cannot be decoded is counted and logged, and None is returned."""
    try:
        return decoder.decode(value or b"")
    except UnknownRecord as error:
        metrics.POISON.labels(topic).inc()
        log.error("A record of %s cannot be read: %s", topic, error)  # noqa: TRY400 the message says enough
        return None
