"""Downlink: the route is handed over in order from the start of this run on, and what an earlier run left behind is found."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError

from gateway import downlink
from gateway.downlink import TURN_RECORDS, Downlink, read_past
from schemas.base import Record
from schemas.codec import encode
from schemas.commands import LOCATIONS, ConnectionSuperseded, StationLocated
from schemas.topics import gateway_topic

AT = dt.datetime(2026, 3, 29, tzinfo=dt.UTC)
ROUTE = TopicPartition(gateway_topic("gw-0"), 0)


class Entry(NamedTuple):
    offset: int
    value: bytes | None


class Route:
    """A consumer of the route, which has `behind` records of earlier runs; a batch may be an error that is raised instead."""

    def __init__(self, *batches: list[Entry] | Exception, behind: int = 40, high: int | None = None) -> None:
        self.batches = list(batches)
        self.behind = behind
        self.high = high
        self.at: int | None = None
        self.stopped = False

    def assign(self, parts: list[TopicPartition]) -> None:
        assert parts == [ROUTE]

    async def seek_to_end(self, *_: TopicPartition) -> None:
        self.at = self.behind

    async def position(self, _: TopicPartition) -> int:
        assert self.at is not None, "older records are for connections of an earlier run"
        return self.at

    def highwater(self, _: TopicPartition) -> int | None:
        return self.high

    async def getmany(self, **_: Any) -> dict[TopicPartition, list[Entry]]:
        if not self.batches:
            raise asyncio.CancelledError
        batch = self.batches.pop(0)
        if isinstance(batch, Exception):
            raise batch
        return {ROUTE: batch} if batch else {}

    async def stop(self) -> None:
        self.stopped = True


def kafka(consumer: Any) -> Any:
    class Kafka:
        async def consumer(self) -> Any:
            return consumer

    return Kafka()


def superseded(number: int) -> ConnectionSuperseded:
    return ConnectionSuperseded(
        id=f"s-{number}", station="CP-1", gateway="gw-0", epoch=number, by_epoch=number + 1, at=AT
    )


async def heard(route: Route) -> tuple[Downlink, list[Record]]:
    reading = Downlink("gw-0")
    await reading.start(kafka(route))
    found: list[Record] = []
    with pytest.raises(asyncio.CancelledError):
        await reading.run(found.append)
    await reading.stop()
    assert route.stopped
    return reading, found


async def test_records_are_handed_over_in_order_and_unreadable_ones_passed_by() -> None:
    records = [superseded(number) for number in range(2 * TURN_RECORDS + 1)]
    entries = [Entry(40 + number, encode(record)) for number, record in enumerate(records)]

    reading, found = await heard(Route(entries[:3], [Entry(43, b"{}"), *entries[3:]], [], high=400))

    assert found == records
    assert reading.lag() == 400 - (40 + len(records))


async def test_an_outage_is_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downlink, "RETRY_S", 0.0)

    _, found = await heard(Route(KafkaConnectionError(), [Entry(40, encode(superseded(1)))]))

    assert found == [superseded(1)]


async def test_nothing_lags_before_the_first_fetch() -> None:
    reading = Downlink("gw-0")
    await reading.start(kafka(Route(behind=40, high=None)))

    assert reading.lag() == 0


class TestPast:
    def located(self, station: str, epoch: int, *, gateway: str = "gw-0", connected: bool = True) -> bytes:
        return encode(
            StationLocated(
                id="l", station=station, gateway=gateway, epoch=epoch, version="2.0.1", connected=connected, at=AT
            )
        )

    async def past(self, monkeypatch: pytest.MonkeyPatch, *values: bytes | None) -> downlink.Past:
        route = Route()

        async def partitions_of(_: Any, topics: tuple[str, ...]) -> list[TopicPartition]:
            assert topics == (LOCATIONS.name,)
            return []

        async def assign_from_start(*_: Any) -> dict[TopicPartition, int]:
            return {}

        async def read_up_to(*_: Any) -> AsyncIterator[Entry]:
            for value in values:
                yield Entry(0, value)

        for replaced in (partitions_of, assign_from_start, read_up_to):
            monkeypatch.setattr(downlink, replaced.__name__, replaced)
        found = await read_past(kafka(route), "gw-0")
        assert route.stopped
        return found

    async def test_stations_that_are_still_here_were_left_behind(self, monkeypatch: pytest.MonkeyPatch) -> None:
        past = await self.past(
            monkeypatch,
            self.located("HERE", 1),
            self.located("GONE", 2),
            self.located("MOVED", 3),
            self.located("ELSEWHERE", 9, gateway="gw-1"),
            b"{}",
            None,
            self.located("GONE", 2, connected=False),
            self.located("MOVED", 5, gateway="gw-1"),
            self.located("HERE", 4),
        )

        assert [(lost.station, lost.epoch) for lost in past.orphans] == [("HERE", 4)]
        assert past.newest_epoch == 9

    async def test_a_first_run_has_no_past(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert await self.past(monkeypatch) == downlink.Past()
