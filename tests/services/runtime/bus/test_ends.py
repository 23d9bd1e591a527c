"""Ends: one connection for all questions, made anew after a stop; whoever does not answer is not waited for."""

import asyncio
from typing import Any

import pytest
from aiokafka import TopicPartition

from services.runtime.bus import ends
from services.runtime.bus.ends import Ends
from services.runtime.process.settings import Settings

THERE = {TopicPartition("a", 0): 7, TopicPartition("a", 1): 0, TopicPartition("b", 0): 9}


class Broker:
    """What consumers ask."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.open = 0
        self.opened = 0
        self.silent = False
        monkeypatch.setattr(ends, "AIOKafkaConsumer", self.connected)

    def connected(self, **options: Any) -> "Broker":
        assert options["client_id"] == "voltbus-billing-ends"
        return self

    async def start(self) -> None:
        self.open += 1
        self.opened += 1

    async def stop(self) -> None:
        self.open -= 1

    async def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        if self.silent:
            await asyncio.Event().wait()
        return {place: THERE[place] for place in places}


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    return Broker(monkeypatch)


@pytest.fixture
def asked(broker: Broker) -> Ends:
    return Ends(Settings(), name="billing")


async def test_ends_are_told_of_the_places_that_are_asked_about(asked: Ends) -> None:
    assert await asked.ends([("a", 0), ("b", 0)]) == {("a", 0): 7, ("b", 0): 9}


async def test_one_connection_serves_until_it_is_stopped(asked: Ends, broker: Broker) -> None:
    await asked.ends([("a", 0)])
    await asked.ends([("a", 1)])
    assert (broker.opened, broker.open) == (1, 1)

    await asked.stop()
    await asked.stop()
    assert broker.open == 0

    await asked.ends([("a", 0)])
    assert (broker.opened, broker.open) == (2, 1)


async def test_a_broker_that_does_not_answer_is_given_up(
    asked: Ends, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ends, "WITHIN_S", 0.01)
    broker.silent = True

    with pytest.raises(TimeoutError):
        await asked.ends([("a", 0)])
