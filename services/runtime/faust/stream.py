"""Stream: one faust app as the runtime uses it. Every deviation from faust's own behaviour is here, each with its reason.

From faust: the group membership, the co-partitioning assignor, the table with its changelog, and recovery after a
rebalance. Not from faust: agents and streams (0.35 ms of CPU an event) and its per-event acknowledgement; fetched records go
to an `Inbox` whole, and the worker commits a batch at a time.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping
from functools import partial
from typing import Any

import faust
import uvloop
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from faust.app.base import BootStrategy
from faust.tables.manager import TableManager
from faust.transport.drivers import aiokafka as driver

from schemas.kafkapacing import pace
from services.runtime.bus.membership import Membership
from services.runtime.faust.access import faust_credentials
from services.runtime.faust.store import PartitionStore
from services.runtime.loop.inbox import Fetched, Inbox
from services.runtime.loop.progress import GroupProgress
from services.runtime.process.settings import Settings

EMBEDDED_FETCH_WAIT_MS = 1
KAFKA_FETCH_WAIT_MS = 500
FETCH_TIMEOUT_S = 1.0
NOTHING_ASSIGNED_S = 0.05
LEAVE_WITHIN_S = 5.0
COMMIT_WITHIN_S = 3.0
OFFSETS_WITHIN_S = 10.0


async def hand_over(
    records: Mapping[Any, list[Any]],
    *,
    changelogs: Collection[str],
    recover: Callable[[Any, Any], Awaitable[None]],
    inbox: Inbox,
    give_back: Callable[[Mapping[Any, list[Any]]], Awaitable[None]],
) -> None:
    """Pass on a fetch: changelog entries to the recovery, all other records to the inbox.

    Records that a closed inbox refuses are given back, so that they are fetched again once it is open.
    """
    for tp, found in records.items():
        if tp.topic in changelogs:
            for record in found:
                await recover(tp, record)
    inputs = {tp: found for tp, found in records.items() if tp.topic not in changelogs}
    if inputs and not await inbox.put(Fetched(inputs)):
        await give_back(inputs)


def rewind(consumer: Any, records: Mapping[Any, list[Any]]) -> None:
    """Have an aiokafka consumer fetch these records again: seek to the first of each partition, unless the position is before it."""
    for tp, dropped in records.items():
        assignment = consumer._subscription.subscription.assignment
        if dropped and assignment is not None and tp in assignment.tps:
            state = assignment.state_value(tp)
            if state.has_valid_position and state.position > dropped[0].offset:
                consumer.seek(tp, dropped[0].offset)


class _Boot(BootStrategy):  # type: ignore[misc]
    """No producer (the worker has its own, idempotent one) and no web server."""

    enable_kafka_producer = False
    enable_web = False


class _ConsumerThread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]
    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = self.app.fetch_wait_ms  # faust fixes it at 1,500
        pace(consumer, self.app.bus)
        return consumer

    async def on_start(self) -> None:
        """Connect, and watch the membership."""
        await super().on_start()
        self.app.membership.watch(self._ensure_consumer()._coordinator)
        self.app.membership.end_when_lost()

    async def on_thread_stop(self) -> None:
        """Leave the group and disconnect. During an outage aiokafka's `stop` raises CancelledError though nobody cancelled it.

        Uncaught, it would end faust's thread without anybody noticing.
        """
        with contextlib.suppress(KafkaError, TimeoutError, asyncio.CancelledError):
            async with asyncio.timeout(LEAVE_WITHIN_S):
                await super().on_thread_stop()
        if self._consumer is None:
            return
        if self._consumer._coordinator is not None:  # after a lost membership, aiokafka's stop leaves this task running
            with contextlib.suppress(asyncio.CancelledError):
                await self._consumer._coordinator._stop_commit_offsets_refresh_task()
        await self._consumer._client.close()

    async def rewind(self, records: Mapping[Any, list[Any]]) -> None:
        """Seek back to fetched records, in the consumer's thread."""
        rewind(self._ensure_consumer(), records)

    async def commit_offsets(self, offsets: Mapping[tuple[str, int], int]) -> None:
        """Commit for the partitions that we still own. Raises KafkaError, for which faust's own commit would end the app."""
        consumer = self._ensure_consumer()
        mine = consumer.assignment()
        ours = {TopicPartition(*tp): OffsetAndMetadata(offset, "") for tp, offset in offsets.items()}
        ours = {tp: offset for tp, offset in ours.items() if tp in mine}
        if ours:
            await consumer.commit(ours)

    async def starts(self, topics: frozenset[str]) -> dict[tuple[str, int], int]:
        """The start offsets of the owned partitions of some topics: the committed offset, else the first one available."""
        consumer = self._ensure_consumer()
        tps = [tp for tp in consumer.assignment() if tp.topic in topics]
        committed = await consumer._coordinator.fetch_committed_offsets(tps)
        starts = await consumer.beginning_offsets(tps)
        return {(tp.topic, tp.partition): max(starts[tp], committed[tp].offset if tp in committed else 0) for tp in tps}

    async def progress(self) -> GroupProgress:
        """The committed offsets of the owned input partitions, and the first offset of those without one."""
        consumer = self._ensure_consumer()
        inputs = [tp for tp in consumer.assignment() if tp.topic not in self.app.tables.changelog_topics]
        committed = await consumer._coordinator.fetch_committed_offsets(inputs)
        starts = await consumer.beginning_offsets([tp for tp in inputs if tp not in committed])
        return GroupProgress(committed=frozenset(committed), starts=starts)


