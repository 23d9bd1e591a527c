"""BatchConsumer: records from Kafka in batches, for sinks; committed once the batch was handled."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from schemas.kafkaclients import kafka_options
from services.runtime import metrics
from services.runtime.membership import Membership
from services.runtime.outage import Outage
from services.runtime.settings import Settings
from services.runtime.topics import require_dead_letters, require_topics

log = logging.getLogger("voltbus.services")

Records = list[ConsumerRecord[bytes | None, bytes | None]]

RETRY_S = 1.0
RETRY_AT_MOST_S = 15.0
COMMIT_WITHIN_S = 10.0
WAIT_FACTOR = 4
HANDLING_SHARE = 0.1
"""Of the time, where waiting `WAIT_FACTOR` times as long as asked for can bring it down to that."""
REST_WAIT_MS = 30
REST_WITHIN_S = 0.1
FETCH_WAIT_MS = {"kafka": 500, "embedded": 20}


class BatchConsumer:
    """Gathers up to `max_records` or for `max_wait_ms`, calls `handle`, commits. `Outage` from `handle`: again, later.

    Where handling takes long, it waits longer, up to `WAIT_FACTOR` times: fewer and larger batches cost a sink less.

    A record without value (tombstone) comes too. Any other exception of `handle` ends `run`: a bug.
    """

    def __init__(
        self,
        topics: Sequence[str],
        group: str,
        handle: Callable[[Records], Awaitable[None]],
        *,
        settings: Settings,
        max_records: int = 5_000,
        max_wait_ms: int = 200,
    ) -> None:
        self.name = group
        self._topics = tuple(topics)
        self._handle = handle
        self._settings = settings
        self._max_records = max_records
        self._max_wait_s = max_wait_ms / 1000
        self._as_they_come = settings.bus == "embedded"  # whose fetches bring what one request produced, and no more
        self._took_s = 0.0
        self._trouble = f"{group} is starting"
        self._settling = _Settling()

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set; what is gathered then is handled and committed first."""
        while not stop.is_set():
            try:
                there = await require_topics(self._topics, self._settings, equal=False)
                if self._settings.bus == "kafka":  # the embedded bus makes topics on first use
                    require_dead_letters(self._topics, there)
                await self._consume(stop)
            except (Outage, KafkaError, OSError) as error:
                metrics.OUTAGES.labels(self.name, "kafka").inc()
                self._trouble = f"{self.name} waits for Kafka: {error}"
                log.warning("%s; trying again", self._trouble)
                await _sleep(RETRY_S, stop)

    def not_ready(self) -> list[str]:
        """Why nothing is consumed now; empty when it is."""
        return [self._trouble] if self._trouble else []

    async def _consume(self, stop: asyncio.Event) -> None:
        consumer = AIOKafkaConsumer(
            **kafka_options(self._settings),
            client_id=f"voltbus-{self.name}",
            group_id=f"voltbus.{self.name}",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            # nobody waits for a sink
            fetch_max_wait_ms=max(FETCH_WAIT_MS[self._settings.bus], int(self._max_wait_s * 1000)),
            fetch_max_bytes=64 * 1024 * 1024,
            session_timeout_ms=int(self._settings.session_timeout_s * 1000),
            heartbeat_interval_ms=int(self._settings.session_timeout_s * 300),
            max_poll_interval_ms=3_600_000,  # a sink's outage is not this group's: its partitions stay here
            rebalance_timeout_ms=int(self._settings.session_timeout_s * 3000),
        )
        consumer.subscribe(self._topics, listener=self._settling)
        self._settling.uncommitted.clear()
        await consumer.start()
        Membership(self._settings.session_timeout_s).watch(consumer._coordinator)
        try:
            while not stop.is_set():
                await self._one_batch(consumer, stop)
        finally:
            await consumer.stop()

    async def _one_batch(self, consumer: AIOKafkaConsumer, stop: asyncio.Event) -> None:
        batch = await self._gather(consumer, stop)
        self._trouble = "" if consumer.assignment() or batch else f"{self.name} has no partitions yet"
        if not batch and not self._settling.uncommitted:
            return
        async with self._settling.batch:
            owned = consumer.assignment()
            batch = [record for record in batch if TopicPartition(record.topic, record.partition) in owned]
            started = time.monotonic()
            if batch and await self._handled(batch, stop):
                self._took_s = time.monotonic() - started
                self._settling.uncommitted |= {TopicPartition(r.topic, r.partition): r.offset + 1 for r in batch}
                metrics.BATCH_RECORDS.labels(self.name).observe(len(batch))
                metrics.LAG.labels(self.name).set(_lag(consumer, batch))
            await self._commit(consumer)
            if batch:
                metrics.BATCH_SECONDS.labels(self.name).observe(time.monotonic() - started)

    async def _gather(self, consumer: AIOKafkaConsumer, stop: asyncio.Event) -> Records:
        """Records for a while from the first of them; a full batch or the order to stop ends it earlier.

        Not fetched as they come (but from the embedded bus): the broker then gives what has gathered there for one request.
        """
        batch, rest_s = await self._more(consumer, [], int(self._max_wait_s * 1000) + 1), REST_WITHIN_S
        if self._as_they_come:
            rest_s = self._wait_s()
        elif batch and _lag(consumer, batch) < self._max_records:
            await _sleep(self._wait_s(), stop)
        deadline = time.monotonic() + rest_s
        while batch and len(batch) < self._max_records and time.monotonic() < deadline and not stop.is_set():
            longer = await self._more(consumer, batch, REST_WAIT_MS)
            if len(longer) == len(batch) and not self._as_they_come:
                break
            batch = longer
        return batch

    def _wait_s(self) -> float:
        """How long to gather: as long as asked for, and longer where handling takes much of the time."""
        return min(WAIT_FACTOR * self._max_wait_s, max(self._max_wait_s, self._took_s / HANDLING_SHARE))

    async def _more(self, consumer: AIOKafkaConsumer, batch: Records, timeout_ms: int) -> Records:
        found = await consumer.getmany(timeout_ms=timeout_ms, max_records=self._max_records - len(batch))
        return batch + [record for records in found.values() for record in records]

    async def _handled(self, batch: Records, stop: asyncio.Event) -> bool:
        """Handle the batch, again and again while its sink is away; False when told to stop or to give it up meanwhile."""
        wait_s = RETRY_S
        while True:
            try:
                await self._handle(batch)
            except Outage as outage:
                metrics.OUTAGES.labels(self.name, "sink").inc()
                if not self._trouble:
                    log.warning("%s pauses: %s", self.name, outage)
                self._trouble = str(outage)
            else:
                self._trouble = ""
                return True
            await _sleep(wait_s, stop, self._settling.wanted)
            if stop.is_set() or self._settling.wanted.is_set():
                return False
            wait_s = min(2 * wait_s, RETRY_AT_MOST_S)

    async def _commit(self, consumer: AIOKafkaConsumer) -> None:
        """Commit what was handled. While Kafka is away that is made up with the next batch, or after a while without one."""
        owned = consumer.assignment()
        offsets = {tp: offset for tp, offset in self._settling.uncommitted.items() if tp in owned}
        if not offsets:
            return
        try:
            async with asyncio.timeout(COMMIT_WITHIN_S):
                await consumer.commit(offsets)
        except (KafkaError, TimeoutError) as error:
            log.info("%s could not commit: %s", self.name, type(error).__name__)
            if isinstance(error, CommitFailedError | IllegalStateError):
                self._settling.uncommitted.clear()  # the partitions went to others, who repeat what was handled
        else:
            self._settling.uncommitted.clear()


class _Settling(ConsumerRebalanceListener):  # type: ignore[misc]
    """Before partitions go, lets the batch in hand finish and commit, or, while its sink is away, leaves it to others.

    What was handled and not committed by then, because Kafka was away, others repeat.
    """

    def __init__(self) -> None:
        self.uncommitted: dict[TopicPartition, int] = {}
        self.batch = asyncio.Lock()
        self.wanted = asyncio.Event()

    async def on_partitions_revoked(self, revoked: object) -> None:
        """Wait until no batch is in hand."""
        self.wanted.set()
        async with self.batch:
            self.wanted.clear()
            self.uncommitted.clear()

    async def on_partitions_assigned(self, assigned: object) -> None:
        """Nothing to prepare."""


def _lag(consumer: AIOKafkaConsumer, batch: Records) -> int:
    """What waits behind the last records of the batch, on their partitions."""
    last = {TopicPartition(record.topic, record.partition): record.offset for record in batch}
    return sum(max(0, (consumer.highwater(partition) or 0) - offset - 1) for partition, offset in last.items())


async def _sleep(seconds: float, *until: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in until]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
