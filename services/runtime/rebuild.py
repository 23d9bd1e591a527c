"""Rebuild: a stateful service's states, made again from the facts on its topics, and written to its changelog.

The core steps every record that the service had applied, from the first to its committed offsets, and nothing of what it
says is sent: a decision sent again could answer another CALL of the station, a command would act on it twice. The offsets
stay where they are, so that the service goes on from them with the new states.
"""

import heapq
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.base import Due
from schemas.codec import Decoder, encode
from schemas.topics import CATALOGUE, DUE, due_topic, state_topic
from services.runtime.batch import Message, Sent, Stepper, state_codec
from services.runtime.begun import Begun, words_on_forgotten
from services.runtime.outage import Outage, Unusable
from services.runtime.producer import Outgoing, Publisher
from services.runtime.reference import CompactedView, informed
from services.runtime.replay import partitions_of, reader, require_rest, required_start, talking
from services.runtime.service import S, Service
from services.runtime.settings import ReplaySettings

POLL_MS = 500
WRITTEN_AT_ONCE = 5_000

HISTORY = frozenset({"metering", "api"})
"""Readers that recognise what they have heard by its id and its time, and act on nothing."""

HISTORY_TOPICS = frozenset(topic.name for topic in CATALOGUE if set(topic.readers) <= HISTORY)
"""Topics that only these read: to say a thing again there changes nothing but what is wrong."""


@dataclass
class Tally:
    """What a rebuild came to."""

    records: int = 0
    put_aside: int = 0
    keys: int = 0
    changed: int = 0
    forgotten: int = 0
    published: int = 0


@dataclass
class Told:
    """A Due record as the service's clock would have sent it."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    offset: int = -1


@dataclass
class Partition(Generic[S]):
    """The keys of one partition while they are rebuilt: states by key, and what was said of them for the history."""

    service: Service[S]
    number: int
    tally: Tally
    keep_said: bool = False
    states: dict[str, S] = field(default_factory=dict)
    said: list[Sent] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare the core's surroundings: no topic counts as missing, for nothing is sent."""
        self._stepper = Stepper(
            service=self.service,
            decode=Decoder(*self.service.inputs, DUE).decode,
            load=lambda _number, key: self.states.get(key) or self.service.initial(key),
            missing_topic=lambda _topic: False,
        )

    def take(self, message: Message, at: datetime) -> None:
        """Step a record that came at `at`, after the dues of its key that came before it."""
        self.tally.records += 1
        key = (message.key or b"").decode(errors="replace")
        due = self._due(key)
        while due is not None and due <= at:
            told = Due(key=key, at=due, sent_at=due)
            self._step(Told(due_topic(self.service.name), self.number, key.encode(), encode(told)))
            before, due = due, self._due(key)
            if due == before:
                break
        self._step(message)

    def values(self) -> dict[str, bytes]:
        """The states to keep, as bytes: one equal to the initial state is not kept."""
        write, _ = state_codec(self.service.state)
        return {key: write(state) for key, state in self.states.items() if state != self.service.initial(key)}

    def _due(self, key: str) -> datetime | None:
        state = self.states.get(key)
        return self.service.due(state) if state is not None else None

    def _step(self, message: Message) -> None:
        applied = self._stepper.apply([message])
        self.tally.put_aside += len(applied.dead)
        self.states |= {key: state for (_, key), state in applied.states.items()}
        if self.keep_said:
            self.said += [sent for sent in applied.outputs if sent.routed.topic in HISTORY_TOPICS]


async def rebuild_state(service: Service[S], settings: ReplaySettings) -> list[str]:
    """Make the states of a stopped service again, and say what changed. Raises Unusable. May be repeated at any time."""
    if required_start(settings) is not None:
        raise Unusable(f"{service.name} keeps a state, which only all its facts make right: use --from-beginning.")
    inputs = [topic.name for topic in service.inputs]
    group = f"voltbus.{service.name}"
    tally = Tally()
    async with talking(settings), reader(settings, group) as consumer:
        await require_rest([group], settings)
        service = await _informed(service, settings)
        partitions = await partitions_of(consumer, inputs)
        expired = await _expired(consumer, service, partitions)
        _require_whole(service, expired, settings)
        consumer.assign(partitions)
        known = {partition: await consumer.committed(partition) for partition in partitions}
        reached = {partition: offset or 0 for partition, offset in known.items()}
        await _require_offsets(service, known, settings)
        publisher = Publisher(settings, name="replay")
        try:
            for number in sorted({partition.partition for partition in partitions}):
                rebuilt = Partition(service, number, tally, keep_said=settings.publish == "yes")
                until = {partition: offset for partition, offset in reached.items() if partition.partition == number}
                await _step_all(rebuilt, _merged(until, settings), publisher, settings)
                await _write(rebuilt, publisher, settings, keep_unknown=bool(expired))
        except Outage as outage:
            raise Unusable(
                f"{outage}. The rebuild is not complete: repeat it before {service.name} starts."
            ) from outage
        finally:
            await publisher.stop()
    return _sentences(service.name, tally, expired, settings)


async def _informed(service: Service[S], settings: ReplaySettings) -> Service[S]:
    """The service with its references as they are now: older words of theirs are not on Kafka any more."""
    if not service.references:
        return service
    view = CompactedView(*service.references, settings=settings)
    await view.read()
    return informed(service, view)


async def _step_all(
    rebuilt: Partition[Any], records: AsyncIterator[Any], publisher: Publisher, settings: ReplaySettings
) -> None:
    async for record in records:
        rebuilt.take(record, datetime.fromtimestamp(record.timestamp / 1000, UTC))
        if len(rebuilt.said) >= WRITTEN_AT_ONCE:
            await _publish(rebuilt, publisher, settings)
    await _publish(rebuilt, publisher, settings)