class _Consumer(driver.Consumer):  # type: ignore[misc]
    def _new_consumer_thread(self) -> _ConsumerThread:
        thread = _ConsumerThread(self, loop=self.loop, beacon=self.beacon, thread_loop=uvloop.new_event_loop())
        thread._close_thread_loop_on_stop = True  # this thread has the loop to itself
        return thread

    def verify_event_path(self, now: float, tp: Any) -> None:
        """Nothing: faust checks its own streams here, which are not used."""

    async def perform_seek(self) -> None:
        """Nothing: a new assignment starts at its committed offsets, and `rewind` seeks back to dropped records.

        faust's own seek skips partitions without a committed offset, and repeats records on others.
        """

    async def _drain_messages(self, fetcher: Any) -> None:
        """Fetch for ever: changelog entries to faust's recovery, all else to the inbox, a whole fetch at a time."""
        while not (self._stopped.is_set() or fetcher._stopped.is_set()):
            if not self.flow_active:
                await self.wait(self.can_resume_flow)
                continue
            # A copy: faust empties its own set during a rebalance, and an empty one means "everything" to aiokafka.
            active = self._wanted(frozenset(self._get_active_partitions()))
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

    def _wanted(self, active: frozenset[Any]) -> frozenset[Any]:
        """The partitions to fetch: all active ones, or after `fetch_only` those of its topics and of the changelog."""
        only = self.app.fetched_alone
        changelogs = self.app.tables.changelog_topics
        return active if not only else frozenset(tp for tp in active if tp.topic in only or tp.topic in changelogs)

    async def _deliver(self, records: Mapping[Any, list[Any]]) -> None:
        await hand_over(
            records,
            changelogs=self.app.tables.changelog_topics,
            recover=lambda tp, record: self.callback(self._to_message(tp, record)),
            inbox=self.app.inbox,
            give_back=partial(self._thread.call_thread, self._thread.rewind),
        )


class _Transport(driver.Transport):  # type: ignore[misc]
    Consumer = _Consumer


class _Tables(TableManager):  # type: ignore[misc]
    async def on_start(self) -> None:
        """Recover at once. faust waits a second here for agents to register their tables; the only table is registered already."""
        await self._update_channels()
        await self.recovery.start()


class _App(faust.App):  # type: ignore[misc]
    BootStrategy = _Boot
    inbox: Inbox
    membership: Membership
    fetch_wait_ms: int
    fetched_alone: frozenset[str] = frozenset()

    def _create_directories(self) -> None:
        """Nothing: no state is kept on disk, and a container's file system may be read-only."""


class Stream:
    """A member of a consumer group with its table of states. Fetches arrive in `inbox`, states are in `store`."""

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
            TableManager=_Tables,
        )
        app.inbox, app.membership = self.inbox, self.membership
        app.bus = settings.bus
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
        """Whether all states of the owned partitions are in the store and records are being fetched."""
        return bool(self._app.tables.actives_ready) and not self._app.rebalancing

    def on_revoked(self, settle: Callable[[], Awaitable[None]]) -> None:
        """Call `settle` when partitions are being revoked: it finishes and commits the current batch."""

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
        """Commit offsets of partitions that we still own. Raises KafkaError, TimeoutError.

        Not through faust's queue of calls to its thread: the queue has two slots, and during an outage a commit would block one.
        """
        thread = self._app.consumer._thread
        await self._in_thread(thread.commit_offsets(offsets), COMMIT_WITHIN_S)

    async def progress(self) -> GroupProgress:
        """The committed offsets of the owned input partitions. Raises KafkaError, TimeoutError."""
        found: GroupProgress = await self._in_thread(self._app.consumer._thread.progress(), OFFSETS_WITHIN_S)
        return found

    async def starts(self, topics: Iterable[str]) -> Mapping[tuple[str, int], int]:
        """The start offsets of the owned partitions of some topics. Raises KafkaError, TimeoutError."""
        found: Mapping[tuple[str, int], int] = await self._in_thread(
            self._app.consumer._thread.starts(frozenset(topics)), OFFSETS_WITHIN_S
        )
        return found

    def fetch_only(self, topics: Iterable[str]) -> None:
        """Fetch only these topics from now on; all topics where none is given."""
        self._app.fetched_alone = frozenset(topics)

    async def _in_thread(self, call: Coroutine[Any, Any, Any], within_s: float) -> Any:
        future = asyncio.run_coroutine_threadsafe(call, self._app.consumer._thread.thread_loop)
        async with asyncio.timeout(within_s):
            return await asyncio.wrap_future(future)

    def lag_records(self) -> int:
        """Number of unread records on the assigned input partitions, as of the last fetches."""
        consumer = self._app.consumer._thread._consumer
        assignment = consumer._subscription.subscription.assignment if consumer is not None else None
        if assignment is None or not self.recovered:
            return 0
        states = [
            assignment.state_value(tp) for tp in assignment.tps if tp.topic not in self._app.tables.changelog_topics
        ]
        return sum(max(0, (state.highwater or 0) - state.position) for state in states if state.has_valid_position)

    def partitions(self) -> int:
        """Number of input partitions that this process owns."""
        changelogs = self._app.tables.changelog_topics
        return sum(1 for tp in self._app.consumer.assignment() if tp.topic not in changelogs) if self.recovered else 0

    async def stop(self) -> None:
        """Leave the group."""
        await self._app.stop()
