"""CompactedView: compacted topics whole in memory, followed as they change."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from schemas.base import Record
from schemas.codec import Decoder, UnknownRecord
from schemas.kafkaclients import kafka_options
from schemas.topics import Topic
from services.runtime import metrics
from services.runtime.consumer import FETCH_WAIT_MS
from services.runtime.outage import Outage
from services.runtime.pacing import pace
from services.runtime.service import References, S, Service
from services.runtime.settings import Settings
from services.runtime.topics import require_topics

log = logging.getLogger("voltbus.services")

RETRY_S = 1.0
POLL_MS = 500
MOST_RECORDS = 2_000


class CompactedView:
    """The newest record of every key of some compacted topics. Read whole at start, then followed.

    Every process holds all partitions. Records that cannot be read are skipped and counted. A removal is a record too
    (TokenRemoved): the view keeps it under its key until a tombstone comes. `changed(topic, key, record)` hears of each.
    """

    def __init__(
        self, *topics: Topic, settings: Settings, changed: Callable[[Topic, str, Record | None], None] | None = None
    ) -> None:
        self.name = "reference"
        self._topics = {topic.name: topic for topic in topics}
        self._decoders = {topic.name: Decoder(topic) for topic in topics}
        self._records: dict[str, dict[str, Record]] = {topic.name: {} for topic in topics}
        self._settings = settings
        self._changed = changed
        self._trouble = "reference data is being read"
        self.caught_up = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Read and follow until `stop` is set. After an outage what is known stays, and everything is read again."""
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
        """Read once, whole, and follow no further. Raises Outage, KafkaError."""
        await require_topics(self._topics, self._settings, equal=False)
        await self._follow(self.caught_up)

    def get(self, topic: Topic, key: str) -> Record | None:
        """The newest record of `key`, None where there is none."""
        return self._records[topic.name].get(key)

    def all(self, topic: Topic) -> Mapping[str, Record]:
        """Every key of a topic with its newest record (a live view: do not change it)."""
        return self._records[topic.name]

    @property
    def records(self) -> References:
        """Every topic's keys with their newest records (a live view: do not change it)."""
        return self._records

    def not_ready(self) -> list[str]:
        """Why the view cannot be trusted now; empty when it can."""
        return [self._trouble] if self._trouble else []

    async def _follow(self, stop: asyncio.Event) -> None:
        consumer = AIOKafkaConsumer(
            **kafka_options(self._settings),
            client_id="voltbus-reference",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=FETCH_WAIT_MS[self._settings.bus],
        )
        pace(consumer)
        await consumer.start()
        try:
            waiting = await self._assigned(consumer)
            while not stop.is_set():
                if not waiting and self._trouble:
                    self._trouble = ""
                    self.caught_up.set()
                found = await consumer.getmany(timeout_ms=POLL_MS, max_records=MOST_RECORDS)
                for partition, records in found.items():
                    self._take(partition.topic, [(record.key, record.value) for record in records])
                    if records[-1].offset + 1 >= waiting.get(partition, 0):
                        waiting.pop(partition, None)
        finally:
            await consumer.stop()

    async def _assigned(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        """Assign every partition from its start; the ends that must be reached before the view has caught up."""
        partitions = []
        for name in self._topics:
            numbers = await consumer._client._wait_on_metadata(name)
            partitions += [TopicPartition(name, number) for number in numbers]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        starts = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
        return {partition: end for partition, end in ends.items() if end > starts[partition]}

    def _take(self, name: str, records: list[tuple[bytes | None, bytes | None]]) -> None:
        held = self._records[name]
        for raw_key, value in records:
            key = (raw_key or b"").decode(errors="replace")
            try:
                record = self._decoders[name].decode(value) if value is not None else None
            except UnknownRecord as error:
                metrics.DEAD_LETTERS.labels(self.name, name).inc()
                log.warning("a record of %s on %s cannot be read: %s", key, name, error)
                continue
            if record is None:
                held.pop(key, None)
            else:
                held[key] = record
            if self._changed is not None:
                self._changed(self._topics[name], key, record)
        metrics.REFERENCE_KEYS.labels(name).set(len(held))


def informed(service: Service[S], view: CompactedView) -> Service[S]:
    """The service with what its references say at hand."""
    return replace(service, step=partial(service.step, references=view.records))
