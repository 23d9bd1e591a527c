"""Move: moves a service's states and offsets from the worker in which it ran to the worker in which it runs from now on.

A worker's consumer group and changelog are named after the worker. So a service that leaves a host, or enters one, would start there
without its states. This copies its part of each key's state, then sets the offsets of the new group to those of the old one, then
removes the part from the old changelog. It may be repeated after a failure anywhere: what was not removed yet is copied again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.hosting import part_of, with_part
from schemas.topics import state_topic
from services.runtime.bus.outgoing import Outgoing
from services.runtime.bus.producer import Publisher
from services.runtime.loop.service import Service
from services.runtime.process.outage import Outage, Unusable
from services.runtime.process.settings import MoveSettings, Settings
from services.runtime.replay.projection import kafka_errors_as_unusable, partitions_of, reader, require_stopped
from services.runtime.replay.reading import changelog


@dataclass(frozen=True)
class Move:
    """The move of a service from one worker to another; a worker with another name than the service's is a host."""

    service: str
    source: str
    target: str

    def own_states(self, stored: Mapping[str, bytes]) -> dict[str, bytes]:
        """The service's own states, by key, in what the old worker has stored."""
        if self.source == self.service:
            return dict(stored)
        parts = {key: part_of(value, self.service) for key, value in stored.items()}
        return {key: part for key, part in parts.items() if part is not None}

    def target_values(self, states: Mapping[str, bytes], stored: Mapping[str, bytes]) -> dict[str, bytes | None]:
        """The values to write to the new worker's changelog, by key; `stored` are its present values."""
        if self.target == self.service:
            return dict(states)
        return {key: with_part(stored.get(key), self.service, state, key=key) for key, state in states.items()}

    def source_values(self, states: Mapping[str, bytes], stored: Mapping[str, bytes]) -> dict[str, bytes | None]:
        """The values to write to the old worker's changelog once these states are moved, by key."""
        if self.source == self.service:
            return dict.fromkeys(states)
        return {key: with_part(stored[key], self.service, None, key=key) for key in states}


async def move_state(move: Move, service: Service[Any], read: Collection[str], settings: MoveSettings) -> list[str]:
    """Move a stopped service; returns sentences on what was done. Raises Unusable.

    `read` are the topics that the new worker reads for other services: its offsets on those are not changed.
    """
    if settings.bus == "embedded":
        raise Unusable("The embedded bus forgets everything when it stops: there is nothing to move.")
    if move.source == move.target:
        raise Unusable(f"{move.service} runs in {move.target}: say with --was-in in which worker it ran before.")
    old_group, new_group = f"voltbus.{move.source}", f"voltbus.{move.target}"
    publisher = Publisher(settings, name="move")
    async with (
        kafka_errors_as_unusable(settings),
        reader(settings, old_group) as old,
        reader(settings, new_group) as new,
    ):
        await require_stopped([old_group, new_group], settings)
        partitions = await partitions_of(old, [topic.name for topic in service.inputs])
        offsets = await _committed(old, partitions)
        await _require_alike(new, {tp: offset for tp, offset in offsets.items() if tp.topic in read}, move)
        numbers = sorted({partition.partition for partition in partitions})
        try:
            moved = sum([await _copy(move, number, publisher, settings) for number in numbers])
            if settings.check == "yes":
                return [f"{moved} states of {move.service} would move from {move.source} to {move.target}."]
            if further := {tp: offset for tp, offset in offsets.items() if tp.topic not in read}:
                new.assign(list(further))
                await new.commit(further)
            for number in numbers:
                await _remove(move, number, publisher, settings)
        except Outage as outage:
            raise Unusable(f"{outage}. The move is not complete: repeat it before {move.target} starts.") from outage
        finally:
            await publisher.stop()
    return [f"{moved} states of {move.service} moved from {move.source} to {move.target}."]


async def require_moved(service: Service[Any], worker: str, settings: Settings) -> None:
    """Raise Unusable if a service would start without its states while another worker still has them. Raises KafkaError, TimeoutError."""
    async with reader(settings, f"voltbus.{worker}") as consumer:
        partitions = await partitions_of(consumer, [topic.name for topic in service.inputs])
        if await _committed(consumer, partitions):
            return
        existing = await consumer.topics()
        sources = {state_topic(source): source for source in service.elsewhere if state_topic(source) in existing}
        ends = await consumer.end_offsets(await partitions_of(consumer, sources)) if sources else {}
    for partition, end in ends.items():
        source = sources[partition.topic]
        if end and Move(service.name, source, worker).own_states(await changelog(partition, settings)):
            raise Unusable(
                f"{partition.topic} still has states of {service.name}, which runs in {worker} now and has read nothing there: stop "
                f"both, and take them over with `python -m services move {service.name} --was-in {source}`."
            )


async def _committed(consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
    """The committed offsets of a group on these partitions, without those that have none."""
    consumer.assign(partitions)
    found = {partition: await consumer.committed(partition) for partition in partitions}
    return {partition: offset for partition, offset in found.items() if offset is not None}


async def _require_alike(new: AIOKafkaConsumer, wanted: Mapping[TopicPartition, int], move: Move) -> None:
    """Require equal offsets of both workers on the topics that the new one reads already. Raises Unusable."""
    existing = await _committed(new, list(wanted)) if wanted else {}
    if differing := sorted({tp.topic for tp, offset in wanted.items() if existing.get(tp) != offset}):
        raise Unusable(
            f"{move.source} and {move.target} are not equally far on {', '.join(differing)}, which both read: stop what writes "
            f"there, start both as they were until their lag is 0, stop them, and repeat this."
        )


async def _copy(move: Move, number: int, publisher: Publisher, settings: MoveSettings) -> int:
    states = move.own_states(await changelog(TopicPartition(state_topic(move.source), number), settings))
    stored = await changelog(TopicPartition(state_topic(move.target), number), settings)
    if settings.check == "no":
        await _write(state_topic(move.target), number, move.target_values(states, stored), publisher)
    return len(states)


async def _remove(move: Move, number: int, publisher: Publisher, settings: MoveSettings) -> None:
    stored = await changelog(TopicPartition(state_topic(move.source), number), settings)
    await _write(state_topic(move.source), number, move.source_values(move.own_states(stored), stored), publisher)


async def _write(topic: str, number: int, values: Mapping[str, bytes | None], publisher: Publisher) -> None:
    await publisher.send([Outgoing(topic, key.encode(), value, number) for key, value in values.items()])
