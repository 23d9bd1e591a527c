"""A read waits until this process has heard what Kafka had when it was asked; one question serves many."""

import asyncio

from aiokafka import TopicPartition

from schemas.commands import COMMANDS
from schemas.transactions import SESSIONS
from services.api.live.freshness import OVERLAID, STORED_BY, Freshness
from services.metering.declared import FEEDS
from services.runtime.bus.readpositions import ReadPositions
from services.runtime.process.outage import Outage

HERE = TopicPartition("csms.sessions", 0)


class Bus:
    """Kafka's end of one partition; an answer leaves when `go` is set. `asked` counts the questions."""

    def __init__(self) -> None:
        self.end = 0
        self.asked = 0
        self.away = False
        self.go = asyncio.Event()

    async def ends(self) -> dict[TopicPartition, int]:
        self.asked += 1
        end = self.end
        await self.go.wait()
        if self.away:
            raise Outage("Kafka does not answer")
        return {HERE: end}


def fresh(bus: Bus, reached: ReadPositions, *, within_s: float = 30, away: bool = False) -> Freshness:
    return Freshness(bus.ends, reached, within_s=within_s, away=lambda: away)


async def test_a_read_waits_for_what_was_on_kafka_when_it_was_asked() -> None:
    bus, reached = Bus(), ReadPositions()
    bus.end = 3
    bus.go.set()
    waiting = asyncio.create_task(fresh(bus, reached).caught_up((SESSIONS,)))
    await asyncio.sleep(0.01)
    early = waiting.done()
    reached.advance({HERE: 3})

    assert await waiting
    assert not early


async def test_who_comes_while_a_question_is_under_way_gets_the_answer_to_a_newer_one() -> None:
    bus, reached = Bus(), ReadPositions()
    freshness = fresh(bus, reached)
    first = asyncio.create_task(freshness.caught_up((SESSIONS,)))
    await asyncio.sleep(0.01)
    bus.end = 1  # said between the two
    others = [asyncio.create_task(freshness.caught_up((SESSIONS,))) for _ in range(5)]
    await asyncio.sleep(0.01)
    bus.go.set()
    await first
    await asyncio.sleep(0.01)
    early = [other.done() for other in others]
    reached.advance({HERE: 1})

    assert await asyncio.gather(*others) == [True] * 5
    assert not any(early)
    assert bus.asked == 2


async def test_a_read_does_not_wait_for_ever() -> None:
    bus = Bus()
    bus.end = 1
    bus.go.set()

    assert not await fresh(bus, ReadPositions(), within_s=0.01).caught_up((SESSIONS,))


async def test_a_read_waits_for_no_other_topic_than_its_own() -> None:
    bus = Bus()
    bus.end = 1
    bus.go.set()

    assert await fresh(bus, ReadPositions()).caught_up((COMMANDS,))


async def test_an_outage_of_kafka_holds_no_read_up() -> None:
    bus = Bus()
    bus.away = True
    bus.go.set()

    assert not await fresh(bus, ReadPositions()).caught_up((SESSIONS,))
    assert not await fresh(bus, ReadPositions(), away=True).caught_up((SESSIONS,))
    assert bus.asked == 1


def test_one_feed_of_the_sink_stores_all_that_is_overlaid() -> None:
    assert [f"voltbus.{feed.name}" for feed in FEEDS if set(OVERLAID) <= set(feed.topics)] == [STORED_BY]
