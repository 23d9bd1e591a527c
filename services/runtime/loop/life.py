"""Life: what a worker does while it is a member of its consumer group: step fetched records, send outputs, save states, commit offsets.

The order is what the whole product relies on. Outputs are sent and acknowledged before the states that made them are saved; outputs
on which stations act (`acts`) are sent after that; offsets are committed last. A crash at any point repeats records, and never loses
an output of one. `Attempt` joins the group and passes in all that a life needs as `Ports`, so that the order is tested without a bus.
"""

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Protocol

from aiokafka.errors import KafkaError

from schemas.codec import Decoder
from schemas.topics import DUE, due_topic
from services.runtime.bus.outgoing import Outgoing
from services.runtime.bus.steady import Broker, Member, Steady
from services.runtime.loop.batch import Applied, Output, Stepper
from services.runtime.loop.clock import Clock
from services.runtime.loop.deadletters import dead_letter
from services.runtime.loop.inbox import Fetched, Inbox
from services.runtime.loop.inputorder import InputOrder, Reach
from services.runtime.loop.progress import GroupProgress, lost_offsets_sentence
from services.runtime.loop.service import S, Service
from services.runtime.loop.states import Bytes, States
from services.runtime.process import metrics
from services.runtime.process.outage import Outage, Unusable
from services.runtime.process.settings import Settings

log = logging.getLogger("voltbus.services")

HOUSEKEEPING_S = 1.0
LOOK_EVERY_S = 0.1
SAVE_EVERY_S = 0.5
"""Time between saves. After a crash the records since the last save are stepped again and give outputs with the same ids."""
DUE_EVERY_S = 0.1
"""Shortest time between two rounds of Due records: each round costs a save and a commit."""
TOPICS_AGE_S = 5.0
ANEW_AFTER_S = 2.0
"""How long after the first change of reference data all keys are asked anew when they are due: what changes together counts once."""


class Store(Bytes, Protocol):
    """The saved states of the partitions that this member owns."""

    owned: set[int]
    partitions: Mapping[int, Mapping[str, bytes]]

    def __len__(self) -> int:
        """The number of keys with a state."""


