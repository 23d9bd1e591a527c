"""Uplink: sends records to the bus until all replicas have acknowledged them; it only gives up records that can never be stored.

Records of one partition are sent one batch at a time, in order; the next batch gathers while one is in flight. The uplink batches
itself and not by the producer, because one callback per batch costs a fraction of one future per record.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from aiokafka.errors import KafkaError

from gateway import metrics
from gateway.kafka import NEVER_STORED, RETRY_S, Kafka, Unreachable, partition_counts
from gateway.lanes import Item, Lane, Owner, Ticket
from gateway.settings import Settings
from schemas.base import Record
from schemas.codec import encode
from schemas.flows import flow
from schemas.frames import FrameLogged
from schemas.kafkaclients import discard, key_hash
from schemas.routing import Destination, route
from schemas.topics import gateway_topic

log = logging.getLogger(__name__)

ENOUGH_FACTS = 32
"""After so many facts since the last send, the next does not wait for more."""
OVERTAKEN_AFTER_S = 0.05
"""How long the next send waits for one in flight: a slow broker must not delay sends to others."""
RECORD_OVERHEAD_BYTES = 100
"""Rough cost of a record beside its value, for the budget."""


class Uplink:
    """Sends records to the bus. `publish` returns at once; the owner is called when they are stored."""

    def __init__(self, kafka: Kafka, settings: Settings) -> None:
        self._kafka = kafka
        self._settings = settings
        self._producer: Any = None
        self._generation = 0
        self._counts: dict[str, int] = {}
        self._lanes: dict[tuple[str, int], Lane] = {}
        self._ready: list[Lane] = []
        self._gathering: list[Lane] = []
        self._in_flight: dict[Lane, list[Item]] = {}
        self._wake = asyncio.Event()
        self._enough = asyncio.Event()
        self._quiet = asyncio.Event()
        self._fresh = 0
        self._room: list[Callable[[], None]] = []
        self._records = self._bytes = self._frames = 0
        self._failed = False
        self._progress_at = self._rested_at = 0.0

    async def start(self) -> None:
        """Connect, and read the partition count of each topic. Raises Unreachable: Kafka does not answer in time, or a topic is missing."""
        self._producer = await self._kafka.wait_for_producer()
        mine = flow("gateway")
        topics = {topic.name for topic in (*mine.references, *mine.writes) if not topic.is_family}
        topics.add(gateway_topic(self._settings.gateway))
        self._counts = await partition_counts(self._producer, sorted(topics))

    @property
    def full(self) -> bool:
        """Whether the budget of records in flight is used up: publish no more facts."""
        return self._records >= self._settings.inflight_records or self._bytes >= self._settings.inflight_bytes

    @property
    def idle(self) -> bool:
        """Whether nothing is in flight or queued."""
        return not self._records and not self._frames

    @property
    def records(self) -> int:
        """Number of facts, reports and lifecycle records in flight or queued."""
        return self._records

    @property
    def bytes(self) -> int:
        """The same in bytes."""
        return self._bytes

    @property
    def frame_logs(self) -> int:
        """Number of frame log records in flight or queued."""
        return self._frames

    def not_ready(self) -> list[str]:
        """The reasons why nothing can be stored now; empty when it can."""
        silent_s = time.monotonic() - self._progress_at
        if self._records and silent_s > self._settings.unacknowledged_after_s:
            return [f"Kafka has acknowledged nothing for {silent_s:.0f} s"]
        return []

    def when_room(self, callback: Callable[[], None]) -> None:
        """Call back once there is room for facts again."""
        self._room.append(callback)

    def publish(self, records: Sequence[Record], owner: Owner | None = None, token: object = None) -> None:
        """Send records, then call the owner. Check `full` before publishing facts."""
        now = time.monotonic()
        if not self._records:
            self._progress_at = now
        ticket = Ticket(owner, token, len(records)) if owner is not None else None
        for record in records:
            value = encode(record)
            if len(value) > self._settings.max_record_bytes:
                # Later, because the owner is still in the call that publishes.
                asyncio.get_running_loop().call_soon(_reject, ticket, "too-large")
                continue
            self._records += 1
            self._bytes += len(value) + RECORD_OVERHEAD_BYTES
            routed = route(record)
            self._put(routed, Item(routed.key, value, now, ticket, False))

    def log(self, frame: FrameLogged) -> None:
        """Send a frame of the OCPP log, or drop and count it where the backlog is full."""
        if self._frames >= self._settings.frame_backlog:
            metrics.FRAME_LOGS_DROPPED.inc()
            return
        self._frames += 1
        routed = route(frame)
        self._put(routed, Item(routed.key, encode(frame), 0.0, None, True))

    async def run(self) -> None:
        """Send what is published, until cancelled."""
        while True:
            await self._wake.wait()
            await self._wait_to_gather()
            if self._failed:
                await self._reopen()
            ready, self._ready = self._ready, []
            for lane in ready:
                await self._send(lane)

    async def _wait_to_gather(self) -> None:
        """Wait until the last send is acknowledged, then `linger_ms` more, unless many facts have gathered.

        A broker handles our requests one after the other, so records sent behind another request could as well wait and gather.
        """
        if self._in_flight:
            timer = asyncio.get_running_loop().call_later(OVERTAKEN_AFTER_S, self._quiet.set)
            await self._quiet.wait()
            timer.cancel()
        rest_s = self._rested_at - time.monotonic()
        if rest_s > 0 and self._fresh < ENOUGH_FACTS:
            timer = asyncio.get_running_loop().call_later(rest_s, self._enough.set)
            await self._enough.wait()
            timer.cancel()
        else:
            await asyncio.sleep(0)  # gather the records of this turn of the event loop
        self._wake.clear()
        self._quiet.clear()
        self._enough.clear()
        self._fresh = 0
        self._rested_at = time.monotonic() + self._settings.linger_ms / 1000

    async def stop(self) -> None:
        """Disconnect without waiting for records in flight."""
        if self._producer is not None:
            await discard(self._producer)

    def _put(self, routed: Destination, item: Item) -> None:
        partition = routed.partition
        if partition is None:
            partition = key_hash(routed.key) % self._counts[routed.topic]
        lane = self._lanes.get((routed.topic, partition))
        if lane is None:
            lane = self._lanes[routed.topic, partition] = Lane(routed.topic, partition)
        lane.items.append(item)
        if not lane.busy:
            self._make_ready(lane)
        if not item.is_log:
            self._fresh += 1
            if self._fresh == ENOUGH_FACTS:
                self._enough.set()

    def _make_ready(self, lane: Lane) -> None:
        lane.busy = bool(lane.items)
        if not lane.busy:
            return
        if lane.patient and not lane.overfull:
            if not self._gathering:
                asyncio.get_running_loop().call_later(self._settings.frame_linger_ms / 1000, self._release_gathered)
            self._gathering.append(lane)
        else:
            self._ready.append(lane)
            self._wake.set()

    def _release_gathered(self) -> None:
        self._ready += self._gathering
        self._gathering = []
        self._wake.set()

    async def _send(self, lane: Lane) -> None:
        batch = self._producer.create_batch()
        items: list[Item] = []
        most = 1 if lane.alone else len(lane.items)
        while len(items) < most:
            item = lane.items[0]
            if batch.append(timestamp=None, key=item.key, value=item.value) is None:
                break  # full
            items.append(lane.items.popleft())
        lane.alone = max(0, lane.alone - len(items))
        lane.overfull = lane.alone > 0 or len(items) < most
        batch.close()
        self._in_flight[lane] = items
        try:
            future = await self._producer.send_batch(batch, lane.topic, partition=lane.partition)
        except KafkaError as error:
            self._on_sent(lane, items, error)
            return
        future.add_done_callback(partial(self._on_acknowledged, lane, items, self._generation))

    def _on_acknowledged(
        self, lane: Lane, items: list[Item], generation: int, future: "asyncio.Future[object]"
    ) -> None:
        error = None if future.cancelled() else future.exception()
        if generation == self._generation:  # else a newer producer sends them again
            self._on_sent(lane, items, error)

    def _on_sent(self, lane: Lane, items: list[Item], error: BaseException | None) -> None:
        del self._in_flight[lane]
        if not self._in_flight:
            self._quiet.set()
        if error is None:
            self._make_ready(lane)
            self._on_stored(items)
            return
        if isinstance(error, NEVER_STORED) and len(items) == 1:
            self._release(items)
            _reject(items[0].ticket, type(error).__name__)
        elif isinstance(error, NEVER_STORED):
            lane.items.extendleft(reversed(items))
            lane.alone = len(items)  # one of them is invalid: send them one by one
        else:
            lane.items.extendleft(reversed(items))
            self._failed = True
            log.warning("Kafka did not take records for %s: %r; trying again", lane.topic, error)
        self._make_ready(lane)

    def _on_stored(self, items: list[Item]) -> None:
        now = self._progress_at = time.monotonic()
        self._release(items)
        for item in items:
            if item.is_log:
                continue
            metrics.STORED_SECONDS.observe(now - item.since)
            ticket = item.ticket
            if ticket is not None:
                ticket.missing -= 1
                if not ticket.missing:
                    ticket.owner.on_stored(ticket.token)

    def _release(self, items: list[Item]) -> None:
        for item in items:
            if item.is_log:
                self._frames -= 1
            else:
                self._records -= 1
                self._bytes -= len(item.value) + RECORD_OVERHEAD_BYTES
        if self._room and not self.full:
            waiting, self._room = self._room, []
            for callback in waiting:
                callback()

    async def _reopen(self) -> None:
        """Open a new producer: the failed one may have a gap in its sequence numbers, after which the broker refuses every batch."""
        self._failed = False
        self._generation += 1
        metrics.PRODUCER_RESTARTS.inc()
        for lane, items in self._in_flight.items():
            lane.items.extendleft(reversed(items))
            self._make_ready(lane)
        self._in_flight.clear()
        await discard(self._producer)
        while True:
            await asyncio.sleep(RETRY_S)
            try:
                self._producer = await self._kafka.producer()
            except Unreachable as error:
                log.warning("%s; trying again", error)
            else:
                return


def _reject(ticket: Ticket | None, reason: str) -> None:
    metrics.RECORDS_REJECTED.labels(reason).inc()
    log.error("The bus will never take a record: %s", reason)
    if ticket is not None:
        ticket.owner.on_unstorable(ticket.token)
