"""Topics read whole: from the first record of every partition to where it ended when the reading began."""

from collections import deque
from typing import Any, NamedTuple

from aiokafka import TopicPartition

from schemas.kafkareading import assign_from_start, partitions_of, read_up_to


class Record(NamedTuple):
    offset: int
    name: str


class Consumer:
    """A consumer of topics in memory; a fetch brings two records of a partition."""

    def __init__(
        self, topics: dict[tuple[str, int], list[Record]], starts: dict[tuple[str, int], int] | None = None
    ) -> None:
        self.records = {TopicPartition(*place): deque(records) for place, records in topics.items()}
        self.starts = {TopicPartition(*place): offset for place, offset in (starts or {}).items()}
        self.ends = {place: records[-1].offset + 1 if records else 0 for place, records in self.records.items()}
        self.positions: dict[TopicPartition, int] = {}
        self._client = self

    async def _wait_on_metadata(self, topic: str) -> set[int]:
        return {place.partition for place in self.records if place.topic == topic}

    def assign(self, partitions: list[TopicPartition]) -> None:
        self.positions = dict.fromkeys(partitions, -1)

    async def seek_to_beginning(self, *partitions: TopicPartition) -> None:
        self.positions |= {place: self.starts.get(place, 0) for place in partitions}

    async def beginning_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {place: self.starts.get(place, 0) for place in partitions}

    async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {place: self.ends[place] for place in partitions}

    async def position(self, partition: TopicPartition) -> int:
        return self.positions[partition]

    async def getmany(self, *partitions: TopicPartition, timeout_ms: int) -> dict[TopicPartition, list[Record]]:
        assert timeout_ms > 0
        found: dict[TopicPartition, list[Record]] = {}
        for place in partitions:
            found[place] = [self.records[place].popleft() for _ in range(min(2, len(self.records[place])))]
            if found[place]:
                self.positions[place] = found[place][-1].offset + 1
        return found


def named(*offsets: int) -> list[Record]:
    return [Record(offset, f"record {offset}") for offset in offsets]


async def read(consumer: Any, *topics: str) -> list[int]:
    ends = await assign_from_start(consumer, await partitions_of(consumer, topics))
    return [record.offset async for record in read_up_to(consumer, ends)]


async def test_every_record_of_every_partition_is_read_in_its_order() -> None:
    consumer = Consumer({("csms.a", 0): named(0, 1, 2), ("csms.a", 1): named(0), ("csms.b", 0): named(0, 1)})

    offsets = await read(consumer, "csms.a", "csms.b")

    assert sorted(offsets) == [0, 0, 0, 1, 1, 2]
    assert all(not left for left in consumer.records.values())


async def test_an_empty_partition_is_not_waited_for() -> None:
    consumer = Consumer({("csms.a", 0): [], ("csms.a", 1): named(4, 9)}, starts={("csms.a", 1): 4})

    assert await read(consumer, "csms.a") == [4, 9]


async def test_a_partition_whose_records_were_all_deleted_is_not_waited_for() -> None:
    consumer = Consumer({("csms.a", 0): []}, starts={("csms.a", 0): 7})
    consumer.ends[TopicPartition("csms.a", 0)] = 7

    assert await read(consumer, "csms.a") == []


async def test_what_came_meanwhile_with_a_fetch_is_given_too_and_not_passed_over() -> None:
    consumer = Consumer({("csms.a", 0): named(0, 1)})
    ends = await assign_from_start(consumer, await partitions_of(consumer, ("csms.a",)))  # type: ignore[arg-type]
    ends[TopicPartition("csms.a", 0)] = 1

    assert [record.offset async for record in read_up_to(consumer, ends)] == [0, 1]  # type: ignore[arg-type]
