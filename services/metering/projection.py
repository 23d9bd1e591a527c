"""Projection: the worker that migrates ClickHouse, then keeps it up to date from Kafka until it is told to stop."""

import asyncio
import contextlib
import datetime as dt
import logging

from services.metering.declared import FEEDS
from services.metering.feeds import Feed
from services.metering.migrations import migrate, shipped
from services.metering.presumedends import presume_ends
from services.metering.settings import MeteringSettings
from services.metering.sink import Sink
from services.runtime.bus.consumer import BatchConsumer
from services.runtime.bus.producer import Publisher
from services.runtime.clickhouse import ClickHouse
from services.runtime.process.outage import RETRY_S, Outage

log = logging.getLogger(__name__)


class Projection:
    """Owns the connection to ClickHouse for writing, one consumer per feed, and the publisher of dead letters."""

    name = "metering"

    def __init__(self, settings: MeteringSettings, db: ClickHouse) -> None:
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
                await presume_ends(self._db)
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