async def _publish(rebuilt: Partition[Any], publisher: Publisher, settings: ReplaySettings) -> None:
    said, rebuilt.said = rebuilt.said, []
    rebuilt.tally.published += len(said)
    if said and settings.check == "no":
        await publisher.send([Outgoing(s.routed.topic, s.routed.key, s.value, s.routed.partition) for s in said])


async def _expired(
    consumer: AIOKafkaConsumer, service: Service[Any], partitions: Sequence[TopicPartition]
) -> list[str]:
    """The inputs whose oldest records are gone. A compacted one still has what counts."""
    passing = {topic.name for topic in service.inputs if not topic.compacted}
    starts = await consumer.beginning_offsets([partition for partition in partitions if partition.topic in passing])
    return sorted({partition.topic for partition, offset in starts.items() if offset})


async def _require_offsets(
    service: Service[Any], known: Mapping[TopicPartition, int | None], settings: ReplaySettings
) -> None:
    """Where Kafka forgot how far a service is, a rebuild up to there would make nothing of all its states."""
    starts = {partition: 0 for partition, offset in known.items() if offset is None}
    begun = Begun(committed=frozenset(known) - frozenset(starts), starts=starts)
    topic = state_topic(service.name)
    forgotten = [number for number in begun.unread if await _changelog(TopicPartition(topic, number), settings)]
    if forgotten:
        inputs = sorted({partition.topic for partition in known} | {due_topic(service.name)})
        raise Unusable(words_on_forgotten(service.name, inputs, sorted(forgotten), bootstrap=settings.bootstrap))


def _require_whole(service: Service[Any], expired: list[str], settings: ReplaySettings) -> None:
    if not expired:
        return
    told = f"The oldest facts of {service.name} have expired on {', '.join(expired)}"
    if settings.accept_expired == "no" and settings.check == "no":
        raise Unusable(
            f"{told}: keys with facts older than that would be rebuilt from a part of them. "
            f"See what would change with --check, and restore a backup instead, or say --accept-expired."
        )
    if settings.publish == "yes":
        raise Unusable(f"{told}: what is made of a part of them is not to be published.")


async def _merged(until: dict[TopicPartition, int], settings: ReplaySettings) -> AsyncIterator[Any]:
    """The records of one partition number of all inputs, by the time at which Kafka got them; of one topic in their order."""
    streams = [_records(partition, offset, settings) for partition, offset in sorted(until.items())]
    heads: list[tuple[int, int, Any]] = []
    for place, stream in enumerate(streams):
        first = await anext(stream, None)
        if first is not None:
            heads.append((first.timestamp, place, first))
    heapq.heapify(heads)
    while heads:
        timestamp, place, record = heads[0]
        yield record
        following = await anext(streams[place], None)
        if following is None:
            heapq.heappop(heads)
        else:
            heapq.heapreplace(heads, (max(timestamp, following.timestamp), place, following))


async def _records(partition: TopicPartition, until: int, settings: ReplaySettings) -> AsyncIterator[Any]:
    """The records of a partition from its first up to an offset (without it)."""
    async with reader(settings) as consumer:
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        while await consumer.position(partition) < until:
            for record in (await consumer.getmany(partition, timeout_ms=POLL_MS)).get(partition, ()):
                if record.offset < until:
                    yield record


async def _write(
    rebuilt: Partition[Any], publisher: Publisher, settings: ReplaySettings, *, keep_unknown: bool
) -> None:
    """What differs from the changelog to the changelog; with `keep_unknown`, a key without facts keeps its state."""
    topic, tally = state_topic(rebuilt.service.name), rebuilt.tally
    there = await _changelog(TopicPartition(topic, rebuilt.number), settings)
    wanted = rebuilt.values()
    changed = {key: value for key, value in wanted.items() if there.get(key) != value}
    known = rebuilt.states if keep_unknown else there
    gone = [key for key in there if key not in wanted and key in known]
    tally.keys += len(wanted)
    tally.changed += len(changed)
    tally.forgotten += len(gone)
    if settings.check == "yes":
        return
    messages = [Outgoing(topic, key.encode(), value, rebuilt.number) for key, value in changed.items()]
    messages += [Outgoing(topic, key.encode(), None, rebuilt.number) for key in gone]
    for start in range(0, len(messages), WRITTEN_AT_ONCE):
        await publisher.send(messages[start : start + WRITTEN_AT_ONCE])


async def _changelog(partition: TopicPartition, settings: ReplaySettings) -> dict[str, bytes]:
    async with reader(settings) as consumer:
        partitions = await partitions_of(consumer, [partition.topic])
        if partition not in partitions:
            raise Unusable(f"{partition.topic} has fewer partitions than the topics of its service.")
        ends = await consumer.end_offsets([partition])
    states: dict[str, bytes] = {}
    async for record in _records(partition, ends[partition], settings):
        key = (record.key or b"").decode(errors="replace")
        if record.value is None:
            states.pop(key, None)
        else:
            states[key] = record.value
    return states


def _sentences(name: str, tally: Tally, expired: list[str], settings: ReplaySettings) -> list[str]:
    done = [
        f"{tally.records} records of {name} read, {tally.put_aside} of them cannot be applied; "
        f"{tally.keys} keys have a state."
    ]
    if expired:
        done.append(f"The oldest facts have expired on {', '.join(expired)}; keys without any keep the state they had.")
    if settings.check == "yes":
        return [*done, f"{tally.changed} states would be written and {tally.forgotten} forgotten."]
    written = f"{tally.changed} states written, {tally.forgotten} forgotten, {tally.published} records published."
    return [*done, written]
