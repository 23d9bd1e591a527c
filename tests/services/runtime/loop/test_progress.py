"""Offsets that Kafka forgot: told from topics that nobody has read yet."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from confluent_kafka.admin import AdminClient

from schemas.topics import due_topic
from services.runtime.loop.progress import GroupProgress, lost_offsets_sentence
from services.runtime.loop.worker import StreamWorker
from services.runtime.process.outage import Unusable
from services.runtime.process.settings import ReplaySettings
from services.runtime.replay.state import rebuild_state
from tests.services.runtime.bench import Bench
from tests.services.runtime.counter import Added, Sum, service


def begun(*, committed: list[tuple[str, int]], starts: list[tuple[str, int]]) -> GroupProgress:
    return GroupProgress(committed=frozenset(committed), starts=dict.fromkeys(starts, 0))


def test_a_partition_with_states_and_no_offset_on_any_input_is_forgotten() -> None:
    assert begun(committed=[("a", 0)], starts=[("a", 1), ("b", 1)]).without_offsets([0, 1]) == [1]


def test_a_partition_without_states_was_not_read_yet() -> None:
    assert begun(committed=[], starts=[("a", 0), ("a", 1)]).without_offsets([]) == []


def test_an_input_that_is_new_to_the_service_is_not_forgotten() -> None:
    assert begun(committed=[("old", 0)], starts=[("new", 0)]).without_offsets([0]) == []


def test_the_words_name_the_partitions_and_a_command_with_every_input() -> None:
    words = lost_offsets_sentence("things", ["csms.a", "csms.b"], [0, 3], bootstrap="kafka:9092")

    assert "csms.state.things has states on the partitions 0, 3" in words
    assert "--group voltbus.things" in words
    assert "--topic csms.a --topic csms.b" in words


@pytest.fixture
async def bench(kafka_bootstrap: str) -> AsyncIterator[Bench]:
    bench = Bench("kafka", kafka_bootstrap)
    await bench.open()
    yield bench
    await bench.close()


async def with_states(bench: Bench) -> None:
    async with bench.worker():
        await bench.put(*(Added(station=f"S{number}", number=1) for number in range(20)))
        await bench.said(until=lambda said: len(said) == 20)


async def forget(bench: Bench) -> None:
    """What Kafka does with the offsets of a group that nobody used for long."""
    admin = AdminClient({"bootstrap.servers": bench.bootstrap})
    for deleting in admin.delete_consumer_groups([f"voltbus.{bench.test}"]).values():
        await asyncio.to_thread(deleting.result, 20)


@pytest.mark.kafka
async def test_a_service_whose_offsets_kafka_forgot_refuses_to_begin_anew(bench: Bench) -> None:
    await with_states(bench)
    await forget(bench)
    worker: StreamWorker[Any] = StreamWorker(service(bench.test), bench.settings)

    with pytest.raises(Unusable, match=f"lost the offsets of the group voltbus.{bench.test}") as refusal:
        await asyncio.wait_for(worker.run(asyncio.Event()), 60)

    assert f"--topic {due_topic(bench.test)}" in str(refusal.value)
    assert len(await bench.said(until=lambda said: len(said) == 20)) == 20


@pytest.mark.kafka
async def test_a_rebuild_without_offsets_to_go_to_refuses_and_keeps_the_states(bench: Bench) -> None:
    await with_states(bench)
    await forget(bench)

    with pytest.raises(Unusable, match="lost the offsets"):
        await rebuild_state(service(bench.test), ReplaySettings(bootstrap=bench.bootstrap, from_beginning="yes"))

    states = [msgspec.json.decode(value, type=Sum) for value in (await bench.states()).values() if value]
    assert [state.last for state in states] == [1] * 20


@pytest.mark.kafka
async def test_a_worker_that_was_given_a_topic_has_an_offset_on_it_before_it_reads(bench: Bench) -> None:
    names = [*(topic.name for topic in bench.inputs), due_topic(bench.test)]
    everywhere = {(name, number): 0 for name in names for number in range(4)}

    async with bench.worker(), asyncio.timeout(60):
        while await bench.committed() != everywhere:  # ready, it may still be about to commit them
            await asyncio.sleep(0.05)
