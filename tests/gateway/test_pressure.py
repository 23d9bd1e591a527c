"""Facts wait for room on the bus in their order, and nothing more is read of their station meanwhile."""

import asyncio
from collections.abc import Callable

import pytest

from gateway.effects import Publish
from gateway.pressure import BackPressure


class Bus:
    """A bus with room for so many facts; `make_room` calls back whoever asked for that."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.published: list[Publish] = []
        self.waiting: list[Callable[[], None]] = []

    @property
    def full(self) -> bool:
        return self.room <= 0

    def when_room(self, callback: Callable[[], None]) -> None:
        self.waiting.append(callback)

    def publish(self, facts: Publish) -> None:
        self.room -= 1
        self.published.append(facts)

    def make_room(self, room: int) -> None:
        self.room = room
        waiting, self.waiting = self.waiting, []
        for callback in waiting:
            callback()


FACTS = [Publish(()) for _ in range(4)]


def pressed(bus: Bus, *facts: Publish) -> BackPressure:
    pressure = BackPressure(bus, bus.publish)
    for each in facts:
        pressure.publish(each)
    return pressure


def same(found: list[Publish], expected: list[Publish]) -> bool:
    return [id(each) for each in found] == [id(each) for each in expected]


def test_facts_are_published_at_once_while_there_is_room() -> None:
    bus = Bus(room=2)
    pressure = pressed(bus, *FACTS[:2])

    assert same(bus.published, FACTS[:2])
    assert pressure.waiting_facts == []


def test_no_fact_overtakes_those_that_wait() -> None:
    bus = Bus(room=0)
    pressure = pressed(bus, FACTS[0])
    bus.room = 1  # somebody else's facts were stored, and nobody was called back yet
    pressure.publish(FACTS[1])

    assert bus.published == []
    assert same(pressure.waiting_facts, FACTS[:2])


def test_held_facts_are_published_as_far_as_there_is_room_and_the_rest_with_the_next() -> None:
    bus = Bus(room=0)
    pressure = pressed(bus, *FACTS)

    bus.make_room(3)
    assert same(bus.published, FACTS[:3])
    bus.make_room(5)

    assert same(bus.published, FACTS)
    assert pressure.waiting_facts == []


def test_the_end_of_a_connection_waits_for_no_room_and_what_was_held_is_left_to_the_station() -> None:
    bus = Bus(room=0)
    pressure = pressed(bus, FACTS[0])

    pressure.end()
    pressure.publish(FACTS[1])
    bus.make_room(5)

    assert same(bus.published, [FACTS[1]])


async def test_the_reader_goes_on_once_what_it_read_has_found_its_place() -> None:
    bus = Bus(room=0)
    pressure = pressed(bus, FACTS[0])
    lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    reading = asyncio.create_task(pressure.wait(lambda: bool(pressure.waiting_facts), lost))
    await asyncio.sleep(0)
    assert not reading.done()
    bus.make_room(1)

    async with asyncio.timeout(10):
        await reading
    assert pressure.reader is None


@pytest.mark.parametrize("looks", [1, 3])
async def test_a_reader_that_looks_while_it_is_still_full_waits_on(looks: int) -> None:
    bus = Bus(room=0)
    pressure = pressed(bus, FACTS[0])
    lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    looked: list[bool] = []

    def full() -> bool:
        looked.append(True)
        return True

    reading = asyncio.create_task(pressure.wait(full, lost))
    for _ in range(looks):
        before = len(looked)
        while len(looked) == before:
            pressure.look_again()
            await asyncio.sleep(0)

    assert not reading.done()
    lost.set_result(None)
    async with asyncio.timeout(10):
        await reading


async def test_a_connection_that_is_lost_waits_for_nothing() -> None:
    bus = Bus(room=0)
    pressure = pressed(bus, FACTS[0])
    lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    lost.set_result(None)

    async with asyncio.timeout(10):
        await pressure.wait(lambda: True, lost)
