"""BatchConsumer: fetches records in batches for a sink, and commits their offsets once the sink has handled them."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from schemas.kafkaclients import kafka_options
from schemas.kafkapacing import pace
from services.runtime.bus.membership import Membership
from services.runtime.bus.topics import require_dead_letters, require_topics
from services.runtime.process import metrics
from services.runtime.process.outage import RETRY_S, Outage
from services.runtime.process.settings import Settings

log = logging.getLogger("voltbus.services")

Records = list[ConsumerRecord[bytes | None, bytes | None]]

Batch = dict[TopicPartition, Records]

RETRY_AT_MOST_S = 15.0
COMMIT_WITHIN_S = 10.0
HANDLING_SHARE = 0.1
"""Target share of the time that handling may take; longer rests, up to `patience` times `rest_ms`, bring it down to that."""
MORE_WAIT_MS = 50
FETCH_BYTES = 32 * 1024 * 1024
FETCH_BYTES_OF_A_PARTITION = 4 * 1024 * 1024
"""One second of frames of a busy partition exceeds the megabyte that aiokafka fetches by default."""
FETCH_WAIT_MS = {"kafka": 500, "embedded": 1}


class BatchConsumer:
    """Fetches up to `max_records`, calls `handle`, commits, rests for `rest_ms`. After an `Outage` from `handle` it retries later.

    Where handling takes long, it rests longer, up to `patience` times `rest_ms`: fewer and larger batches cost a sink less.

    `handle` gets tombstones too. Any other exception of `handle` is a bug and ends `run`.
    """

    def __init__(
        self,
        topics: Sequence[str],
        group: str,
        handle: Callable[[Records], Awaitable[None]],
        *,
        settings: Settings,
        max_records: int = 5_000,
        rest_ms: int = 200,
        patience: int = 4,
    ) -> None:
        self.name = group
        self._topics = tuple(topics)
        self._handle = handle
        self._settings = settings
        self._max_records = max_records
        self._rest_s = rest_ms / 1000
        self._patience = patience
        self._as_they_come = settings.bus == "embedded"  # where a fetch returns the records of one produce request only
        self._took_s = 0.0
        self._trouble = f"{group} is starting"
        self._rebalance = _RebalanceListener()

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set; the current batch is handled and committed first."""
        while not stop.is_set():
            try:
                existing = await require_topics(self._topics, self._settings, equal=False)
                if self._settings.bus == "kafka":  # the embedded bus makes topics on first use
                    require_dead_letters(self._topics, existing)
                await self._consume(stop)
            except (Outage, KafkaError, OSError) as error:
                metrics.OUTAGES.labels(self.name, "kafka").inc()
                self._trouble = f"{self.name} waits for Kafka: {error}"
                log.warning("%s; trying again", self._trouble)
                await _sleep(RETRY_S, stop)

    def not_ready(self) -> list[str]:
        """The reasons why nothing is consumed now; empty when it is."""
        return [self._trouble] if self._trouble else []

    async def _consume(self, stop: asyncio.Event) -> None:
        consumer = AIOKafkaConsumer(
            **kafka_options(self._settings),
            client_id=f"voltbus-{self.name}",
            group_id=f"voltbus.{self.name}",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            # latency does not matter to a sink
            fetch_max_wait_ms=FETCH_WAIT_MS[self._settings.bus],
            fetch_max_bytes=FETCH_BYTES,
            max_partition_fetch_bytes=FETCH_BYTES_OF_A_PARTITION,
            session_timeout_ms=int(self._settings.session_timeout_s * 1000),
            heartbeat_interval_ms=int(self._settings.session_timeout_s * 300),
            max_poll_interval_ms=3_600_000,  # while the sink is away, the partitions stay with this member
            rebalance_timeout_ms=int(self._settings.session_timeout_s * 3000),
        )
        pace(consumer, self._settings.bus, sink=True)
        consumer.subscribe(self._topics, listener=self._rebalance)
        self._rebalance.uncommitted.clear()
        await consumer.start()
        Membership(self._settings.session_timeout_s).watch(consumer._coordinator)
        try:
            while not stop.is_set():
                await self._one_batch(consumer, stop)
        finally:
            await consumer.stop()

    async def _one_batch(self, consumer: AIOKafkaConsumer, stop: asyncio.Event) -> None:
        batch = await self._gather(consumer, stop)
        full, behind = _count(batch) >= self._max_records, _behind(consumer, batch)
        self._trouble = "" if consumer.assignment() or batch else f"{self.name} has no partitions yet"
        if not batch and not self._rebalance.uncommitted:
            return
        async with self._rebalance.batch:
            owned = consumer.assignment()
            batch = {partition: records for partition, records in batch.items() if partition in owned}
            started = time.monotonic()
            if batch and await self._handle_until_done(
                [record for records in batch.values() for record in records], stop
            ):
                self._took_s = time.monotonic() - started
                self._rebalance.uncommitted |= {
                    partition: records[-1].offset + 1 for partition, records in batch.items()
                }
                metrics.BATCH_RECORDS.labels(self.name).observe(_count(batch))
                metrics.LAG.labels(self.name).set(behind)
            await self._commit(consumer)
            if batch:
                metrics.BATCH_SECONDS.labels(self.name).observe(time.monotonic() - started)
        if batch and not full and not self._as_they_come:
            await _sleep(self._pause_s(), stop)

    async def _gather(self, consumer: AIOKafkaConsumer, stop: asyncio.Event) -> Batch:
        """Fetch what Kafka has, or wait for the first records where it has none; ends early when the batch is full or `stop` is set.

        Unless the batch is full, partitions are paused until the next batch, so that nothing is prefetched: a prefetch would bring
        the first few records only, or wait on idle partitions, and in both cases delay the fetch that brings everything.
        """
        consumer.resume(*consumer.assignment())
        batch: Batch = {}
        await self._take(consumer, batch, 0)  # what was prefetched all the same
        await self._take(consumer, batch, MORE_WAIT_MS if batch else FETCH_WAIT_MS["kafka"])
        until = time.monotonic() + self._pause_s()
        while not stop.is_set() and self._wants_more(consumer, batch, until):
            if not await self._take(consumer, batch, MORE_WAIT_MS) and not self._as_they_come:
                break
        if 0 < _count(batch) < self._max_records and not self._as_they_come:
            consumer.pause(*consumer.assignment())
        return batch

    def _wants_more(self, consumer: AIOKafkaConsumer, batch: Batch, until: float) -> bool:
        if not 0 < _count(batch) < self._max_records:
            return False
        return time.monotonic() < until if self._as_they_come else _behind(consumer, batch) > 0

    def _pause_s(self) -> float:
        """How long to let records gather: `rest_ms`, and longer where handling takes much of the time."""
        return min(self._patience * self._rest_s, max(self._rest_s, self._took_s / HANDLING_SHARE))

    async def _take(self, consumer: AIOKafkaConsumer, batch: Batch, timeout_ms: int) -> bool:
        """Add records that arrive within that time to the batch, as far as there is room; True where some arrived."""
        room = self._max_records - _count(batch)
        found = await consumer.getmany(timeout_ms=timeout_ms, max_records=room) if room > 0 else {}
        for partition, records in found.items():
            batch.setdefault(partition, []).extend(records)
        return bool(found)

    async def _handle_until_done(self, batch: Records, stop: asyncio.Event) -> bool:
        """Handle the batch, retrying while the sink is away; False when `stop` was set or the partitions were revoked meanwhile."""
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
            await _sleep(wait_s, stop, self._rebalance.revoking)
            if stop.is_set() or self._rebalance.revoking.is_set():
                return False
            wait_s = min(2 * wait_s, RETRY_AT_MOST_S)

    async def _commit(self, consumer: AIOKafkaConsumer) -> None:
        """Commit what was handled. Where Kafka is away, the next batch, or the next turn without one, commits it."""
        owned = consumer.assignment()
        offsets = {tp: offset for tp, offset in self._rebalance.uncommitted.items() if tp in owned}
        if not offsets:
            return
        try:
            async with asyncio.timeout(COMMIT_WITHIN_S):
                await consumer.commit(offsets)
        except (KafkaError, TimeoutError) as error:
            log.info("%s could not commit: %s", self.name, type(error).__name__)
            if isinstance(error, CommitFailedError | IllegalStateError):
                self._rebalance.uncommitted.clear()  # the partitions have other owners, who handle the batch again
        else:
            self._rebalance.uncommitted.clear()


class _RebalanceListener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Before partitions are revoked: lets the current batch finish and commit, or drops it while its sink is away.

    The next owner handles again what is not committed by then.
    """

    def __init__(self) -> None:
        self.uncommitted: dict[TopicPartition, int] = {}
        self.batch = asyncio.Lock()
        self.revoking = asyncio.Event()

    async def on_partitions_revoked(self, revoked: object) -> None:
        """Wait until no batch is being handled."""
        self.revoking.set()
        async with self.batch:
            self.revoking.clear()
            self.uncommitted.clear()

    async def on_partitions_assigned(self, assigned: object) -> None:
        """Nothing to prepare."""


def _count(batch: Batch) -> int:
    return sum(map(len, batch.values()))


def _behind(consumer: AIOKafkaConsumer, batch: Batch) -> int:
    """Number of unread records on the partitions of the batch."""
    last = {partition: batch[partition][-1].offset for partition in batch.keys() & consumer.assignment()}
    return sum(max(0, (consumer.highwater(partition) or 0) - offset - 1) for partition, offset in last.items())


async def _sleep(seconds: float, *until: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in until]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
