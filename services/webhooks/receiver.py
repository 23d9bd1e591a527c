"""Receiver: delivers the events of one webhook: reads their topics in a consumer group of its own, sends, and commits what is done.

The topics are the outbox. Each webhook has its own group and so its own place in them: one that is away keeps nobody else waiting, and
loses nothing that Kafka still has. What is committed was delivered or given up; a worker that is killed leaves at most the deliveries
after that to be made again, under the same ids.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from schemas.base import Record
from schemas.kafkaclients import kafka_options
from schemas.kafkapacing import pace
from schemas.sealing import Seal
from schemas.webhooks import (
    WEBHOOK_ORDERS,
    WebhookDeliveryOrdered,
    WebhookProvisioned,
)
from services.runtime.bus.consumer import FETCH_WAIT_MS
from services.runtime.bus.membership import Membership
from services.runtime.bus.topics import require_topics
from services.runtime.process import metrics as shared
from services.runtime.process.outage import RETRY_S, Outage
from services.webhooks import metrics
from services.webhooks.attempting import Attempting
from services.webhooks.backlog import Backlog, Place, Policy, Waiting
from services.webhooks.events import Placed, repeat_of
from services.webhooks.fetching import Fetcher
from services.webhooks.reading import READ, Fetched, Reading
from services.webhooks.sending import Sender
from services.webhooks.settings import WebhooksSettings

log = logging.getLogger("voltbus.services")

RECORDS_AT_ONCE = 100
POLL_MS = 500
COMMIT_EVERY_S = 0.5
FETCH_BYTES = 1024 * 1024
FETCH_BYTES_OF_A_PARTITION = 64 * 1024
"""Small: what was fetched of a partition stays in memory while its window is full, for each webhook."""

Publish = Callable[..., Awaitable[None]]


class Receiver:
    """One webhook in this process. `run` ends when it is stopped; an outage of Kafka is waited out."""

    def __init__(
        self,
        webhook: WebhookProvisioned,
        *,
        settings: WebhooksSettings,
        seal: Seal,
        placed: Placed,
        publish: Publish,
    ) -> None:
        self.webhook = webhook
        self._settings = settings
        self._attempting = Attempting(webhook, seal, body_limit=settings.webhook_body_limit)
        self._reading = Reading(webhook, placed)
        self._publish = publish
        self._fetcher = Fetcher(settings)
        self._policy = Policy(
            concurrency=settings.webhook_concurrency,
            first_wait_s=settings.webhook_first_wait_s,
            longest_wait_s=settings.webhook_longest_wait_s,
            give_up_s=settings.webhook_give_up_s,
            refusals=settings.webhook_refusals,
        )
        self._begin()

    def _begin(self) -> None:
        self._backlog = Backlog(self._policy)
        self._wake = asyncio.Event()
        self._holding = False
        self._handed_over = 0
        self._bug: BaseException | None = None
        self._attempts: set[asyncio.Task[None]] = set()
        self._records: list[Record] = []
        self._committed: dict[Place, int] = {}
        self._committing = asyncio.Lock()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set; what is in flight then is waited for."""
        name = self.webhook.webhook
        sender = Sender(
            private=self._settings.webhook_private_addresses == "allow",
            timeout_s=self._settings.webhook_timeout_s,
            connections=self._settings.webhook_concurrency,
        )
        try:
            while not stop.is_set():
                self._begin()
                try:
                    await require_topics(READ, self._settings, equal=False)
                    await self._deliver(sender, stop)
                except (Outage, KafkaError, OSError, TimeoutError) as error:
                    shared.OUTAGES.labels("webhooks", "kafka").inc()
                    log.warning("the webhook %s waits for Kafka: %s; trying again", name, error)
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), RETRY_S)
        finally:
            await self._fetcher.close()
            await sender.close()
            metrics.forget(name)

    async def _deliver(self, sender: Sender, stop: asyncio.Event) -> None:
        consumer = self._consumer()
        consumer.subscribe(READ, listener=_Listener(self, consumer))
        await consumer.start()
        Membership(self._settings.session_timeout_s).watch(consumer._coordinator)
        tasks = [
            asyncio.create_task(work, name=f"webhook-{self.webhook.webhook}-{what}")
            for what, work in (
                ("stop", stop.wait()),
                ("read", self._read_for_ever(consumer)),
                ("send", self._send_for_ever(sender)),
                ("commit", self._commit_for_ever(consumer)),
            )
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if tasks[0] in done:
                await self.hand_over(consumer)
            for task in done:
                task.result()
        finally:
            await _cancelled([*tasks, *self._attempts])
            await consumer.stop()

    def _consumer(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            **kafka_options(self._settings),
            client_id=f"voltbus-webhook-{self.webhook.webhook}",
            group_id=f"voltbus.webhook.{self.webhook.webhook}.{self.webhook.start}",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=FETCH_WAIT_MS[self._settings.bus],
            fetch_max_bytes=FETCH_BYTES,
            max_partition_fetch_bytes=FETCH_BYTES_OF_A_PARTITION,
            session_timeout_ms=int(self._settings.session_timeout_s * 1000),
            heartbeat_interval_ms=int(self._settings.session_timeout_s * 300),
            rebalance_timeout_ms=int((self._settings.session_timeout_s + self._settings.webhook_timeout_s) * 2000),
        )
        pace(consumer, self._settings.bus)
        return consumer

    # -- reading ------------------------------------------------------------------------------------------------------

    async def _read_for_ever(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            full = {tp for tp in consumer.assignment() if self._full(tp)}
            if full:
                consumer.pause(*full)
            consumer.resume(*(consumer.paused() - full))
            batches = await consumer.getmany(timeout_ms=POLL_MS, max_records=RECORDS_AT_ONCE)
            await self._read([record for records in batches.values() for record in records])
            if batches:
                self._wake.set()
            self._show(consumer)

    def _full(self, partition: TopicPartition) -> bool:
        ordered = partition.topic == WEBHOOK_ORDERS.name
        return self._backlog.full((partition.topic, partition.partition), ordered=ordered)

    async def _read(self, records: Sequence[Fetched]) -> None:
        """Put what these records have this webhook deliver into the backlog, unless their partitions are handed over meanwhile."""
        owned_since = self._handed_over
        for record in records:
            events = self._reading.events(record)
            if isinstance(events, WebhookDeliveryOrdered):
                events = (repeat_of(events, await self._fetcher.fetch(events.source)),)
                if self._handed_over != owned_since:
                    return  # whoever has the partitions now reads them again
            self._backlog.read((record.topic, record.partition), record.offset, events, _now())

    async def positions(self, consumer: AIOKafkaConsumer, assigned: Iterable[TopicPartition]) -> None:
        """Stand where each partition is to be read from: where the group has committed, else at the time `since`."""
        fresh = [tp for tp in assigned if await consumer.committed(tp) is None]
        if not fresh or self._settings.bus == "embedded":  # which keeps no index by time: what is older is passed over
            return
        ends = await consumer.end_offsets(fresh)
        since_ms = int(self.webhook.since.timestamp() * 1000)
        found = await consumer.offsets_for_times(dict.fromkeys(fresh, since_ms))
        for tp in fresh:
            at = found.get(tp)
            consumer.seek(tp, at.offset if at is not None else ends[tp])

    # -- sending ------------------------------------------------------------------------------------------------------

    async def _send_for_ever(self, sender: Sender) -> None:
        while self._bug is None:
            self._wake.clear()
            for waiting in () if self._holding else self._backlog.ready(_now()):
                task = asyncio.create_task(self._attempt(sender, waiting))
                self._attempts.add(task)
                task.add_done_callback(self._ended)
            next_at = None if self._holding else self._backlog.next_at()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if next_at is None else max(0.0, (next_at - _now()).total_seconds())):
                    await self._wake.wait()
        raise self._bug

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._attempts.discard(task)
        self._wake.set()
        if not task.cancelled():
            self._bug = self._bug or task.exception()

    async def _attempt(self, sender: Sender, waiting: Waiting) -> None:
        event, at = waiting.event, _now()
        result = await self._attempting.attempt(sender, event, at)
        verdict = self._backlog.attempted(waiting, result, _now())
        metrics.ATTEMPTS.labels(self.webhook.webhook, verdict.status).inc()
        metrics.ATTEMPT_SECONDS.labels(self.webhook.webhook).observe(result.took_ms / 1000)
        self._records.append(self._attempting.attempted(event, result, verdict, at))
        if result.gone:
            self._records.append(self._attempting.disabling(at))

    # -- what is done -------------------------------------------------------------------------------------------------

    async def _commit_for_ever(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            await asyncio.sleep(COMMIT_EVERY_S)
            await self._commit(consumer)

    async def _commit(self, consumer: AIOKafkaConsumer) -> None:
        """Publish what came of attempts, then commit what is done by them. Raises Outage, KafkaError."""
        async with self._committing:
            await self._commit_in_turn(consumer)

    async def _commit_in_turn(self, consumer: AIOKafkaConsumer) -> None:
        records, self._records = self._records, []
        done = dict(self._backlog.committable())
        if records:
            await self._publish(*records)
        owned = {(tp.topic, tp.partition) for tp in consumer.assignment()}
        fresh = {place: at for place, at in done.items() if place in owned and self._committed.get(place) != at}
        if not fresh:
            return
        try:
            await consumer.commit({TopicPartition(*place): at for place, at in fresh.items()})
        except (CommitFailedError, IllegalStateError):
            return  # the partitions have other owners, who deliver again what is not committed
        self._committed |= fresh

    async def hand_over(self, consumer: AIOKafkaConsumer) -> None:
        """Send nothing more, wait for what is in flight, commit, and forget all partitions: they may get other owners."""
        self._holding = True
        try:
            if self._attempts:
                await asyncio.wait(list(self._attempts), timeout=self._settings.webhook_timeout_s + 1)
            with contextlib.suppress(Outage, KafkaError, TimeoutError):
                await self._commit(consumer)
            self._backlog.forget(set(self._backlog.committable()))
            self._handed_over += 1
            self._committed.clear()
        finally:
            self._holding = False
            self._wake.set()

    def _show(self, consumer: AIOKafkaConsumer) -> None:
        name, oldest = self.webhook.webhook, self._backlog.oldest_at()
        metrics.OPEN.labels(name).set(self._backlog.open)
        metrics.OLDEST_SECONDS.labels(name).set(0 if oldest is None else max(0.0, (_now() - oldest).total_seconds()))
        places = [(TopicPartition(*place), offset) for place, offset in self._backlog.read_up_to().items()]
        owned = consumer.assignment()
        behind = sum(max(0, (consumer.highwater(tp) or 0) - offset) for tp, offset in places if tp in owned)
        metrics.LAG.labels(name).set(behind)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Has the receiver finish with partitions before others get them, and find its place in those it gets."""

    def __init__(self, receiver: Receiver, consumer: AIOKafkaConsumer) -> None:
        self._receiver = receiver
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Finish what is in flight; what is committed by then is not delivered again."""
        await self._receiver.hand_over(self._consumer)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Find the place from which these partitions are to be read."""
        await self._receiver.positions(self._consumer, assigned)


async def _cancelled(tasks: Iterable[asyncio.Task[object]]) -> None:
    every = list(tasks)
    for task in every:
        task.cancel()
    await asyncio.gather(*every, return_exceptions=True)


def _now() -> datetime:
    return datetime.now(UTC)
