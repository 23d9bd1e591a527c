"""Replay: sets the offsets of a projection back, so that it reads its topics again. It never sets them forward.

`services.runtime.replay.state` rebuilds states. Both need the service to be stopped, and send nothing to any station.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from schemas import kafkareading
from schemas.kafkaclients import kafka_options
from services.runtime.process.outage import Unusable
from services.runtime.process.settings import ReplaySettings, Settings

AT_REST = frozenset({"Empty", "Dead", ""})
"""States of a consumer group without members; the last is that of a group that does not exist yet."""


async def replay_projection(groups: Mapping[str, Sequence[str]], settings: ReplaySettings) -> list[str]:
    """Set the offsets of these groups (with their topics) back; returns sentences on what was done. Raises Unusable."""
    since = start_of_replay(settings)
    done = []
    async with kafka_errors_as_unusable(settings):
        await require_stopped(groups, settings)
        for group, topics in groups.items():
            done.append(await _rewind(group, topics, since, settings))
    return done


def start_of_replay(settings: ReplaySettings) -> datetime | None:
    """The time to replay from; None is the beginning. Raises Unusable where neither or both were given."""
    if settings.bus == "embedded":
        raise Unusable("The embedded bus forgets everything when it stops: there is nothing to replay.")
    if (settings.from_beginning == "yes") == (settings.since is not None):
        raise Unusable("Say where to begin: --from-beginning, or --since 2026-01-31T00:00:00Z.")
    if settings.since is not None and settings.since.tzinfo is None:
        raise Unusable(f"--since {settings.since.isoformat()} needs an offset: write {settings.since.isoformat()}Z.")
    return settings.since


@asynccontextmanager
async def kafka_errors_as_unusable(settings: Settings) -> AsyncIterator[None]:
    """Raise Unusable instead of what Kafka's clients raise: an operator runs this command, reads the message and tries again."""
    try:
        yield
    except (KafkaError, OSError, TimeoutError) as error:
        words = str(error) or type(error).__name__
        raise Unusable(f"Kafka at {settings.bootstrap} cannot be used: {words}. Repeat this.") from error


async def require_stopped(groups: Iterable[str], settings: Settings) -> None:
    """Require that no worker of these groups is running. Raises Unusable."""
    admin = AIOKafkaAdminClient(**kafka_options(settings), client_id="voltbus-replay")
    await admin.start()
    try:
        # One at a time: aiokafka decodes only the first group of an answer correctly.
        answers = [answer for group in groups for answer in await admin.describe_consumer_groups([group])]
    finally:
        await admin.close()
    busy = [described[1] for answer in answers for described in answer.groups if described[2] not in AT_REST]
    if busy:
        raise Unusable(
            f"Workers of {', '.join(sorted(busy))} still run: stop them all, and wait for "
            f"{settings.session_timeout_s:.0f} s where one was killed."
        )


@asynccontextmanager
async def reader(settings: Settings, group: str | None = None) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer that joins no group; with `group`, it may read and set that group's offsets."""
    consumer = AIOKafkaConsumer(
        **kafka_options(settings),
        client_id="voltbus-replay",
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def partitions_of(consumer: AIOKafkaConsumer, topics: Iterable[str]) -> list[TopicPartition]:
    """Every partition of these topics. Raises Unusable where one does not exist."""
    existing = await consumer.topics()
    wanted = list(topics)
    for topic in wanted:
        if topic not in existing:
            raise Unusable(f"The topic {topic} does not exist: make it with `python -m services topics`.")
    return sorted(await kafkareading.partitions_of(consumer, wanted))


async def _rewind(group: str, topics: Sequence[str], since: datetime | None, settings: ReplaySettings) -> str:
    async with reader(settings, group) as consumer:
        partitions = await partitions_of(consumer, topics)
        consumer.assign(partitions)
        reached = {partition: await consumer.committed(partition) for partition in partitions}
        wanted = await _starts(consumer, partitions, since)
        # Never forwards: unread records must be read. A partition without an offset starts at the beginning already.
        back = {
            partition: wanted[partition]
            for partition, offset in reached.items()
            if offset is not None and wanted[partition] < offset
        }
        records = sum((reached[partition] or 0) - offset for partition, offset in back.items())
        if settings.check == "yes":
            return f"{group} would read about {records} records again, on {len(back)} of {len(partitions)} partitions."
        if back:
            await consumer.commit(back)
        return f"{group} will read about {records} records again, on {len(back)} of {len(partitions)} partitions."


async def _starts(
    consumer: AIOKafkaConsumer, partitions: list[TopicPartition], since: datetime | None
) -> dict[TopicPartition, int]:
    if since is None:
        return dict(await consumer.beginning_offsets(partitions))
    found = await consumer.offsets_for_times(dict.fromkeys(partitions, int(since.timestamp() * 1000)))
    ends = await consumer.end_offsets(partitions)
    return {
        partition: at.offset if (at := found[partition]) is not None else ends[partition] for partition in partitions
    }
