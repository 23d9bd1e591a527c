"""Projection: the worker that migrates ClickHouse, then keeps it up to date from Kafka until it is told to stop."""

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Mapping

import msgspec

from schemas.codec import Decoder
from schemas.topics import (
    AUTHORIZATIONS,
    CATALOGUE,
    CDRS,
    COMMANDS,
    DATA_TRANSFERS,
    DEAD,
    FACTS,
    FIRMWARE,
    FIRMWARE_CAMPAIGN_STATES,
    FIRMWARE_CAMPAIGNS,
    FIRMWARE_UPDATES,
    FRAMES,
    METER_VALUES,
    OUTCOMES,
    QUARANTINE,
    SESSIONS,
    STATION_STATES,
    STATIONS,
    Topic,
    dead_topic,
)
from services.metering.forgotten import settle_forgotten
from services.metering.migrations import migrate, shipped
from services.metering.sink import Sink
from services.runtime.clickhouse import ClickHouse
from services.runtime.consumer import BatchConsumer
from services.runtime.outage import Outage
from services.runtime.producer import Publisher
from services.runtime.settings import Settings

log = logging.getLogger(__name__)

RETRY_S = 1.0


class Feed(msgspec.Struct, frozen=True):
    """Topics that share a consumer: what is slow or plenty must not hold up what people wait for."""

    name: str
    topics: tuple[Topic, ...]
    dead_letters: bool = False
    patience: int = 4
    """How many times as long as asked for it may gather where inserts take long: a second or two are seen, in a log nobody cares."""

    def decoders(self) -> Mapping[str, Decoder]:
        """A decoder for each topic, by its name on the cluster."""
        by_name = {topic.name: Decoder(topic) for topic in self.topics}
        if self.dead_letters:
            letters = Decoder(DEAD)
            by_name |= {dead_topic(topic.name): letters for topic in CATALOGUE if "<" not in topic.name}
        return by_name


FEEDS = (
    Feed("metering-readings", (METER_VALUES,)),
    Feed("metering-frames", (FRAMES,), patience=8),
    Feed("metering-states", (STATIONS, STATION_STATES, SESSIONS, CDRS, COMMANDS, OUTCOMES), patience=2),
    Feed("metering-facts", (AUTHORIZATIONS, DATA_TRANSFERS, QUARANTINE, *FACTS, FIRMWARE), patience=8),
    Feed("metering-firmware", (FIRMWARE_CAMPAIGNS, FIRMWARE_UPDATES, FIRMWARE_CAMPAIGN_STATES)),
    # Many topics, hardly a record: a fetch costs by the topics it asks about, so busy ones are not asked along with these.
    Feed("metering-dead-letters", (), dead_letters=True),
)


class Projection:
    """Owns the connection to ClickHouse for writing, one consumer per feed, and the publisher of dead letters."""

    name = "metering"

    def __init__(self, settings: Settings, db: ClickHouse) -> None:
        self._settings = settings
        self._db = db
        self._publisher = Publisher(settings, name=self.name)
        self._trouble = ["the tables are not migrated yet"]
        self._consumers = [self._consumer(feed) for feed in FEEDS]

    async def run(self, stop: asyncio.Event) -> None:
        """Migrate, then consume until `stop` is set."""
        try:
            while self._trouble and not stop.is_set():
                await self._prepare(stop)
            async with asyncio.TaskGroup() as tasks:
                for consumer in self._consumers:
                    tasks.create_task(consumer.run(stop))
        finally:
            await self._publisher.stop()
            await self._db.close()

    def not_ready(self) -> list[str]:
        """Why ClickHouse is not being kept up to date now; empty when it is."""
        return self._trouble + [reason for consumer in self._consumers for reason in consumer.not_ready()]

    async def _prepare(self, stop: asyncio.Event) -> None:
        try:
            applied = await migrate(self._db, shipped())
            if self._settings.bus == "embedded":
                await settle_forgotten(self._db)
        except Outage as outage:
            self._trouble = [str(outage)]
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), RETRY_S)
        else:
            log.info("tables of %s are up to date, applied now: %s", self._db.database, ", ".join(applied) or "none")
            self._trouble = []

    def _consumer(self, feed: Feed) -> BatchConsumer:
        decoders = feed.decoders()
        sink = Sink(self._db, self._publisher, name=self.name, decoders=decoders, clock=lambda: dt.datetime.now(dt.UTC))
        return BatchConsumer(
            tuple(decoders),
            feed.name,
            sink.handle,
            settings=self._settings,
            max_records=self._settings.metering_batch_records,
            rest_ms=self._settings.metering_batch_wait_ms,
            patience=feed.patience,
        )
