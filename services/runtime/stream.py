"""Stream: one faust app as the shell uses it. All that differs from faust's own ways is here, each with its reason.

From faust: the group membership, the co-partitioning assignor, the table with its changelog, and recovery after a
rebalance. Not from faust: agents and streams (0.35 ms of CPU an event) and its per-event acknowledgement; fetched records go
to an `Inbox` as they came, and the worker commits a batch at a time.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

import faust
import uvloop
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from faust.app.base import BootStrategy
from faust.transport.drivers import aiokafka as driver

from services.runtime.access import faust_credentials
from services.runtime.begun import Begun
from services.runtime.inbox import Fetched, Inbox
from services.runtime.membership import Membership
from services.runtime.pacing import pace
from services.runtime.settings import Settings
from services.runtime.store import PartitionStore

EMBEDDED_FETCH_WAIT_MS = 20
KAFKA_FETCH_WAIT_MS = 500
FETCH_TIMEOUT_S = 1.0
NOTHING_ASSIGNED_S = 0.05
LEAVE_WITHIN_S = 5.0
COMMIT_WITHIN_S = 3.0
BEGUN_WITHIN_S = 10.0


class _Boot(BootStrategy):  # type: ignore[misc]
    """No producer (the worker has its own, idempotent one) and no web server."""

    enable_kafka_producer = False
    enable_web = False


class _ConsumerThread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]
    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = self.app.fetch_wait_ms  # faust fixes it at 1,500
        pace(consumer)
        return consumer

    async def on_start(self) -> None:
        """Connect, and follow what the group tells of this member."""
        await super().on_start()
        self.app.membership.watch(self._ensure_consumer()._coordinator)
        self.app.membership.end_when_lost()

    async def on_thread_stop(self) -> None:
        """Leave the group and disconnect. During an outage aiokafka ends its stop with a cancellation that was never ours.

        faust's thread would die of it without telling anybody that it has ended.
        """
        with contextlib.suppress(KafkaError, TimeoutError, asyncio.CancelledError):
            async with asyncio.timeout(LEAVE_WITHIN_S):
                await super().on_thread_stop()
        if self._consumer is None:
            return
        if self._consumer._coordinator is not None:  # where it was put out, its stop leaves this task behind
            with contextlib.suppress(asyncio.CancelledError):
                await self._consumer._coordinator._stop_commit_offsets_refresh_task()
        await self._consumer._client.close()

    async def rewind(self, records: Mapping[Any, list[Any]]) -> None:
        """Give fetched records back: read each partition again from the first of them, unless it already stands before."""
        consumer = self._ensure_consumer()
        for tp, dropped in records.items():
            assignment = consumer._subscription.subscription.assignment
            if dropped and assignment is not None and tp in assignment.tps:
                state = assignment.state_value(tp)
                if state.has_valid_position and state.position > dropped[0].offset:
                    consumer.seek(tp, dropped[0].offset)

    async def commit_offsets(self, offsets: Mapping[tuple[str, int], int]) -> None:
        """Commit for the partitions that are still ours. Raises KafkaError; faust's own would end the app."""
        consumer = self._ensure_consumer()
        mine = consumer.assignment()
        ours = {TopicPartition(*tp): OffsetAndMetadata(offset, "") for tp, offset in offsets.items()}
        ours = {tp: offset for tp, offset in ours.items() if tp in mine}
        if ours:
            await consumer.commit(ours)

    async def begun(self) -> Begun:
        """How far the group is on the owned input partitions, and where those begin on which it has no offset."""
        consumer = self._ensure_consumer()
        inputs = [tp for tp in consumer.assignment() if tp.topic not in self.app.tables.changelog_topics]
        committed = await consumer._coordinator.fetch_committed_offsets(inputs)
        starts = await consumer.beginning_offsets([tp for tp in inputs if tp not in committed])
        return Begun(committed=frozenset(committed), starts=starts)


class _Consumer(driver.Consumer):  # type: ignore[misc]
    def _new_consumer_thread(self) -> _ConsumerThread:
        thread = _ConsumerThread(self, loop=self.loop, beacon=self.beacon, thread_loop=uvloop.new_event_loop())
        thread._close_thread_loop_on_stop = True  # made for it alone
        return thread

    def verify_event_path(self, now: float, tp: Any) -> None:
        """faust's watch over its own streams, which are not used."""

    async def perform_seek(self) -> None:
        """Nothing: a new assignment starts at its committed offsets, and what is dropped is given back by `rewind`.

        faust's own seek leaves partitions without any commit where they are, and repeats records on others.
        """

    async def _drain_messages(self, fetcher: Any) -> None:
        """Fetch for ever: changelog entries to faust's recovery, all else to the inbox, a whole fetch at a time."""
        while not (self._stopped.is_set() or fetcher._stopped.is_set()):
            if not self.flow_active:
                await self.wait(self.can_resume_flow)
                continue
            # A copy: faust empties its own set during a rebalance, and an empty one means "everything" to aiokafka.
            active = frozenset(self._get_active_partitions())
            if not active:
                await self.sleep(NOTHING_ASSIGNED_S)
                continue
            generation = self.app.consumer_generation_id
            records = await self._getmany(active, FETCH_TIMEOUT_S)
            if not records:
                continue
            if generation != self.app.consumer_generation_id or not self.flow_active:
                await self._thread.call_thread(self._thread.rewind, records)
                continue
            await self.wait_first(self._deliver(records), self.suspend_flow.wait())

    async def _deliver(self, records: Mapping[Any, list[Any]]) -> None:
        changelogs = self.app.tables.changelog_topics
        inputs = {tp: found for tp, found in records.items() if tp.topic not in changelogs}
        for tp, found in records.items():
            if tp.topic in changelogs:
                for record in found:
                    await self.callback(self._to_message(tp, record))
        if inputs and not await self.app.inbox.put(Fetched(inputs)):
            await self._thread.call_thread(self._thread.rewind, inputs)


