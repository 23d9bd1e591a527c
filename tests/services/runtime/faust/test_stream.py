"""What is fetched reaches whom it is for, and what nobody takes is fetched again."""

import asyncio
from types import SimpleNamespace
from typing import Any

from aiokafka import TopicPartition

from services.runtime.faust.stream import hand_over, rewind
from services.runtime.loop.inbox import Inbox

INPUT, CHANGELOG = TopicPartition("csms.things", 0), TopicPartition("csms.state.things", 0)


def record(offset: int) -> Any:
    return SimpleNamespace(offset=offset)


class Consumer:
    """As much of an aiokafka consumer as a rewind needs: partitions with the offsets that are fetched next."""

    def __init__(self, positions: dict[TopicPartition, int | None]) -> None:
        self.sought: dict[TopicPartition, int] = {}
        states = {
            tp: SimpleNamespace(has_valid_position=position is not None, position=position)
            for tp, position in positions.items()
        }
        assignment = SimpleNamespace(tps=set(positions), state_value=states.__getitem__)
        self._subscription = SimpleNamespace(subscription=SimpleNamespace(assignment=assignment))

    def seek(self, tp: TopicPartition, offset: int) -> None:
        self.sought[tp] = offset


class Hands:
    """Who may be given a fetch: the recovery, the inbox, or the one who fetches it again."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        self.recovered: list[int] = []
        self.given_back: list[dict[Any, list[Any]]] = []

    async def take(self, records: dict[Any, list[Any]]) -> None:
        async def recover(_tp: Any, found: Any) -> None:
            self.recovered.append(found.offset)

        async def give_back(dropped: Any) -> None:
            self.given_back.append(dropped)

        await hand_over(records, changelogs={CHANGELOG.topic}, recover=recover, inbox=self.inbox, give_back=give_back)


async def test_entries_of_the_changelog_go_to_the_recovery_and_all_else_to_the_inbox() -> None:
    hands = Hands()
    hands.inbox.open()
    inputs = [record(7)]

    await hands.take({CHANGELOG: [record(1), record(2)], INPUT: inputs})
    fetched = await hands.inbox.take(0)

    assert hands.recovered == [1, 2]
    assert fetched is not None
    assert fetched.records == {INPUT: inputs}
    assert hands.given_back == []


async def test_what_a_closed_inbox_refuses_is_given_back() -> None:
    hands = Hands()
    inputs = [record(7)]

    await hands.take({CHANGELOG: [record(1)], INPUT: inputs})

    assert hands.given_back == [{INPUT: inputs}]


async def test_what_waits_for_an_inbox_that_is_then_closed_is_given_back() -> None:
    hands = Hands()
    hands.inbox.open()
    await hands.take({INPUT: [record(7)]})
    second = [record(8)]
    waiting = asyncio.create_task(hands.take({INPUT: second}))
    await asyncio.sleep(0)

    await hands.inbox.close()
    await waiting

    assert hands.given_back == [{INPUT: second}]


def test_what_is_given_back_is_fetched_again_from_its_first_record() -> None:
    consumer = Consumer({INPUT: 9})

    rewind(consumer, {INPUT: [record(7), record(8)]})

    assert consumer.sought == {INPUT: 7}


def test_a_partition_that_is_gone_or_stands_before_the_records_is_left_as_it_is() -> None:
    consumer = Consumer({INPUT: 5, CHANGELOG: None})

    rewind(consumer, {INPUT: [record(7)], CHANGELOG: [record(1)], TopicPartition("csms.gone", 0): [record(1)]})

    assert consumer.sought == {}
