"""The wall clock: waiting ends where an event is set before."""

import asyncio
from datetime import UTC

from loadtest.station.clock import WallClock


async def test_a_wait_ends_as_soon_as_the_event_is_set() -> None:
    happened = asyncio.Event()
    waiting = asyncio.create_task(WallClock().wait(3_600, until=happened))
    await asyncio.sleep(0)
    assert not waiting.done()

    happened.set()

    await asyncio.wait_for(waiting, 10)


async def test_a_wait_for_what_does_not_happen_ends_by_itself() -> None:
    happened = asyncio.Event()

    await WallClock().wait(0.001, until=happened)
    await WallClock().wait(0.001)

    assert not happened.is_set()


def test_the_present_is_in_utc_and_does_not_go_back() -> None:
    clock = WallClock()

    first, second = clock.now(), clock.now()

    assert (first.tzinfo, first <= second) == (UTC, True)
