"""CompactedView: compacted topics held in memory in full, and followed as they change."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from schemas.base import Record
from schemas.codec import Decoder, UnknownRecord
from schemas.kafkaclients import kafka_options
from schemas.kafkapacing import pace
from schemas.kafkareading import assign_from_start, partitions_of
from schemas.topic import Topic
from services.runtime.bus.consumer import FETCH_WAIT_MS
from services.runtime.bus.readpositions import Mark, ReadPositions
from services.runtime.bus.topics import require_topics
from services.runtime.loop.hosting import earliest_due
from services.runtime.loop.service import References, S, Service, every_record
from services.runtime.process import metrics
from services.runtime.process.outage import RETRY_S, Outage
from services.runtime.process.settings import Settings

log = logging.getLogger("voltbus.services")

POLL_MS = 500
MOST_RECORDS = 2_000


class Held(dict[str, Record]):
    """The records of one topic by their keys. `changes` counts what was read: where it is the same, all of them are."""

    changes = 0


class CompactedView:
    """The newest record of every key of some compacted topics. Reads them in full at the start, then follows them.

    Every process holds all partitions. Records that cannot be read are skipped and counted. A removal is a record too
    (TokenRemoved): the view keeps it under its key until a tombstone comes. `changed(topic, key, record, mark)` is called for each
    record, and `reached` is advanced after each batch.
    """

    def __init__(
        self,
        *topics: Topic,
        settings: Settings,
        changed: Callable[[Topic, str, Record | None, Mark], None] | None = None,
        reached: ReadPositions | None = None,
    ) -> None:
        self.name = "reference"
        self._topics = {topic.name: topic for topic in topics}
        self._decoders = {topic.name: Decoder(topic) for topic in topics}
        self._records = {topic.name: Held() for topic in topics}
        self._settings = settings
        self._changed = changed
        self._reached = reached or ReadPositions()
        self._trouble = "reference data is being read"
        self.caught_up = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Read and follow until `stop` is set. After an outage everything is read again; the records read before stay meanwhile."""
        while not stop.is_set():
            try:
                await require_topics(self._topics, self._settings, equal=False)
                await self._follow(stop)
            except (Outage, KafkaError, OSError) as error:
                metrics.OUTAGES.labels(self.name, "kafka").inc()
                self._trouble = f"reference data cannot be followed: {error}"
                log.warning("%s; trying again", self._trouble)
                await asyncio.sleep(RETRY_S)

    async def read(self) -> None:
        """Read everything once, without following. Raises Outage, KafkaError."""
        await require_topics(self._topics, self._settings, equal=False)
        await self._follow(self.caught_up)

    def get(self, topic: Topic, key: str) -> Record | None:
        """The newest record of `key`, None where there is none."""
        return self._records[topic.name].get(key)

    def all(self, topic: Topic) -> Mapping[str, Record]:
        """Every key of a topic with its newest record (a live view: do not change it)."""
        return self._records[topic.name]

    def changes(self, topics: Iterable[Topic]) -> int:
        """A number that grows with every record of these topics."""
        return sum(self._records[topic.name].changes for topic in topics)

    @property
    def records(self) -> References:
        """Every topic's keys with their newest records (a live view: do not change it)."""
        return self._records

    def not_ready(self) -> list[str]:
        """The reasons why the view cannot be trusted now; empty when it can."""
        return [self._trouble] if self._trouble else []

    async def _follow(self, stop: asyncio.Event) -> None:
        consumer = AIOKafkaConsumer(
            **kafka_options(self._settings),
            client_id="voltbus-reference",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=FETCH_WAIT_MS[self._settings.bus],
        )
        pace(consumer, self._settings.bus)
        await consumer.start()
        try:
            waiting = await self._assign(consumer)
            while not stop.is_set():
                if not waiting and self._trouble:
                    self._trouble = ""
                    self.caught_up.set()
                found = await consumer.getmany(timeout_ms=POLL_MS, max_records=MOST_RECORDS)
                for partition, records in found.items():
                    self._take(partition, [(record.key, record.value, record.offset) for record in records])
                    if records[-1].offset + 1 >= waiting.get(partition, 0):
                        waiting.pop(partition, None)
                self._reached.advance({partition: records[-1].offset + 1 for partition, records in found.items()})
        finally:
            await consumer.stop()

    async def _assign(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        """Assign every partition from its start; returns the end offsets up to which the view has to read to have caught up."""
        partitions = await partitions_of(consumer, self._topics)
        ends = await assign_from_start(consumer, partitions)
        self._reached.advance({partition: await consumer.position(partition) for partition in partitions})
        return ends

    def _take(self, partition: TopicPartition, records: list[tuple[bytes | None, bytes | None, int]]) -> None:
        name = partition.topic
        records_by_key = self._records[name]
        for raw_key, value, offset in records:
            key = (raw_key or b"").decode(errors="replace")
            try:
                record = self._decoders[name].decode(value) if value is not None else None
            except UnknownRecord as error:
                metrics.DEAD_LETTERS.labels(self.name, name).inc()
                log.warning("a record of %s on %s cannot be read: %s", key, name, error)
                continue
            if record is None:
                records_by_key.pop(key, None)
            else:
                records_by_key[key] = record
            records_by_key.changes += 1
            if self._changed is not None:
                self._changed(self._topics[name], key, record, Mark(partition, offset))
        metrics.REFERENCE_KEYS.labels(name).set(len(records_by_key))


def with_references(service: Service[S], view: CompactedView) -> Service[S]:
    """The service, its `step`, and its `due` where that depends on them, bound to the live reference data; in a host, of each part."""
    changes = partial(view.changes, service.due_by)
    if service.parts:
        parts = tuple(with_references(part, view) if part.references else part for part in service.parts)
        due: Any = earliest_due(parts)  # type: ignore[arg-type]  # parts of a host have its state
        return replace(service, parts=parts, due=due, changes=changes)
    due = partial(service.due, references=view.records) if service.due_by else service.due
    wants = service.wants if service.wants is every_record else partial(service.wants, references=view.records)
    step = partial(service.step, references=view.records)
    return replace(service, step=step, due=due, changes=changes, wants=wants)
