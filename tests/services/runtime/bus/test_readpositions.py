"""Who waits for the end of a topic is woken once all of it was read, and not before."""

import asyncio

from aiokafka import TopicPartition

from services.runtime.bus.readpositions import ReadPositions

A, B = TopicPartition("csms.a", 0), TopicPartition("csms.a", 1)


async def test_what_was_read_already_is_not_waited_for() -> None:
    reached = ReadPositions()
    reached.advance({A: 5, B: 0})

    assert await reached.wait_for({A: 5, B: 0}, within_s=30)


async def test_a_wait_ends_with_the_last_partition_that_was_missing() -> None:
    reached = ReadPositions()
    waiting = asyncio.create_task(reached.wait_for({A: 2, B: 3}, within_s=30))
    await asyncio.sleep(0)
    reached.advance({A: 2})
    await asyncio.sleep(0)
    early = waiting.done()
    reached.advance({B: 4})

    assert await waiting
    assert not early


async def test_a_wait_for_what_does_not_come_says_so() -> None:
    assert not await ReadPositions().wait_for({A: 1}, within_s=0.001)