class Source(Protocol):
    """A member of a consumer group with its table of states: `services.runtime.faust.stream.Stream`, or a fake."""

    inbox: Inbox

    @property
    def store(self) -> Store:
        """The states."""

    @property
    def membership(self) -> Member:
        """The membership in the group, as last confirmed."""

    @property
    def recovered(self) -> bool:
        """Whether all states of the owned partitions are in the store and records are being fetched."""

    async def commit(self, offsets: Mapping[tuple[str, int], int]) -> None:
        """Commit offsets of partitions that are still ours. Raises KafkaError, TimeoutError."""

    async def progress(self) -> GroupProgress:
        """The committed offsets of the owned input partitions. Raises KafkaError, TimeoutError."""

    async def starts(self, topics: Iterable[str]) -> Mapping[tuple[str, int], int]:
        """The start offsets of the owned partitions of some topics. Raises KafkaError, TimeoutError."""

    def fetch_only(self, topics: Iterable[str]) -> None:
        """Fetch only these topics from now on; all topics where none is given."""

    def lag_records(self) -> int:
        """Number of unread records on the assigned input partitions."""

    def partitions(self) -> int:
        """Number of input partitions that this member owns."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    """What a life needs from outside: the source of records, the broker that takes outputs, end offsets, and the names of all topics."""

    source: Source
    broker: Broker
    reach: Reach
    topics: frozenset[str]


class Life(Generic[S]):
    """The work of a worker from joining its group until it leaves or loses its membership."""

    def __init__(self, service: Service[S], settings: Settings, ports: Ports) -> None:
        self._service = service
        self._settings = settings
        self._source = ports.source
        self._kafka = Steady(ports.broker, ports.source.membership, name=service.name)
        self._states = States(service, ports.source.store, limit=settings.state_cache_keys)
        first = (topic.name for topic in service.inputs_first)
        self._input_order = InputOrder(first, ports.source, ports.reach, name=service.name)
        self._clock = Clock(service, most_at_once=settings.batch_records)
        self._changes, self._changed_at = service.changes(), 0.0
        self._dead_in_a_row: dict[str, int] = {}
        self._offsets: dict[tuple[str, int], int] = {}
        self._committing = asyncio.Lock()
        self._recovered = asyncio.Event()
        self._topics = set(ports.topics)
        self._topics_read_at = time.monotonic()
        self._missing: set[str] = set()
        self._stepper = Stepper(
            service=service,
            decode=Decoder(*service.inputs, DUE).decode,
            load=self._states.load,
            missing_topic=self._is_missing,
        )

    # -- batches --------------------------------------------------------------------------------------------------

    async def apply_for_ever(self) -> None:
        """Apply fetches as they arrive, and send Due records when they are due."""
        inbox, tidy_at, next_due_round = self._source.inbox, 0.0, 0.0
        while True:
            wait_s = LOOK_EVERY_S if self._input_order.is_holding_back else HOUSEKEEPING_S
            fetched = await inbox.take(max(self._clock.until_s(wait_s), next_due_round - time.monotonic()))
            try:
                if not self._clock.loaded and self._source.recovered:
                    await self._clock.read(self._states)
                await self._look_at_references()
                for each in await self._input_order.next_to_apply(fetched):
                    await self.apply(each)
                if self._clock.loaded and self._clock.is_due() and time.monotonic() > next_due_round:
                    await self._send_due()
                    next_due_round = time.monotonic() + DUE_EVERY_S
            finally:
                inbox.done()
            if time.monotonic() > tidy_at:
                tidy_at = time.monotonic() + HOUSEKEEPING_S
                self._set_gauges()

    async def _look_at_references(self) -> None:
        """Ask every key anew when it is due, a little after the reference data changed that decide about it."""
        if not self._clock.loaded or (changes := self._service.changes()) == self._changes:
            return
        self._changed_at = self._changed_at or time.monotonic()
        if time.monotonic() - self._changed_at >= ANEW_AFTER_S:
            self._changes, self._changed_at = changes, 0.0
            await self._clock.ask_anew(self._states)

    async def apply(self, fetched: Fetched) -> None:
        """Step the records of partitions that we still own, and send their outputs. Raises Outage, RuntimeError."""
        await self._kafka.wait_until_confirmed()
        started = time.monotonic()
        owned = self._source.store.owned
        batches = {tp: records for tp, records in fetched.records.items() if tp[1] in owned}
        applied = await self._step([record for records in batches.values() for record in records])
        stepped_s = time.monotonic() - started
        now = datetime.now(UTC)
        dead = [dead_letter(dead, at=now) for dead in applied.dead]
        await self._kafka.send([*_outgoing(applied.outputs), *dead])
        self._kafka.require()
        # No await from here until both are noted: an offset is only ever committed together with the state after its record.
        self._states.put(applied.states)
        self._clock.want(applied.states)
        self._offsets |= {tp: records[-1].offset + 1 for tp, records in batches.items()}
        took_s = time.monotonic() - started
        metrics.count_batch(self._service.name, applied, records=len(fetched), stepped_s=stepped_s, took_s=took_s)
        self._require_few_dead_letters(applied)
        if applied.acts:
            async with self._committing:
                await self._states.save(self._kafka)
            await self._kafka.send(_outgoing(applied.acts))
        if self._states.full or (self._service.saves_each_batch and (applied.outputs or applied.acts)):
            await self.commit()

    def _require_few_dead_letters(self, applied: Applied[S]) -> None:
        self._dead_in_a_row = applied.dead_in_a_row
        for service, in_a_row in self._dead_in_a_row.items():
            if in_a_row >= self._settings.dead_letters_limit:
                raise RuntimeError(f"{in_a_row} dead letters in a row in {service}: {applied.dead[-1].reason}")

    async def _send_due(self) -> None:
        if self._service.saves_before_due:
            await self.commit()
        await self._clock.send_due(self._kafka)

    async def _step(self, messages: list[Any]) -> Applied[S]:
        """Step the records. If an output belongs on an unknown topic, read the list of topics again and repeat the step."""
        self._missing.clear()
        applied = self._stepper.apply(messages, dead_in_a_row=self._dead_in_a_row)
        if self._missing and time.monotonic() - self._topics_read_at > TOPICS_AGE_S:
            self._topics = await self._kafka.topics()
            self._topics_read_at = time.monotonic()
            applied = self._stepper.apply(messages, dead_in_a_row=self._dead_in_a_row)
        return applied

    def _is_missing(self, topic: str) -> bool:
        if self._settings.bus == "embedded" or topic in self._topics:  # the embedded bus makes topics on first use
            return False
        self._missing.add(topic)
        return True

    # -- the group ------------------------------------------------------------------------------------------------

    def recovered(self) -> None:
        """Begin with newly assigned partitions: all their states are in the store."""
        self._clock.loaded = False
        self._kafka.begin()
        self._recovered.set()

    async def begin_for_ever(self) -> None:
        """After each recovery: check that no offset is lost, then open the inbox."""
        while True:
            await self._recovered.wait()
            self._recovered.clear()
            await self._require_offsets()
            await self._input_order.begin()
            if self._kafka.owns_partitions:  # they may have been revoked meanwhile
                self._source.inbox.open()
                self._source.inbox.wake()

    async def _require_offsets(self) -> None:
        """Require a committed offset wherever there are states. Raises Unusable, KafkaError, TimeoutError.

        A partition gets a committed offset here before it is first read. So states without an offset mean that Kafka lost it.
        """
        progress, name = await self._source.progress(), self._service.name
        if without_offsets := progress.without_offsets(
            number for number, states in self._source.store.partitions.items() if states
        ):
            inputs = [*(topic.name for topic in self._service.inputs), due_topic(name)]
            raise Unusable(lost_offsets_sentence(name, inputs, without_offsets, bootstrap=self._settings.bootstrap))
        await self._source.commit(progress.starts)

    async def settle(self) -> None:
        """Partitions are being revoked: finish and commit the current batch; take no other."""
        self._kafka.leave()
        await self._source.inbox.close()
        try:
            await self.commit()
        except Outage as reason:
            self._kafka.lose(reason)  # unsaved states are lost: this life must end before it applies another record
        self._states.forget()
        self._input_order.forget()
        self._offsets.clear()
        self._clock.loaded = False
        self._kafka.release()

    async def commit_for_ever(self) -> None:
        """Save and commit every SAVE_EVERY_S."""
        while True:
            await self.commit()
            await asyncio.sleep(SAVE_EVERY_S)

    async def watch_for_ever(self) -> None:
        """Raise Outage once the membership is lost."""
        while True:
            self._kafka.require()
            await asyncio.sleep(LOOK_EVERY_S)

    async def commit(self) -> None:
        """Save the states, then commit the offsets of the records behind them. Raises Outage where the states cannot be saved.

        A commit that fails is harmless: the next one covers it, or the records are stepped again.
        """
        async with self._committing:
            offsets = dict(self._offsets)
            if not offsets:
                return
            await self._states.save(self._kafka)
            try:
                await self._source.commit(offsets)
            except (KafkaError, TimeoutError) as error:
                log.info("%s could not commit: %s", self._service.name, type(error).__name__)
                return
            for tp, offset in offsets.items():
                if self._offsets.get(tp) == offset:
                    del self._offsets[tp]

    def _set_gauges(self) -> None:
        name = self._service.name
        metrics.LAG.labels(name).set(self._source.lag_records())
        metrics.PARTITIONS.labels(name).set(self._source.partitions())
        metrics.STATE_KEYS.labels(name).set(len(self._source.store))
        metrics.STATES_DECODED.labels(name).set(self._states.decoded)
        metrics.DUE_TIMERS.labels(name).set(len(self._clock))


def _outgoing(outputs: Sequence[Output]) -> list[Outgoing]:
    return [Outgoing(s.routed.topic, s.routed.key, s.value, s.routed.partition) for s in outputs]
