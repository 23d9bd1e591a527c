"""The contract of a worker that two services share, on a bus: nothing of either is lost or applied twice, whatever happens to it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from schemas.datatransfer import DataTransferred
from schemas.hosting import HostState, part_of
from services.runtime.process.settings import ReplaySettings
from services.runtime.replay.state import rebuild_state
from tests.services.runtime.bench import Bench
from tests.services.runtime.counter import Refused, RingAsked, Sum, hosted_pair
from tests.services.runtime.loop.test_worker import BUSES, Distinct, added, expected, load, sums


@pytest.fixture(params=BUSES)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    bench = Bench(request.param, request.getfixturevalue(f"{request.param}_bootstrap"), hosts=True)
    await bench.open()
    yield bench
    await bench.close()


@pytest.fixture
async def kafka_bench(kafka_bootstrap: str) -> AsyncIterator[Bench]:
    bench = Bench("kafka", kafka_bootstrap, hosts=True)
    await bench.open()
    yield bench
    await bench.close()


def by_service(bench: Bench, said: list[DataTransferred]) -> dict[str, list[DataTransferred]]:
    return {part: [record for record in said if record.vendor_id == f"{bench.test}-{part}"] for part in ("one", "two")}


async def totals(bench: Bench, *, last: int) -> dict[str, dict[str, int]]:
    """Of each service, the totals in the changelog, once every station's last number is in both."""
    while True:
        found: dict[str, list[Sum]] = {}
        for stored in (await bench.states()).values():
            for name, part in msgspec.json.decode(stored or b"{}", type=HostState).parts.items():
                found.setdefault(name.removeprefix(f"{bench.test}-"), []).append(msgspec.json.decode(part, type=Sum))
        if len(found) == 2 and all(state.last == last for states in found.values() for state in states):
            return {name: {state.station: state.total for state in states} for name, states in found.items()}
        await asyncio.sleep(0.2)


async def test_each_service_applies_what_it_reads_in_order(bench: Bench) -> None:
    async with bench.worker():
        await bench.put(*added(10, range(1, 11)), part=0)
        await bench.said(until=lambda said: len(said) == 200)
        await bench.put(*added(10, range(11, 16)), part=1)  # the second topic is read by the first service alone
        said = by_service(bench, await bench.said(until=lambda said: len(said) == 250))

    assert sums(said["one"]) == expected(10, 15)
    assert sums(said["two"]) == expected(10, 10)


async def test_each_service_is_told_its_own_time_and_refuses_for_itself(bench: Bench) -> None:
    async with bench.worker():
        await bench.put(Refused(station="A"))
        await bench.put(RingAsked(station="A", at=datetime.now(UTC) + timedelta(seconds=0.5)), part=1)
        await bench.said(until=lambda said: len(said) == 1)
        await bench.put(RingAsked(station="A", at=datetime.now(UTC) + timedelta(seconds=0.5)), part=0)
        said = by_service(bench, await bench.said(until=lambda said: len(said) == 3))
        (dead,) = await bench.dead(1)

    assert {part: len(rings) for part, rings in said.items()} == {"one": 2, "two": 1}
    assert dead.service == f"{bench.test}-two"


@pytest.mark.kafka
async def test_kill_9_under_load_loses_nothing_of_either_service(kafka_bench: Bench) -> None:
    bench = kafka_bench
    loading = asyncio.create_task(load(bench, stations=100, last=30, pause_s=0.2))
    for count in (600, 1_800, 3_600):
        worker = bench.process()
        await bench.said(until=Distinct(count))
        worker.kill()
        worker.wait()
    bench.process()
    await loading
    said = by_service(bench, await bench.said(until=Distinct(2 * 100 * 30)))

    assert [sums(each) for each in said.values()] == [expected(100, 30)] * 2
    assert await totals(bench, last=30) == dict.fromkeys(("one", "two"), dict.fromkeys(expected(100, 30), 465))


@pytest.mark.kafka
async def test_workers_that_join_and_leave_under_load_lose_nothing_of_either_service(kafka_bench: Bench) -> None:
    bench = kafka_bench
    loading = asyncio.create_task(load(bench, stations=100, last=40, pause_s=0.2))
    first = bench.process()
    await bench.said(until=Distinct(600))
    bench.process()
    await bench.said(until=Distinct(3_000))
    first.terminate()
    assert await asyncio.to_thread(first.wait, 20) == 0
    await loading
    said = by_service(bench, await bench.said(until=Distinct(2 * 100 * 40)))

    assert [sums(each) for each in said.values()] == [expected(100, 40)] * 2
    assert await totals(bench, last=40) == dict.fromkeys(("one", "two"), dict.fromkeys(expected(100, 40), 820))


@pytest.mark.kafka
async def test_a_replay_of_one_service_makes_its_part_again_and_leaves_the_other_s_alone(kafka_bench: Bench) -> None:
    bench = kafka_bench
    async with bench.worker():
        await bench.put(*added(8, range(1, 6)))
        await bench.said(until=lambda said: len(said) == 80)
    right = await bench.states()
    one, two = (f"{bench.test}-{part}" for part in ("one", "two"))
    await bench.overwrite({key: _wrong(value) for key, value in right.items()})
    wrong = await bench.states()
    (service, _) = hosted_pair(bench.test)

    replay = ReplaySettings(bootstrap=bench.bootstrap, from_beginning="yes")
    done = await rebuild_state(service, replay, worker=bench.test)
    again = await bench.states()

    assert done[-1] == "8 states written, 0 forgotten, 0 records published."
    for key in right:
        assert part_of(again[key], one) == part_of(right[key], one) != part_of(wrong[key], one)
        assert part_of(again[key], two) == part_of(wrong[key], two) != part_of(right[key], two)


def _wrong(stored: bytes | None) -> bytes:
    state = msgspec.json.decode(stored or b"{}", type=HostState)
    parts = {
        name: msgspec.json.encode(msgspec.structs.replace(msgspec.json.decode(part, type=Sum), total=0))
        for name, part in state.parts.items()
    }
    return msgspec.json.encode(
        HostState(key=state.key, parts={name: msgspec.Raw(part) for name, part in parts.items()})
    )