class _Transport(driver.Transport):  # type: ignore[misc]
    Consumer = _Consumer


class _App(faust.App):  # type: ignore[misc]
    BootStrategy = _Boot
    inbox: Inbox
    membership: Membership
    fetch_wait_ms: int

    def _create_directories(self) -> None:
        """None: nothing is kept on disk, and a container's file system may be read-only."""


class Stream:
    """A consumer group's member with its table: start, take fetches from `inbox`, save states in `store`, commit, stop."""

    def __init__(self, *, group: str, topics: tuple[str, ...], changelog: str, settings: Settings) -> None:
        self.inbox = Inbox()
        self.membership = Membership(settings.session_timeout_s)
        app = self._app = _App(
            group,
            broker=[f"kafka://{address.strip()}" for address in settings.bootstrap.split(",")],
            broker_credentials=faust_credentials(settings),
            loop=asyncio.get_running_loop(),
            store="memory://",
            key_serializer="raw",
            value_serializer="raw",
            topic_allow_declare=False,
            topic_disable_leader=True,
            stream_wait_empty=False,
            broker_session_timeout=settings.session_timeout_s,
            broker_heartbeat_interval=settings.session_timeout_s * 0.2,
            broker_request_timeout=settings.session_timeout_s * 3,
            broker_rebalance_timeout=settings.session_timeout_s * 3,
            broker_max_poll_records=settings.batch_records,
            stream_recovery_delay=0.0,
        )
        app.inbox, app.membership = self.inbox, self.membership
        app.fetch_wait_ms = EMBEDDED_FETCH_WAIT_MS if settings.bus == "embedded" else KAFKA_FETCH_WAIT_MS
        app.transport = _Transport(app.conf.broker_consumer, app)
        raw = {"key_type": bytes, "value_type": bytes}
        table = app.Table(
            group, **raw, changelog_topic=app.topic(changelog, **raw, acks=False, internal=True, allow_empty=True)
        )
        self.store = PartitionStore("memory://", app, table, table_name=group)
        table._data = self.store
        app.topics.add(app.topic(*topics, **raw, allow_empty=True))

    @property
    def recovered(self) -> bool:
        """All states of the owned partitions are in the store, and records flow."""
        return bool(self._app.tables.actives_ready) and not self._app.rebalancing

    def on_revoked(self, settle: Callable[[], Awaitable[None]]) -> None:
        """Call `settle` when partitions are being taken away: it finishes and commits what is in hand."""

        async def revoked(_app: Any, _partitions: Any = None, **_kwargs: Any) -> None:
            await settle()

        self._app.on_partitions_revoked.connect(revoked)

    async def start(self) -> None:
        """Join the group; fetches arrive once the states are recovered."""
        await self._app.start()

    async def failed(self) -> BaseException | None:
        """Wait until faust has ended by itself; its reason."""
        await self._app.wait_until_stopped()
        reason: BaseException | None = self._app.crash_reason
        return reason

    async def commit(self, offsets: Mapping[tuple[str, int], int]) -> None:
        """Commit offsets of partitions that are still ours. Raises KafkaError, TimeoutError.

        Not through faust's queue of calls to its thread: it has two places, and during an outage a commit would keep one.
        """
        thread = self._app.consumer._thread
        await self._in_thread(thread.commit_offsets(offsets), COMMIT_WITHIN_S)

    async def begun(self) -> Begun:
        """How far the group is on the owned input partitions. Raises KafkaError, TimeoutError."""
        found: Begun = await self._in_thread(self._app.consumer._thread.begun(), BEGUN_WITHIN_S)
        return found

    async def _in_thread(self, call: Coroutine[Any, Any, Any], within_s: float) -> Any:
        asked = asyncio.run_coroutine_threadsafe(call, self._app.consumer._thread.thread_loop)
        async with asyncio.timeout(within_s):
            return await asyncio.wrap_future(asked)

    def lag_records(self) -> int:
        """Records that wait on the assigned input partitions, as far as the last fetches told."""
        consumer = self._app.consumer._thread._consumer
        assignment = consumer._subscription.subscription.assignment if consumer is not None else None
        if assignment is None or not self.recovered:
            return 0
        states = [
            assignment.state_value(tp) for tp in assignment.tps if tp.topic not in self._app.tables.changelog_topics
        ]
        return sum(max(0, (state.highwater or 0) - state.position) for state in states if state.has_valid_position)

    def partitions(self) -> int:
        """Input partitions this process owns now."""
        changelogs = self._app.tables.changelog_topics
        return sum(1 for tp in self._app.consumer.assignment() if tp.topic not in changelogs) if self.recovered else 0

    async def stop(self) -> None:
        """Leave the group."""
        await self._app.stop()
