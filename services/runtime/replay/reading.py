"""Reading: the records of a partition up to an offset; of several topics merged by time; the states on a changelog."""

import heapq
from collections.abc import AsyncIterator
from typing import Any

from aiokafka import TopicPartition

from schemas.kafkareading import read_up_to
from services.runtime.process.outage import Unusable
from services.runtime.process.settings import Settings
from services.runtime.replay.projection import partitions_of, reader


async def merged(until: dict[TopicPartition, int], settings: Settings) -> AsyncIterator[Any]:
    """The records of one partition number of all inputs, merged by their Kafka timestamp; those of one topic stay in offset order."""
    streams = [records(partition, offset, settings) for partition, offset in sorted(until.items())]
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


async def records(partition: TopicPartition, until: int, settings: Settings) -> AsyncIterator[Any]:
    """The records of a partition from the first up to an offset (exclusive)."""
    async with reader(settings) as consumer:
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        async for record in read_up_to(consumer, {partition: until}):
            if record.offset < until:
                yield record


async def changelog(partition: TopicPartition, settings: Settings) -> dict[str, bytes]:
    """The newest state of each key on a partition of a state topic. Raises Unusable where there is no such partition."""
    async with reader(settings) as consumer:
        partitions = await partitions_of(consumer, [partition.topic])
        if partition not in partitions:
            raise Unusable(f"{partition.topic} has fewer partitions than the topics of its service.")
        ends = await consumer.end_offsets([partition])
    states: dict[str, bytes] = {}
    async for record in records(partition, ends[partition], settings):
        key = (record.key or b"").decode(errors="replace")
        if record.value is None:
            states.pop(key, None)
        else:
            states[key] = record.value
    return states
