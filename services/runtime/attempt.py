"""Attempt: one life of a stateful service on faust, from joining its group until it stops, Kafka is away, or a bug shows."""

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import Any, Generic

from aiokafka.errors import KafkaError

from schemas.codec import Decoder
from schemas.topics import DUE, due_topic, state_topic
from services.runtime import metrics
from services.runtime.batch import Applied, Sent, Stepper
from services.runtime.begun import words_on_forgotten
from services.runtime.clock import Clock
from services.runtime.deadletters import dead_letter
from services.runtime.inbox import Fetched
from services.runtime.outage import Outage, Unusable
from services.runtime.producer import Outgoing, Publisher
from services.runtime.service import S, Service
from services.runtime.settings import Settings
from services.runtime.states import States
from services.runtime.steady import Steady
from services.runtime.stream import Stream
from services.runtime.topics import require_dead_letters, require_topics

log = logging.getLogger("voltbus.services")

HOUSEKEEPING_S = 1.0
LOOK_EVERY_S = 0.1
SAVE_EVERY_S = 0.5
"""What a crash may have to make again: outputs of the same ids from the same records."""
TELL_EVERY_S = 0.1
"""How often what is due is told at most: telling one by one costs a save and a commit each."""
STOP_WITHIN_S = 20.0
TOPICS_AGE_S = 5.0
PATIENCE = 0.6
"""Of the session timeout, from when the group has freshly confirmed the place: nothing is on its way for longer than that."""


