"""Publisher: sends records to Kafka and returns when all replicas have acknowledged them.

Messages are batched by partition here and not by the producer, because one future for a batch costs a fraction of one for each
message.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError, UnknownTopicOrPartitionError

from schemas.base import Record
from schemas.codec import encode
from schemas.kafkaaccess import describe_access
from schemas.kafkaclients import discard, kafka_options, key_hash
from schemas.routing import route
from services.runtime.bus.outgoing import Outgoing
from services.runtime.process import metrics
from services.runtime.process.outage import Outage
from services.runtime.process.settings import Settings

IN_FLIGHT = 2_000
"""Records that are handed to the producer before their acknowledgements are awaited."""
LARGEST_MESSAGE_BYTES = 1_000_000
"""Brokers take 1 MiB with headers."""

TopicAndPartition = tuple[str, int]
"""A topic and a partition number."""


class Publisher:
    """An idempotent producer. Raises `Outage` when Kafka does not acknowledge the records in time."""

    def __init__(self, settings: Settings, *, name: str, timeout_s: float | None = None) -> None:
        self._settings = settings
        self._name = name
        self._timeout_s = timeout_s or settings.publish_timeout_s
        self._producer: AIOKafkaProducer | None = None
        self._connecting = asyncio.Lock()
        self._trouble = ""

    async def start(self) -> None:
        """Connect to Kafka. Raises Outage when it cannot be reached."""
        await self._connect()

    async def stop(self) -> None:
        """Flush and disconnect."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._timeout_s):
                    await producer.stop()

    async def publish(self, *records: Record) -> None:
        """Send records, routed by `schemas.routing.route`, and wait until all are acknowledged. Raises Outage: some may have arrived."""
        routed = [(route(record), encode(record)) for record in records]
        await self.send([Outgoing(to.topic, to.key, value, to.partition) for to, value in routed])
        for record in records:
            metrics.OUTPUTS.labels(self._name, record.__struct_config__.tag).inc()

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Send messages in order; return when all are acknowledged. Raises Outage: some may have arrived, none will arrive later."""
        for message in messages:
            if message.value is not None and len(message.value) > LARGEST_MESSAGE_BYTES:
                raise ValueError(f"a message for {message.topic} has {len(message.value)} bytes, more than Kafka takes")
        producer: AIOKafkaProducer | None = None
        try:
            async with asyncio.timeout(self._timeout_s):
                producer = await self._connect()
                for start in range(0, len(messages), IN_FLIGHT):
                    await asyncio.gather(*await _hand_to_producer(producer, messages[start : start + IN_FLIGHT]))
        except (KafkaError, OSError, TimeoutError) as error:
            raise await self._drop_producer(error, producer) from error
        except asyncio.CancelledError:
            await self._abort(producer)
            raise
        self._trouble = ""

    async def topics(self) -> set[str]:
        """The names of all topics. Raises Outage."""
        producer: AIOKafkaProducer | None = None
        try:
            async with asyncio.timeout(self._timeout_s):
                producer = await self._connect()
                return set((await producer.client.fetch_all_metadata()).topics(exclude_internal_topics=False))
        except (KafkaError, OSError, TimeoutError) as error:
            raise await self._drop_producer(error, producer) from error

    def not_ready(self) -> list[str]:
        """The reasons why nothing can be published now; empty when it can."""
        if self._trouble:
            return [self._trouble]
        return [] if self._producer is not None else [f"{self._name} has no connection to Kafka"]

    async def _connect(self) -> AIOKafkaProducer:
        async with self._connecting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    **kafka_options(self._settings),
                    client_id=f"voltbus-{self._name}",
                    acks="all",
                    enable_idempotence=True,
                    linger_ms=0,
                    max_batch_size=262_144,
                    request_timeout_ms=int(self._timeout_s * 1000),
                    metadata_max_age_ms=30_000,
                )
                try:
                    await producer.start()
                except (KafkaError, OSError) as error:
                    raise await self._drop_producer(error, None) from error
                finally:
                    if producer._sender.sender_task is None:
                        await discard(producer)
                self._producer = producer
            return self._producer

    async def _drop_producer(self, error: BaseException, producer: AIOKafkaProducer | None) -> Outage:
        metrics.OUTAGES.labels(self._name, "kafka").inc()
        trouble = self._trouble = f"{self._name} cannot publish to {describe_access(self._settings)}: {_words(error)}"
        await self._abort(producer)  # other sends on it fail too, and may set `_trouble` meanwhile
        return Outage(trouble, may_have_left=producer is not None)

    async def _abort(self, producer: AIOKafkaProducer | None) -> None:
        """Discard the producer with all it has queued: an idempotent one would retry for ever, perhaps after our membership has ended.

        Other sends that wait for it fail at once. Does nothing where it was replaced by another already.
        """
        current = self._producer is producer
        if producer is None or not current:
            return
        self._producer = None
        await discard(producer, KafkaConnectionError("given up with others on the same connection"))


async def _hand_to_producer(producer: AIOKafkaProducer, messages: Sequence[Outgoing]) -> list[asyncio.Future[Any]]:
    """Hand the messages to the producer, in order within each partition; returns the acknowledgements of their batches."""
    acks: list[asyncio.Future[Any]] = []
    for (topic, partition), some in (await _by_partition(producer, messages)).items():
        if len(some) == 1:  # aiokafka batches it with messages of concurrent calls
            acks.append(await producer.send(topic, value=some[0].value, key=some[0].key, partition=partition))
            continue
        batch = producer.create_batch()
        for message in some:
            if batch.append(key=message.key, value=message.value, timestamp=None) is None:  # full
                acks.append(await producer.send_batch(batch, topic, partition=partition))
                batch = producer.create_batch()
                batch.append(key=message.key, value=message.value, timestamp=None)  # an empty batch takes any message
        batch.close()
        acks.append(await producer.send_batch(batch, topic, partition=partition))
    return acks


async def _by_partition(
    producer: AIOKafkaProducer, messages: Sequence[Outgoing]
) -> dict[TopicAndPartition, list[Outgoing]]:
    places: dict[TopicAndPartition, list[Outgoing]] = {}
    counts: dict[str, int] = {}
    for message in messages:
        partition = message.partition
        if partition is None:
            count = counts.get(message.topic)
            if count is None:
                count = counts[message.topic] = await _partitions(producer, message.topic)
            partition = key_hash(message.key) % count
        places.setdefault((message.topic, partition), []).append(message)
    return places


async def _partitions(producer: AIOKafkaProducer, topic: str) -> int:
    partitions = producer.client.cluster.partitions_for_topic(topic) or await producer.partitions_for(topic)
    if not partitions:
        raise UnknownTopicOrPartitionError(topic)
    return len(partitions)


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__
