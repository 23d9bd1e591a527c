"""Publisher: records onto Kafka, acknowledged by all replicas before it returns.

Messages are gathered by partition here and not by the producer, because one future for a batch costs a fraction of one for
each message.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError, UnknownTopicOrPartitionError
from aiokafka.partitioner import murmur2

from schemas.base import Record
from schemas.codec import encode
from schemas.kafkaaccess import described
from schemas.kafkaclients import kafka_options
from schemas.routing import route
from services.runtime import metrics
from services.runtime.outage import Outage
from services.runtime.settings import Settings

IN_FLIGHT = 2_000
"""Records handed to the producer before their acknowledgements are awaited."""
LARGEST_MESSAGE_BYTES = 1_000_000
"""Brokers take 1 MiB with headers."""

Place = tuple[str, int]
"""A topic and the number of a partition."""


@lru_cache(maxsize=65_536)
def _hash(key: bytes) -> int:
    """What decides the partition of a key (modulo their count), the same as in every other Kafka client."""
    return int(murmur2(key)) & 0x7FFFFFFF


class Outgoing(msgspec.Struct, frozen=True, gc=False):
    """One message: `partition` None leaves it to the key, `value` None is a tombstone."""

    topic: str
    key: bytes
    value: bytes | None
    partition: int | None = None


class Publisher:
    """An idempotent producer. Raises `Outage` when Kafka does not take the records in time."""

    def __init__(self, settings: Settings, *, name: str, timeout_s: float | None = None) -> None:
        self._settings = settings
        self._name = name
        self._timeout_s = timeout_s or settings.publish_timeout_s
        self._producer: AIOKafkaProducer | None = None
        self._connecting = asyncio.Lock()
        self._trouble = ""

    async def start(self) -> None:
        """Connect to Kafka. Raises Outage when it cannot be reached."""
        await self._connected()

    async def stop(self) -> None:
        """Send what is on its way and disconnect."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._timeout_s):
                    await producer.stop()

    async def publish(self, *records: Record) -> None:
        """Send records by `schemas.routing.route` and return when Kafka has them all. Raises Outage: some may be there."""
        routed = [(route(record), encode(record)) for record in records]
        await self.send([Outgoing(to.topic, to.key, value, to.partition) for to, value in routed])
        for record in records:
            metrics.OUTPUTS.labels(self._name, record.__struct_config__.tag).inc()

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Send messages in order and return when Kafka has them all. Raises Outage: some may be there, none will be later."""
        for message in messages:
            if message.value is not None and len(message.value) > LARGEST_MESSAGE_BYTES:
                raise ValueError(f"a message for {message.topic} has {len(message.value)} bytes, more than Kafka takes")
        producer: AIOKafkaProducer | None = None
        try:
            async with asyncio.timeout(self._timeout_s):
                producer = await self._connected()
                for start in range(0, len(messages), IN_FLIGHT):
                    await asyncio.gather(*await _sent(producer, messages[start : start + IN_FLIGHT]))
        except (KafkaError, OSError, TimeoutError) as error:
            raise await self._broken(error, producer) from error
        except asyncio.CancelledError:
            await self._abort(producer)
            raise
        self._trouble = ""

    async def topics(self) -> set[str]:
        """The names of all topics there are. Raises Outage."""
        producer: AIOKafkaProducer | None = None
        try:
            async with asyncio.timeout(self._timeout_s):
                producer = await self._connected()
                return set((await producer.client.fetch_all_metadata()).topics(exclude_internal_topics=False))
        except (KafkaError, OSError, TimeoutError) as error:
            raise await self._broken(error, producer) from error

    def not_ready(self) -> list[str]:
        """Why nothing can be published now; empty when it can."""
        if self._trouble:
            return [self._trouble]
        return [] if self._producer is not None else [f"{self._name} has no connection to Kafka"]

    async def _connected(self) -> AIOKafkaProducer:
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
                    raise await self._broken(error, None) from error
                finally:
                    if producer._sender.sender_task is None:
                        producer._closed = True
                        await producer.client.close()
                self._producer = producer
            return self._producer

    async def _broken(self, error: BaseException, producer: AIOKafkaProducer | None) -> Outage:
        metrics.OUTAGES.labels(self._name, "kafka").inc()
        trouble = self._trouble = f"{self._name} cannot publish to {described(self._settings)}: {_words(error)}"
        await self._abort(producer)  # and with it others, who tell of that meanwhile
        return Outage(trouble)

    async def _abort(self, producer: AIOKafkaProducer | None) -> None:
        """Forget the producer with all it holds: an idempotent one would go on sending for ever, perhaps after its time.

        Others that wait for it hear of that at once; a producer that came after it is theirs.
        """
        current = self._producer is producer
        if producer is None or not current:
            return
        self._producer = None
        producer._closed = True  # stop() would first try to send everything
        if producer._sender.sender_task is not None:
            await producer._sender.close()
        producer._message_accumulator.fail_all(KafkaConnectionError("given up with others on the same connection"))
        await producer.client.close()


async def _sent(producer: AIOKafkaProducer, messages: Sequence[Outgoing]) -> list[asyncio.Future[Any]]:
    """The messages on their way, each partition's in their order: the acknowledgements of their batches."""
    acks: list[asyncio.Future[Any]] = []
    for (topic, partition), some in (await _by_place(producer, messages)).items():
        if len(some) == 1:  # aiokafka puts it together with those of others that call at the same time
            acks.append(await producer.send(topic, value=some[0].value, key=some[0].key, partition=partition))
            continue
        batch = producer.create_batch()
        for message in some:
            if batch.append(key=message.key, value=message.value, timestamp=None) is None:  # full
                acks.append(await producer.send_batch(batch, topic, partition=partition))
                batch = producer.create_batch()
                batch.append(key=message.key, value=message.value, timestamp=None)  # an empty one takes any message
        batch.close()
        acks.append(await producer.send_batch(batch, topic, partition=partition))
    return acks


async def _by_place(producer: AIOKafkaProducer, messages: Sequence[Outgoing]) -> dict[Place, list[Outgoing]]:
    places: dict[Place, list[Outgoing]] = {}
    counts: dict[str, int] = {}
    for message in messages:
        partition = message.partition
        if partition is None:
            count = counts.get(message.topic)
            if count is None:
                count = counts[message.topic] = await _partitions(producer, message.topic)
            partition = _hash(message.key) % count
        places.setdefault((message.topic, partition), []).append(message)
    return places


async def _partitions(producer: AIOKafkaProducer, topic: str) -> int:
    known = producer.client.cluster.partitions_for_topic(topic) or await producer.partitions_for(topic)
    if not known:
        raise UnknownTopicOrPartitionError(topic)
    return len(known)


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__