class Attempt(Generic[S]):
    """One life of a worker: from joining the group until it is stopped, or Kafka is away for long, or a bug shows."""

    def __init__(self, service: Service[S], settings: Settings) -> None:
        self._service = service
        self._settings = settings
        self.publisher = Publisher(settings, name=service.name, timeout_s=PATIENCE * settings.session_timeout_s)
        self.stream: Stream | None = None
        self._clock = Clock(service, most_at_once=settings.batch_records)
        self._dead_in_a_row = 0
        self._offsets: dict[tuple[str, int], int] = {}
        self._committing = asyncio.Lock()
        self._all_here = asyncio.Event()
        self._topics: set[str] = set()
        self._topics_read_at = 0.0
        self._missing: set[str] = set()
        self._states: States[S] | None = None
        self._steady: Steady | None = None
        self._stepper = Stepper(
            service=service,
            decode=Decoder(*service.inputs, DUE).decode,
            load=self._load,
            missing_topic=self._is_missing,
        )

    # -- life -----------------------------------------------------------------------------------------------------

    async def run(self, stop: asyncio.Event) -> None:
        """Join, work, leave."""
        try:
            await self.publisher.start()
            stream = self.stream = await self._joining()
            if await self._started(stream, stop):
                log.info("%s joined its group", self._service.name)
                await self._until_first(stop)
        finally:
            await self._end()

    async def _joining(self) -> Stream:
        name = self._service.name
        inputs = (*(topic.name for topic in self._service.inputs), due_topic(name))
        self._topics = await require_topics((*inputs, state_topic(name)), self._settings)
        if self._settings.bus == "kafka":  # the embedded bus makes topics on first use
            require_dead_letters(inputs, self._topics)
        self._topics_read_at = time.monotonic()
        stream = Stream(group=f"voltbus.{name}", topics=inputs, changelog=state_topic(name), settings=self._settings)
        stream.store.recovered = self._recovered
        self._steady = Steady(self.publisher, stream.membership, name=name)
        self._states = States(self._service, stream.store, limit=self._settings.state_cache_keys)
        stream.on_revoked(self._settle)
        return stream

    async def _started(self, stream: Stream, stop: asyncio.Event) -> bool:
        """Join the group and read the states; False when told to stop meanwhile."""
        starting = asyncio.create_task(stream.start())
        others = [asyncio.create_task(stop.wait()), asyncio.create_task(self._faust_ended(stream))]
        try:
            await asyncio.wait([starting, *others], return_when=asyncio.FIRST_COMPLETED)
            for task in (starting, others[1]):
                if task.done():
                    task.result()
            return starting.done()
        finally:
            for task in (starting, *others):
                task.cancel()
            await asyncio.gather(starting, *others, return_exceptions=True)

    async def _until_first(self, stop: asyncio.Event) -> None:
        assert self.stream is not None
        tasks = [
            asyncio.create_task(wait, name=f"{self._service.name}-{what}")
            for what, wait in (
                ("stop", stop.wait()),
                ("faust", self._faust_ended(self.stream)),
                ("places", self._begin_for_ever()),
                ("batches", self._apply_for_ever()),
                ("commits", self._commit_for_ever()),
                ("place", self._watch_the_place()),
            )
        ]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        try:
            if tasks[0] in done:
                await self._settle()
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _faust_ended(self, stream: Stream) -> None:
        reason = await stream.failed()
        if reason is None or isinstance(reason, asyncio.CancelledError):
            raise Outage(f"faust has ended {self._service.name} by itself")
        raise reason

    async def _end(self) -> None:
        if self.stream is not None:
            async with asyncio.timeout(STOP_WITHIN_S):
                await self.stream.stop()
        await self.publisher.stop()

    # -- batches --------------------------------------------------------------------------------------------------

    async def _apply_for_ever(self) -> None:
        assert self.stream is not None
        inbox, tidy_at, tell_at = self.stream.inbox, 0.0, 0.0
        while True:
            fetched = await inbox.take(max(self._clock.until_s(HOUSEKEEPING_S), tell_at - time.monotonic()))
            try:
                if not self._clock.known and self.stream.recovered:
                    await self._clock.read(self._held)
                if fetched is not None:
                    await self._apply(fetched)
                if self._clock.known and self._clock.is_due() and time.monotonic() > tell_at:
                    await self._tell_due()
                    tell_at = time.monotonic() + TELL_EVERY_S
            finally:
                inbox.done()
            if time.monotonic() > tidy_at:
                tidy_at = time.monotonic() + HOUSEKEEPING_S
                self._show()

    async def _apply(self, fetched: Fetched) -> None:
        assert self.stream is not None
        name = self._service.name
        await self._kafka.placed()
        started = time.monotonic()
        owned = self.stream.store.owned
        batches = {tp: records for tp, records in fetched.records.items() if tp[1] in owned}
        applied = await self._step([record for records in batches.values() for record in records])
        stepped_s = time.monotonic() - started
        now = datetime.now(UTC)
        dead = [dead_letter(dead, service=name, at=now) for dead in applied.dead]
        await self._kafka.send([*_outgoing(applied.outputs), *dead])
        self._kafka.require()
        # From here on without a pause: offsets are committed with the states that they led to.
        self._held.put(applied.states)
        self._clock.want(applied.states)
        self._offsets |= {tp: records[-1].offset + 1 for tp, records in batches.items()}
        self._dead_in_a_row = applied.dead_in_a_row
        metrics.count_batch(name, applied, records=len(fetched), stepped_s=stepped_s, took_s=time.monotonic() - started)
        if self._dead_in_a_row >= self._settings.dead_letters_limit:
            raise RuntimeError(f"{self._dead_in_a_row} dead letters in a row in {name}: {applied.dead[-1].reason}")
        if applied.acts:
            async with self._committing:
                await self._held.save(self._kafka)
            await self._kafka.send(_outgoing(applied.acts))
        if self._held.full or (self._service.saves_each_batch and (applied.outputs or applied.acts)):
            await self._commit()

    async def _tell_due(self) -> None:
        if self._service.saves_before_due:
            await self._commit()
        await self._clock.tell(self._kafka)

    async def _step(self, messages: list[Any]) -> Applied[S]:
        """Step the records; where one has an output for an unknown topic, look whether it exists by now, and step again."""
        self._missing.clear()
        applied = self._stepper.apply(messages, dead_in_a_row=self._dead_in_a_row)
        if self._missing and time.monotonic() - self._topics_read_at > TOPICS_AGE_S:
            self._topics = await self._kafka.topics()
            self._topics_read_at = time.monotonic()
            applied = self._stepper.apply(messages, dead_in_a_row=self._dead_in_a_row)
        return applied

    @property
    def _kafka(self) -> Steady:
        assert self._steady is not None
        return self._steady

    @property
    def _held(self) -> States[S]:
        assert self._states is not None
        return self._states

    def _load(self, partition: int, key: str) -> S:
        return self._held.load(partition, key)

    def _is_missing(self, topic: str) -> bool:
        if self._settings.bus == "embedded" or topic in self._topics:  # the embedded bus makes topics on first use
            return False
        self._missing.add(topic)
        return True

    # -- the group ------------------------------------------------------------------------------------------------

    def _recovered(self) -> None:
        self._clock.known = False
        self._kafka.begin()
        self._all_here.set()

    async def _begin_for_ever(self) -> None:
        """Whenever all states are here: take records, where the group knows how far it is with them."""
        assert self.stream is not None
        while True:
            await self._all_here.wait()
            self._all_here.clear()
            await self._require_offsets(self.stream)
            if self._kafka.begun:  # still: they may have been taken away meanwhile
                self.stream.inbox.open()
                self.stream.inbox.wake()

    async def _require_offsets(self, stream: Stream) -> None:
        """The group has an offset wherever there are states. Raises Unusable; KafkaError, TimeoutError.

        A partition that nobody has read gets one before it is read: so that states without any tell that Kafka forgot them.
        """
        begun, name = await stream.begun(), self._service.name
        if forgotten := begun.forgotten(number for number, states in stream.store.partitions.items() if states):
            inputs = [topic.name for topic in self._service.inputs]
            raise Unusable(
                words_on_forgotten(name, [*inputs, due_topic(name)], forgotten, bootstrap=self._settings.bootstrap)
            )
        await stream.commit(begun.starts)

    async def _settle(self) -> None:
        """Finish the batch in hand and commit it; take no further one."""
        assert self.stream is not None
        self._kafka.leave()
        await self.stream.inbox.close()
        try:
            await self._commit()
        except Outage as reason:
            self._kafka.lose(reason)  # what was not saved is lost: this life ends before it applies anything more
        self._held.forget()
        self._offsets.clear()
        self._clock.known = False
        self._kafka.left()

    async def _commit_for_ever(self) -> None:
        while True:
            await self._commit()
            await asyncio.sleep(SAVE_EVERY_S)

    async def _watch_the_place(self) -> None:
        while True:
            self._kafka.require()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _commit(self) -> None:
        """Save the states, then commit the records that led to them. Raises Outage where the states cannot be saved.

        A commit that fails is made up by the next, or by repeating the records.
        """
        assert self.stream is not None
        async with self._committing:
            offsets = dict(self._offsets)
            if not offsets:
                return
            await self._held.save(self._kafka)
            try:
                await self.stream.commit(offsets)
            except (KafkaError, TimeoutError) as error:
                log.info("%s could not commit: %s", self._service.name, type(error).__name__)
                return
            for tp, offset in offsets.items():
                if self._offsets.get(tp) == offset:
                    del self._offsets[tp]

    def _show(self) -> None:
        assert self.stream is not None
        name = self._service.name
        metrics.LAG.labels(name).set(self.stream.lag_records())
        metrics.PARTITIONS.labels(name).set(self.stream.partitions())
        metrics.STATE_KEYS.labels(name).set(len(self.stream.store))
        metrics.STATES_DECODED.labels(name).set(self._held.decoded)
        metrics.DUE_TIMERS.labels(name).set(len(self._clock))


def _outgoing(outputs: list[Sent]) -> list[Outgoing]:
    return [Outgoing(s.routed.topic, s.routed.key, s.value, s.routed.partition) for s in outputs]
