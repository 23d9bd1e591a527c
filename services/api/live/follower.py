"""Follower: reads sessions, commands and outcomes from Kafka, all partitions in every process (no group, no commits)."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from schemas.base import Record
from schemas.codec import Decoder, UnknownRecord
from schemas.commands import COMMANDS, OUTCOMES
from schemas.kafkaclients import kafka_options
from schemas.kafkapacing import pace
from schemas.kafkareading import partitions_of
from schemas.provisioning import PROVISIONING_OUTCOMES
from schemas.transactions import SESSIONS
from services.api.live.nouns import TOPICS as NOUNS_TOPICS
from services.api.web.metrics import FEED_UNREADABLE
from services.runtime.bus.consumer import FETCH_WAIT_MS
from services.runtime.bus.readpositions import Mark, ReadPositions
from services.runtime.bus.topics import require_topics
from services.runtime.process.outage import Outage
from services.runtime.process.settings import Settings

TOPICS = (SESSIONS, COMMANDS, OUTCOMES, PROVISIONING_OUTCOMES, *NOUNS_TOPICS)

POLL_MS = 500
RECORDS_AT_ONCE = 1_000
RETRY_S = 1.0

log = logging.getLogger(__name__)


class Follower:
    """Hands every record on: first what ClickHouse does not have yet, then as it comes; after an outage, from where it stopped.

    `stored` tells how far ClickHouse is; `behind`: at most so many records of a partition are read again.
    """

    name = "live feed"

    def __init__(
        self,
        settings: Settings,
        on_record: Callable[[Record, Mark], None],
        reached: ReadPositions,
        *,
        stored: Callable[[], Awaitable[Mapping[TopicPartition, int]]],
        behind: int,
    ) -> None:
        self._settings = settings
        self._heard = on_record
        self._reached = reached
        self._stored = stored
        self._behind = behind
        self._decoders = {topic.name: Decoder(topic) for topic in TOPICS}
        self._next: dict[TopicPartition, int] = {}
        self._trouble = "the live feed is starting"

    async def run(self, stop: asyncio.Event) -> None:
        """Follow until `stop` is set; an outage is waited out."""
        while not stop.is_set():
            try:
                await self._follow(stop)
            except (KafkaError, OSError, Outage, TimeoutError) as error:
                self._trouble = f"the live feed has no connection to Kafka: {error}"
                log.warning("%s", self._trouble)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), RETRY_S)

    def not_ready(self) -> list[str]:
        """Why the topics are not followed now; empty when they are."""
        return [self._trouble] if self._trouble else []

    async def _follow(self, stop: asyncio.Event) -> None:
        await require_topics(self._decoders, self._settings, equal=False)
        consumer = AIOKafkaConsumer(
            **kafka_options(self._settings),
            client_id="voltbus-api-feed",
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            metadata_max_age_ms=30_000,
            fetch_max_wait_ms=FETCH_WAIT_MS[self._settings.bus],
        )
        pace(consumer, self._settings.bus)
        await consumer.start()
        try:
            ends = await self._seek_to_start(consumer)
            while not stop.is_set():
                if self._trouble and all(self._next[partition] >= end for partition, end in ends.items()):
                    self._trouble = ""
                batches = await consumer.getmany(timeout_ms=POLL_MS, max_records=RECORDS_AT_ONCE)
                for partition, messages in batches.items():
                    for message in messages:
                        self._hand_on(Mark(partition, message.offset), message.value)
                    self._next[partition] = messages[-1].offset + 1
                self._reached.advance(self._next)
        finally:
            await consumer.stop()

    async def _seek_to_start(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        """Stand where each partition is to be read from; the ends that are read before anything is asked.

        An outcome must not pass unheard, and a session that ClickHouse may not have yet must be known.
        """
        partitions = await partitions_of(consumer, self._decoders)
        consumer.assign(partitions)
        starts, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
        stored = {} if self._next else await self._stored()
        for partition in partitions:
            wanted = self._next.get(partition, stored.get(partition, ends[partition]))
            self._next[partition] = min(max(starts[partition], ends[partition] - self._behind, wanted), ends[partition])
            consumer.seek(partition, self._next[partition])
        self._reached.advance(self._next)
        return dict(ends)

    def _hand_on(self, mark: Mark, value: bytes | None) -> None:
        if value is None:
            return
        topic = mark.partition.topic
        try:
            record = self._decoders[topic].decode(value)
        except UnknownRecord as error:
            FEED_UNREADABLE.labels(topic).inc()
            log.warning("a record of %s cannot be read: %s", topic, error)
            return
        self._heard(record, mark)
