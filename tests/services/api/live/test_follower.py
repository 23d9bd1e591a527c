"""Follower: begins where ClickHouse has not come to, goes on where it stopped, and passes by what it cannot read."""

import asyncio
import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError

from schemas.base import Record
from schemas.codec import encode
from schemas.commands import COMMANDS, CommandCancelled
from services.api.live import follower
from services.api.live.follower import Follower
from services.runtime.bus.readpositions import Mark, ReadPositions
from services.runtime.process.settings import Settings

AT = dt.datetime(2026, 3, 29, tzinfo=dt.UTC)
ONE, TWO = TopicPartition(COMMANDS.name, 0), TopicPartition(COMMANDS.name, 1)
BEGIN, END = 10, 100


class Message(NamedTuple):
    offset: int
    value: bytes | None


class Consumer:
    """Two partitions from BEGIN to END; what it is asked for, and the batches that it then has. An error is raised instead."""

    sought: dict[TopicPartition, int]

    def __init__(self, world: "World") -> None:
        self.world = world
        self.sought = {}

    async def start(self) -> None:
        self.world.consumers.append(self)

    async def stop(self) -> None:
        self.world.stopped += 1

    def assign(self, partitions: list[TopicPartition]) -> None:
        assert partitions == [ONE, TWO]

    async def beginning_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, BEGIN)

    async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, END)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.sought[partition] = offset

    async def getmany(self, **_: Any) -> Mapping[TopicPartition, list[Message]]:
        self.world.ready.append(self.world.follower.not_ready() == [])
        if not self.world.batches:
            self.world.stop.set()
            return {}
        batch = self.world.batches.pop(0)
        if isinstance(batch, Exception):
            raise batch
        return batch


class World:
    """A follower over made-up partitions."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, *batches: Any, stored: Mapping[TopicPartition, int], behind: int = 1_000
    ) -> None:
        self.batches = list(batches)
        self.consumers: list[Consumer] = []
        self.stopped = 0
        self.ready: list[bool] = []
        self.heard: list[tuple[Record, Mark]] = []
        self.asked = 0
        self.stop = asyncio.Event()
        self._stored = stored

        async def there(*_: Any, **__: Any) -> None: ...

        async def partitions_of(*_: Any) -> list[TopicPartition]:
            return [ONE, TWO]

        monkeypatch.setattr(follower, "require_topics", there)
        monkeypatch.setattr(follower, "partitions_of", partitions_of)
        monkeypatch.setattr(follower, "pace", lambda *_: None)
        monkeypatch.setattr(follower, "AIOKafkaConsumer", lambda **_: Consumer(self))
        monkeypatch.setattr(follower, "RETRY_S", 0.001)
        self.reached = ReadPositions()
        self.follower = Follower(
            Settings(),
            lambda record, mark: self.heard.append((record, mark)),
            self.reached,
            stored=self._how_far,
            behind=behind,
        )

    async def _how_far(self) -> Mapping[TopicPartition, int]:
        self.asked += 1
        return self._stored

    async def run(self) -> None:
        await asyncio.wait_for(self.follower.run(self.stop), 60)


def cancelled(number: int) -> CommandCancelled:
    return CommandCancelled(id=f"c-{number}", command_id=f"c-{number}", station="CP-1", requested_at=AT)


async def test_it_begins_where_clickhouse_has_not_come_to_and_elsewhere_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, stored={ONE: 42})

    await world.run()

    assert world.consumers[0].sought == {ONE: 42, TWO: END}
    assert await world.reached.wait_for({ONE: 42, TWO: END}, within_s=0)


@pytest.mark.parametrize(("stored", "behind", "begins"), [(3, 1_000, BEGIN), (20, 30, END - 30), (END + 7, 1_000, END)])
async def test_it_reads_what_is_there_and_no_more_again_than_it_may(
    monkeypatch: pytest.MonkeyPatch, stored: int, behind: int, begins: int
) -> None:
    world = World(monkeypatch, stored={ONE: stored}, behind=behind)

    await world.run()

    assert world.consumers[0].sought[ONE] == begins


async def test_it_hands_on_records_with_their_places_and_passes_by_what_it_cannot_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = [
        Message(42, encode(cancelled(1))),
        Message(43, None),
        Message(44, b"{}"),
        Message(45, encode(cancelled(2))),
    ]
    world = World(monkeypatch, {ONE: batch}, stored={ONE: 42})

    await world.run()

    assert world.heard == [(cancelled(1), Mark(ONE, 42)), (cancelled(2), Mark(ONE, 45))]
    assert await world.reached.wait_for({ONE: 46}, within_s=0)
    assert not await world.reached.wait_for({ONE: 47}, within_s=0)


async def test_it_is_ready_when_it_has_read_what_was_there_when_it_began(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = {ONE: [Message(98, None)]}, {ONE: [Message(99, None)]}
    world = World(monkeypatch, first, second, stored={ONE: 98})

    await world.run()

    assert world.ready == [False, False, True]


async def test_after_an_outage_it_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(
        monkeypatch,
        {ONE: [Message(42, None)], TWO: [Message(END, None)]},
        KafkaConnectionError(),
        stored={ONE: 42},
    )

    await world.run()

    assert [each.sought[ONE] for each in world.consumers] == [42, 43]
    assert world.asked == 1, "how far ClickHouse is counts at the first start alone"
    assert world.stopped == 2
    assert world.ready == [False, False, False]
    assert "no connection to Kafka" in world.follower.not_ready()[0]
