"""Publishing in turn: many records of one caller at a time; a single one never waits for them."""

import asyncio

import pytest

from schemas.base import Due, Record
from services.api.live.publishing import InTurn
from services.runtime.process.outage import Outage
from tests.services.moments import START

ONE = Due(key="S", at=START, sent_at=START)


class Slow:
    """A publisher whose records are on their way until it is told that they have arrived."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()
        self.under_way: list[int] = []

    async def publish(self, *records: Record) -> None:
        self.under_way.append(len(records))
        if len(records) > 1:
            await self.arrived.wait()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_records_of_a_second_caller_wait_until_those_of_the_first_have_arrived() -> None:
    slow = Slow()
    in_turn = InTurn(slow, turn_within_s=60)
    first = asyncio.create_task(in_turn.publish(ONE, ONE))
    second = asyncio.create_task(in_turn.publish(ONE, ONE, ONE))
    await settle()
    assert slow.under_way == [2]

    slow.arrived.set()
    await asyncio.gather(first, second)

    assert slow.under_way == [2, 3]


async def test_a_single_record_overtakes_the_many() -> None:
    slow = Slow()
    in_turn = InTurn(slow, turn_within_s=60)
    many = asyncio.create_task(in_turn.publish(ONE, ONE))
    await settle()

    await in_turn.publish(ONE)

    assert slow.under_way == [2, 1]
    slow.arrived.set()
    await many


async def test_where_the_turn_does_not_come_in_time_nothing_has_left() -> None:
    slow = Slow()
    in_turn = InTurn(slow, turn_within_s=0.001)
    many = asyncio.create_task(in_turn.publish(ONE, ONE))
    await settle()

    with pytest.raises(Outage, match="others had to be published first") as outage:
        await in_turn.publish(ONE, ONE)

    assert not outage.value.may_have_left
    slow.arrived.set()
    await many
    await in_turn.publish(ONE, ONE)  # the turn is free again
