"""Pacing: fetches keep their distance from each other, and nothing else waits for them."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.protocol.fetch import FetchRequest

from schemas.kafkabells import slot_of
from schemas.kafkafetches import Fetch
from schemas.kafkapacing import (
    IDLE_REST,
    LONGEST_REST_S,
    REST_FOR_EACH_PARTITION_S,
    SINKS_IDLE_REST,
    IdleRest,
    Pace,
    ReadToTheEnd,
    pace,
    rest_s,
)

HEARTBEAT = object()


class Client:
    """Notes what is sent to a broker."""

    def __init__(self) -> None:
        self.sent: list[object] = []

    async def send(self, node_id: int, request: object, **options: Any) -> object:
        del node_id, options
        sent = request.request if isinstance(request, Fetch) else request
        self.sent.append(sent)
        return sent


def fetch(*, partitions: int = 1) -> FetchRequest:
    return FetchRequest(500, 1, 1_000, 0, [("csms.sessions", [(number, 0, 1_000) for number in range(partitions)])])


def paced() -> Client:
    client = Client()
    pace(SimpleNamespace(_client=client), "kafka")
    return client


async def test_a_fetch_after_a_while_of_nothing_leaves_at_once() -> None:
    client = paced()
    first = fetch()

    assert await client.send(0, first) is first
    assert client.sent == [first]


async def test_a_fetch_right_behind_another_waits_and_nothing_waits_for_it() -> None:
    client = paced()
    first, second, elsewhere = fetch(partitions=40), fetch(), fetch()

    await client.send(0, first)
    waiting = asyncio.create_task(client.send(0, second))
    await asyncio.sleep(0)
    await client.send(0, HEARTBEAT)
    await client.send(1, elsewhere)
    await waiting

    assert client.sent == [first, HEARTBEAT, elsewhere, second]


async def test_a_waiting_fetch_can_be_cancelled() -> None:
    client = paced()
    await client.send(0, fetch(partitions=40))
    waiting = asyncio.create_task(client.send(0, fetch()))
    await asyncio.sleep(0)

    waiting.cancel()
    await asyncio.wait([waiting])

    assert waiting.cancelled()
    assert len(client.sent) == 1


def test_the_more_partitions_a_fetch_asks_about_the_longer_the_rest_up_to_a_bound() -> None:
    assert rest_s(fetch(partitions=4)) == 4 * REST_FOR_EACH_PARTITION_S
    assert rest_s(fetch(partitions=1_000)) == LONGEST_REST_S


def answer(*records: bytes) -> SimpleNamespace:
    """A fetch's answer with the records of each of a topic's partitions."""
    return SimpleNamespace(topics=[("csms.sessions", [(number, 0, 7, held) for number, held in enumerate(records)])])


@pytest.mark.parametrize("idle", [IDLE_REST["embedded"], SINKS_IDLE_REST["embedded"]], ids=["usual", "sink"])
def test_where_nothing_comes_the_rest_grows_up_to_a_bound_and_ends_with_the_first_record(idle: IdleRest) -> None:
    turns = Pace(idle)

    turns.note_sent(0, fetch(), now=100.0)
    turns.note_answered(0, answer(b""), now=100.02)
    at_first = turns.wait_s(0, now=100.02)
    turns.note_answered(0, answer(b"", b""), now=101.0)
    after_a_second = turns.wait_s(0, now=101.0)
    turns.note_answered(0, answer(b""), now=160.0)
    after_a_minute = turns.wait_s(0, now=160.0)
    turns.note_sent(0, fetch(), now=161.0)
    turns.note_answered(0, answer(b"", b"record"), now=161.0)

    assert at_first <= REST_FOR_EACH_PARTITION_S
    assert after_a_second == pytest.approx(min(idle.most_s, 0.98 * idle.share))
    assert after_a_minute == pytest.approx(idle.most_s)
    assert turns.wait_s(0, now=161.0) == pytest.approx(REST_FOR_EACH_PARTITION_S)


@pytest.mark.parametrize("idle", [IDLE_REST["kafka"], SINKS_IDLE_REST["kafka"]], ids=["usual", "sink"])
def test_on_a_real_kafka_which_keeps_the_fetch_itself_nothing_rests_for_having_found_nothing(idle: IdleRest) -> None:
    turns = Pace(idle)

    turns.note_answered(0, answer(b""), now=100.0)
    turns.note_answered(0, answer(b""), now=160.0)

    assert turns.wait_s(0, now=160.0) == 0.0


def nothing_at(offset: int) -> FetchRequest:
    return FetchRequest(1, 1, 1_000, 0, [("csms.sessions", [(0, offset, 1_000)])])


SLOT = slot_of("csms.sessions")


def test_what_had_nothing_at_an_offset_is_worth_asking_again_once_its_bell_rings() -> None:
    read = ReadToTheEnd()

    never_asked = read.heard(nothing_at(7))
    read.note(nothing_at(7), answer(b""), {SLOT: 100})

    assert never_asked is None
    assert read.heard(nothing_at(7)) == {SLOT: 100}
    assert read.heard(nothing_at(3)) is None, "another offset may have records"
    assert read.heard(fetch(partitions=2)) is None, "one of the partitions was never asked"


def test_what_brought_records_or_an_error_is_asked_again_at_once() -> None:
    read = ReadToTheEnd()
    failed = SimpleNamespace(topics=[("csms.sessions", [(0, 6, 7, b"")])])

    read.note(nothing_at(7), answer(b""), {SLOT: 100})
    read.note(nothing_at(7), answer(b"record"), {SLOT: 100})
    after_records = read.heard(nothing_at(7))
    read.note(nothing_at(7), answer(b""), {SLOT: 100})
    read.note(nothing_at(7), failed, {SLOT: 100})

    assert after_records is None
    assert read.heard(nothing_at(7)) is None


def test_of_partitions_asked_at_different_times_the_earlier_ring_counts() -> None:
    read = ReadToTheEnd()
    both = FetchRequest(1, 1, 1_000, 0, [("csms.sessions", [(0, 7, 1_000), (1, 9, 1_000)])])
    second = FetchRequest(1, 1, 1_000, 0, [("csms.sessions", [(1, 9, 1_000)])])

    read.note(nothing_at(7), answer(b""), {SLOT: 100})
    read.note(second, SimpleNamespace(topics=[("csms.sessions", [(1, 0, 9, b"")])]), {SLOT: 200})

    assert read.heard(both) == {SLOT: 100}
