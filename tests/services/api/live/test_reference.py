"""Read-your-writes: a write is answered once it has been read back. And many records take turns on their way out."""

import asyncio
from collections.abc import Collection

import pytest
from aiokafka import TopicPartition

from schemas.authorization import REF_TOKENS
from schemas.base import Record
from schemas.stations import STATION_STATES, StationChanged
from schemas.topic import Topic
from services.api.live.publishing import InTurn
from services.api.live.reference import LiveReference
from services.runtime.bus.readpositions import Mark, ReadPositions
from services.runtime.process.outage import Outage
from services.runtime.process.settings import Settings
from tests.services.api.builders import STATION, a_state, a_token

HERE = Mark(TopicPartition("csms.ref.tokens", 0), 0)


async def caught_up(_: Collection[Topic]) -> bool:
    return True


def a_reference(told: list[object], *, within_s: float = 30) -> LiveReference:
    def tell(record: StationChanged, _: Mark) -> None:
        told.append(record)

    return LiveReference(Settings(), tell, reached=ReadPositions(), caught_up=caught_up, read_back_within_s=within_s)


async def test_a_write_is_read_back_when_that_very_record_comes() -> None:
    reference = a_reference([])
    mine, older = a_token(label="mine"), a_token(label="older")

    waiting = asyncio.create_task(reference.read_back(mine))
    await asyncio.sleep(0)
    reference.changed(REF_TOKENS, mine.token, older, HERE)
    await asyncio.sleep(0)
    assert not waiting.done()
    reference.changed(REF_TOKENS, mine.token, mine, HERE)

    assert await waiting


async def test_a_write_that_does_not_come_back_is_answered_all_the_same() -> None:
    assert not await a_reference([], within_s=0.001).read_back(a_token())


async def test_changes_of_stations_are_told() -> None:
    told: list[object] = []

    a_reference(told).changed(STATION_STATES, STATION, a_state(), HERE)

    assert told == [a_state()]


class SlowBus:
    """Takes what is published once it is let go; `busy`: how many callers have many records on their way now."""

    def __init__(self) -> None:
        self.published: list[Record] = []
        self.calls = 0
        self.go = asyncio.Event()

    async def publish(self, *records: Record) -> None:
        self.calls += 1
        await self.go.wait()
        self.published += records


def states(*names: str) -> list[StationChanged]:
    return [a_state(station=name) for name in names]


async def test_many_records_of_several_callers_go_one_caller_after_the_other() -> None:
    bus = SlowBus()
    publisher = InTurn(bus, turn_within_s=30)
    callers = [asyncio.create_task(publisher.publish(*states(f"{n}a", f"{n}b"))) for n in range(3)]
    await asyncio.sleep(0)
    at_once = bus.calls
    bus.go.set()
    await asyncio.gather(*callers)

    assert at_once == 1
    assert [record.station for record in bus.published] == ["0a", "0b", "1a", "1b", "2a", "2b"]  # type: ignore[attr-defined]


async def test_a_single_record_waits_for_nobody() -> None:
    bus = SlowBus()
    publisher = InTurn(bus, turn_within_s=30)
    callers = [asyncio.create_task(publisher.publish(*states(*names))) for names in (("A", "B"), ("C",))]
    await asyncio.sleep(0)
    at_once = bus.calls
    bus.go.set()
    await asyncio.gather(*callers)

    assert at_once == 2


async def test_a_turn_that_does_not_come_is_an_outage_and_the_next_comes_all_the_same() -> None:
    bus = SlowBus()
    publisher = InTurn(bus, turn_within_s=0.01)
    first = asyncio.create_task(publisher.publish(*states("A", "B")))
    await asyncio.sleep(0)

    with pytest.raises(Outage):
        await publisher.publish(*states("C", "D"))
    bus.go.set()
    await first
    await publisher.publish(*states("E", "F"))

    assert [record.station for record in bus.published] == ["A", "B", "E", "F"]  # type: ignore[attr-defined]
