"""Rebuild: makes the states of a stateful service again from the facts on its topics, and writes them to its changelog.

The core steps every record that the service had applied, from the first up to its committed offsets. Its outputs are not sent: a
repeated decision could answer another CALL of the station, and a repeated command would make it act twice. The offsets stay where
they are, so that the service continues from there with the new states.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import due_topic, state_topic
from services.runtime.bus.outgoing import Outgoing
from services.runtime.bus.producer import Publisher
from services.runtime.bus.reference import CompactedView, with_references
from services.runtime.loop.hosting import part_of_host
from services.runtime.loop.progress import GroupProgress, lost_offsets_sentence
from services.runtime.loop.service import S, Service
from services.runtime.process.outage import Outage, Unusable
from services.runtime.process.settings import ReplaySettings
from services.runtime.replay.projection import (
    kafka_errors_as_unusable,
    partitions_of,
    reader,
    require_stopped,
    start_of_replay,
)
from services.runtime.replay.reading import changelog, merged
from services.runtime.replay.rebuild import Partition, Tally

WRITTEN_AT_ONCE = 5_000


async def rebuild_state(service: Service[Any], settings: ReplaySettings, *, worker: str = "") -> list[str]:
    """Rebuild the states of a stopped service; returns sentences on what changed. Raises Unusable. May be repeated at any time.

    `worker`: the worker that it shares with others, whose states are not touched; empty where it has its own.
    """
    if worker:
        service = part_of_host(service)
    worker = worker or service.name
    if start_of_replay(settings) is not None:
        raise Unusable(f"{service.name} keeps a state, which only all its facts make right: use --from-beginning.")
    inputs = [topic.name for topic in service.inputs]
    group = f"voltbus.{worker}"
    tally = Tally()
    async with kafka_errors_as_unusable(settings), reader(settings, group) as consumer:
        await require_stopped([group], settings)
        service = await _with_references(service, settings)
        partitions = await partitions_of(consumer, inputs)
        expired = await _expired(consumer, service, partitions)
        _require_whole(service, expired, settings)
        consumer.assign(partitions)
        committed = {partition: await consumer.committed(partition) for partition in partitions}
        reached = {partition: offset or 0 for partition, offset in committed.items()}
        await _require_offsets(worker, committed, settings)
        publisher = Publisher(settings, name="replay")
        try:
            for number in sorted({partition.partition for partition in partitions}):
                rebuilt = Partition(service, number, tally, keep_outputs=settings.publish == "yes")
                until = {partition: offset for partition, offset in reached.items() if partition.partition == number}
                await _step_all(rebuilt, merged(until, settings), publisher, settings)
                await _write(rebuilt, worker, publisher, settings, keep_unknown=bool(expired))
        except Outage as outage:
            raise Unusable(f"{outage}. The rebuild is not complete: repeat it before {worker} starts.") from outage
        finally:
            await publisher.stop()
    return _sentences(service.name, tally, expired, settings)


async def _with_references(service: Service[S], settings: ReplaySettings) -> Service[S]:
    """The service with its references as they are now: older words of theirs are not on Kafka any more."""
    if not service.references:
        return service
    view = CompactedView(*service.references, settings=settings)
    await view.read()
    return with_references(service, view)


async def _step_all(
    rebuilt: Partition[Any], records: AsyncIterator[Any], publisher: Publisher, settings: ReplaySettings
) -> None:
    async for record in records:
        rebuilt.take(record, datetime.fromtimestamp(record.timestamp / 1000, UTC))
        if len(rebuilt.outputs) >= WRITTEN_AT_ONCE:
            await _publish(rebuilt, publisher, settings)
    await _publish(rebuilt, publisher, settings)


async def _publish(rebuilt: Partition[Any], publisher: Publisher, settings: ReplaySettings) -> None:
    outputs, rebuilt.outputs = rebuilt.outputs, []
    rebuilt.tally.published += len(outputs)
    if outputs and settings.check == "no":
        await publisher.send([Outgoing(s.routed.topic, s.routed.key, s.value, s.routed.partition) for s in outputs])


async def _expired(
    consumer: AIOKafkaConsumer, service: Service[Any], partitions: Sequence[TopicPartition]
) -> list[str]:
    """The inputs whose oldest records have expired. Compacted topics do not count: they keep the newest of each key."""
    passing = {topic.name for topic in service.inputs if not topic.compacted}
    starts = await consumer.beginning_offsets([partition for partition in partitions if partition.topic in passing])
    return sorted({partition.topic for partition, offset in starts.items() if offset})


async def _require_offsets(
    worker: str, committed: Mapping[TopicPartition, int | None], settings: ReplaySettings
) -> None:
    """Refuse where Kafka has lost the offsets: a rebuild up to offset 0 would remove all states. Raises Unusable."""
    starts = {partition: 0 for partition, offset in committed.items() if offset is None}
    progress = GroupProgress(committed=frozenset(committed) - frozenset(starts), starts=starts)
    topic = state_topic(worker)
    removed = [number for number in progress.unread if await changelog(TopicPartition(topic, number), settings)]
    if removed:
        inputs = sorted({partition.topic for partition in committed} | {due_topic(worker)})
        raise Unusable(lost_offsets_sentence(worker, inputs, sorted(removed), bootstrap=settings.bootstrap))


def _require_whole(service: Service[Any], expired: list[str], settings: ReplaySettings) -> None:
    if not expired:
        return
    expired_sentence = f"The oldest facts of {service.name} have expired on {', '.join(expired)}"
    if settings.accept_expired == "no" and settings.check == "no":
        raise Unusable(
            f"{expired_sentence}: keys with facts older than that would be rebuilt from a part of them. "
            f"See what would change with --check, and restore a backup instead, or say --accept-expired."
        )
    if settings.publish == "yes":
        raise Unusable(f"{expired_sentence}: what is made of a part of them is not to be published.")


async def _write(
    rebuilt: Partition[Any], worker: str, publisher: Publisher, settings: ReplaySettings, *, keep_unknown: bool
) -> None:
    """Write the differences to the changelog; with `keep_unknown`, a key without facts keeps its state."""
    topic, tally = state_topic(worker), rebuilt.tally
    stored = await changelog(TopicPartition(topic, rebuilt.number), settings)
    changes = rebuilt.changes(stored, shared=worker != rebuilt.service.name, keep_unknown=keep_unknown)
    removed = sum(1 for value in changes.values() if value is None)
    tally.keys += len(rebuilt.values())
    tally.changed += len(changes) - removed
    tally.forgotten += removed
    if settings.check == "yes":
        return
    messages = [Outgoing(topic, key.encode(), value, rebuilt.number) for key, value in changes.items()]
    for start in range(0, len(messages), WRITTEN_AT_ONCE):
        await publisher.send(messages[start : start + WRITTEN_AT_ONCE])


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
