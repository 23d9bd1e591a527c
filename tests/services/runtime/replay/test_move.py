"""Moving a service from one worker to another: its states and its place in the topics go along, and nothing else moves."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from schemas.hosting import HostState, part_of
from schemas.topics import dead_topic, due_topic, state_topic
from services.runtime.loop.hosting import build_host
from services.runtime.loop.worker import StreamWorker
from services.runtime.process.outage import Unusable
from services.runtime.process.settings import MoveSettings
from services.runtime.replay.move import Move, move_state
from tests.services.runtime.bench import Bench
from tests.services.runtime.counter import Sum, hosted_pair
from tests.services.runtime.loop.test_worker import added, expected, sums

STORED = msgspec.json.encode(HostState(key="A", parts={"one": msgspec.Raw(b'{"n":1}'), "two": msgspec.Raw(b'{"n":2}')}))


def test_a_service_that_leaves_a_host_takes_its_own_part_and_leaves_the_others() -> None:
    move = Move("one", "host", "one")
    found = move.own_states({"A": STORED, "B": b'{"key":"B","parts":{}}'})

    assert found == {"A": b'{"n":1}'}
    assert move.target_values(found, {}) == found
    assert {key: part_of(left, "two") for key, left in move.source_values(found, {"A": STORED}).items()} == {
        "A": b'{"n":2}'
    }


def test_a_service_that_enters_a_host_is_put_beside_those_that_are_there() -> None:
    move = Move("three", "three", "host")
    found = move.own_states({"A": b'{"n":3}'})
    placed = move.target_values(found, {"A": STORED})["A"]

    assert [part_of(placed, name) for name in ("one", "two", "three")] == [b'{"n":1}', b'{"n":2}', b'{"n":3}']
    assert move.source_values(found, {"A": b'{"n":3}'}) == {"A": None}


def settings(bench: Bench, **changed: Any) -> MoveSettings:
    return MoveSettings(bootstrap=bench.bootstrap, **changed)


@pytest.fixture
async def bench(kafka_bootstrap: str) -> AsyncIterator[Bench]:
    """A host of two services, and the topics that the second needs for a worker of its own."""
    bench = Bench("kafka", kafka_bootstrap, hosts=True)
    await bench.open()
    two = f"{bench.test}-two"
    await bench.open_topics(state_topic(two), due_topic(two), **{dead_topic(due_topic(two)): 1})
    yield bench
    await bench.close()


def totals(states: dict[str, bytes | None]) -> dict[str, int]:
    return {key: msgspec.json.decode(value, type=Sum).total for key, value in states.items() if value}


@pytest.mark.kafka
async def test_a_service_moves_out_of_its_host_and_back_and_nothing_is_lost_or_said_twice(bench: Bench) -> None:
    one, two = hosted_pair(bench.test)
    async with bench.worker():
        await bench.put(*added(8, range(1, 4)))
        await bench.said(until=lambda said: len(said) == 48)
    await bench.put(*added(8, [4]))  # nobody runs: this waits for whoever reads next

    done = await move_state(Move(two.name, bench.test, two.name), two, (), settings(bench))
    assert totals(await bench.states(two.name)) == dict.fromkeys(expected(8, 3), 6)
    assert all(part_of(value, two.name) is None for value in (await bench.states()).values())
    async with bench.worker(build_host(bench.test, (one,))), bench.worker(two):
        await bench.put(*added(8, [5]))
        await bench.said(until=lambda said: len(said) == 80)

    read = {topic.name for topic in one.inputs}
    await move_state(Move(two.name, two.name, bench.test), two, read, settings(bench))
    assert totals(await bench.states(two.name)) == {}
    async with bench.worker():
        await bench.put(*added(8, [6]))
        said = await bench.said(until=lambda said: len(said) == 96)

    assert done == [f"8 states of {two.name} moved from {bench.test} to {two.name}."]
    for name in (one.name, two.name):
        assert sums([each for each in said if each.vendor_id == name]) == expected(8, 6)
    assert len({each.id for each in said}) == len(said)


@pytest.mark.kafka
async def test_a_move_that_is_only_checked_or_refused_moves_nothing(bench: Bench) -> None:
    one, two = hosted_pair(bench.test)
    move = Move(two.name, bench.test, two.name)
    async with bench.worker():
        await bench.put(*added(4, [1]))
        await bench.said(until=lambda said: len(said) == 8)
        with pytest.raises(Unusable, match="still run"):
            await move_state(move, two, (), settings(bench))
    before = await bench.states()

    done = await move_state(move, two, (), settings(bench, check="yes"))
    with pytest.raises(Unusable, match="not equally far"):
        await move_state(
            Move(one.name, bench.test, one.name), one, {bench.inputs[0].name}, settings(bench, check="yes")
        )

    assert done == [f"4 states of {two.name} would move from {bench.test} to {two.name}."]
    assert await bench.states() == before
    assert await bench.states(two.name) == {}


@pytest.mark.kafka
async def test_a_move_that_broke_off_is_finished_by_another(bench: Bench) -> None:
    _, two = hosted_pair(bench.test)
    async with bench.worker():
        await bench.put(*added(4, [1, 2]))
        await bench.said(until=lambda said: len(said) == 16)
    before = await bench.states()
    move = Move(two.name, bench.test, two.name)
    await move_state(move, two, (), settings(bench))
    await bench.overwrite({"S1": before["S1"], "S2": before["S2"]})  # as if it had ended before these were removed

    done = await move_state(move, two, (), settings(bench))

    assert done == [f"2 states of {two.name} moved from {bench.test} to {two.name}."]
    assert totals(await bench.states(two.name)) == dict.fromkeys(expected(4, 2), 3)
    assert all(part_of(value, two.name) is None for value in (await bench.states()).values())


@pytest.mark.kafka
async def test_a_service_does_not_begin_anew_while_its_states_are_where_it_ran_before(bench: Bench) -> None:
    _, two = hosted_pair(bench.test)
    alone = replace(two, elsewhere=("never-made", bench.test))
    async with bench.worker():
        await bench.put(*added(4, [1]))
        await bench.said(until=lambda said: len(said) == 8)

    with pytest.raises(Unusable, match=f"python -m services move {two.name} --was-in {bench.test}"):
        await StreamWorker(alone, bench.settings).run(asyncio.Event())
    await move_state(Move(two.name, bench.test, two.name), two, (), settings(bench))
    async with bench.worker(alone):
        await bench.put(*added(4, [2]))
        said = await bench.said(until=lambda said: len(said) == 12)

    assert sums([each for each in said if each.vendor_id == two.name]) == expected(4, 2)
