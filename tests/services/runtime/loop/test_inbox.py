"""The inbox between fetching and applying."""

import asyncio

from services.runtime.loop.inbox import Fetched, Inbox

ONE, TWO = Fetched({("a", 0): [1]}), Fetched({("a", 0): [2, 3]})


async def test_fetching_waits_while_a_fetch_is_waiting() -> None:
    inbox = Inbox()
    inbox.open()
    await inbox.put(ONE)
    second = asyncio.create_task(inbox.put(TWO))
    await asyncio.sleep(0)
    waited = not second.done()

    assert await inbox.take(1) == ONE
    assert await second
    assert waited
    assert await inbox.take(1) == TWO


async def test_nothing_comes_in_time() -> None:
    inbox = Inbox()
    inbox.open()

    assert await inbox.take(0.001) is None


async def test_a_closed_inbox_takes_nothing() -> None:
    inbox = Inbox()

    assert not await inbox.put(ONE)
    assert await inbox.take(0.001) is None


async def test_closing_forgets_what_waits_and_waits_for_what_is_being_applied() -> None:
    inbox = Inbox()
    inbox.open()
    await inbox.put(ONE)
    await inbox.take(1)
    await inbox.put(TWO)
    closing = asyncio.create_task(inbox.close())
    await asyncio.sleep(0)
    waited = not closing.done()
    inbox.done()
    await closing

    assert waited
    assert await inbox.take(0.001) is None


async def test_a_fetch_that_waits_for_its_place_is_refused_when_the_inbox_closes() -> None:
    inbox = Inbox()
    inbox.open()
    await inbox.put(ONE)
    second = asyncio.create_task(inbox.put(TWO))
    await asyncio.sleep(0)
    await inbox.close()

    assert not await second
