"""Feed: sessions, commands and outcomes as Kafka gets them, from now on, whole in every process (no group, nothing committed)."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from schemas.base import Record
from schemas.codec import Decoder, UnknownRecord
from schemas.kafkaclients import kafka_options
from schemas.topics import COMMANDS, OUTCOMES, SESSIONS
from services.api.metrics import FEED_UNREADABLE
from services.runtime.consumer import FETCH_WAIT_MS
from services.runtime.outage import Outage
from services.runtime.pacing import pace
from services.runtime.settings import Settings
from services.runtime.topics import require_topics

TOPICS = (SESSIONS, COMMANDS, OUTCOMES)

POLL_MS = 500
RECORDS_AT_ONCE = 1_000
RETRY_S = 1.0

log = logging.getLogger(__name__)


class Feed:
    """Follows the topics' ends and hands every record on, sessions only while they are `followed`.

    After an outage it goes on where it stopped, or from the new end.
    """

    name = "live feed"

    def __init__(self, settings: Settings, heard: Callable[[Record], None], followed: Callable[[], bool]) -> None:
        self._settings = settings
        self._heard = heard
        self._followed = followed
        self._decoders = {topic.name: Decoder(topic) for topic in TOPICS}
        self._trouble = "the live feed is starting"

    async def run(self, stop: asyncio.Event) -> None:
        """Follow until `stop` is set; an outage is waited out."""
        while not stop.is_set():
            try:
                await self._follow(stop)
            except (KafkaError, OSError, Outage) as error:
                self._trouble = f"the live feed has no connection to Kafka: {error}"
                log.warning("%s", self._trouble)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), RETRY_S)

    def not_ready(self) -> list[str]:
        """Why nothing is heard now; empty when it is."""
        return [self._trouble] if self._trouble else []

    async def _follow(self, stop: asyncio.Event) -> None:
        await require_topics(self._decoders, self._settings, equal=False)
        consumer = AIOKafkaConsumer(
            **kafka_options(self._settings),
            client_id="voltbus-api-feed",
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="latest",
            metadata_max_age_ms=30_000,
            fetch_max_wait_ms=FETCH_WAIT_MS[self._settings.bus],
        )
        pace(consumer)
        await consumer.start()
        try:
            await self._at_the_end(consumer)
            self._trouble = ""
            while not stop.is_set():
                batches = await consumer.getmany(timeout_ms=POLL_MS, max_records=RECORDS_AT_ONCE)
                for partition, messages in batches.items():
                    for message in messages:
                        self._hand_on(partition.topic, message.value)
        finally:
            await consumer.stop()

    async def _at_the_end(self, consumer: AIOKafkaConsumer) -> None:
        """Stand at the end of every partition before anything is asked: an outcome must not pass unheard."""
        partitions = [
            TopicPartition(name, number)
            for name in self._decoders
            for number in await consumer._client._wait_on_metadata(name)
        ]
        consumer.assign(partitions)
        await consumer.seek_to_end(*partitions)
        for partition in partitions:
            await consumer.position(partition)

    def _hand_on(self, topic: str, value: bytes | None) -> None:
        if value is None or (topic == SESSIONS.name and not self._followed()):
            return  # sessions only matter to whoever follows events, and they are many
        try:
            record = self._decoders[topic].decode(value)
        except UnknownRecord as error:
            FEED_UNREADABLE.labels(topic).inc()
            log.warning("a record of %s cannot be read: %s", topic, error)
            return
        self._heard(record)
