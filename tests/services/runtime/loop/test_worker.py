"""The contract of StreamWorker, the same on both buses."""

import asyncio
import itertools
import signal
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from deploy.local.kafka import Kafka
from schemas.base import Record
from schemas.datatransfer import DataTransferred
from services.runtime.loop.attempt import PATIENCE
from services.runtime.loop.worker import StreamWorker
from services.runtime.process.outage import Unusable
from tests.services.runtime.bench import Bench
from tests.services.runtime.counter import Added, Broken, Forgotten, Refused, RingAsked, Sum, service
from tests.waiting import until

SESSION_S = 20.0
"""Longer than a broker needs to start on a busy machine, for it counts from when it has read its groups."""
BUSES = [pytest.param("embedded", marks=pytest.mark.embedded), pytest.param("kafka", marks=pytest.mark.kafka)]


@pytest.fixture(params=BUSES)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    bench = Bench(request.param, request.getfixturevalue(f"{request.param}_bootstrap"))
    await bench.open()
    yield bench
    await bench.close()


@pytest.fixture
async def kafka_bench(kafka_bootstrap: str) -> AsyncIterator[Bench]:
    bench = Bench("kafka", kafka_bootstrap)
    await bench.open()
    yield bench
    await bench.close()


def added(stations: int, numbers: Iterable[int]) -> list[Added]:
    return [Added(station=f"S{station}", number=number) for number in numbers for station in range(stations)]


def sums(said: list[DataTransferred]) -> dict[str, list[int]]:
    """Of each station, the sums in the order in which they were first said."""
    found: dict[str, dict[int, None]] = defaultdict(dict)
    for record in said:
        if record.message_id.startswith("sum"):
            found[record.station][msgspec.json.decode(record.data)] = None
    return {station: list(values) for station, values in found.items()}


def expected(stations: int, last: int) -> dict[str, list[int]]:
    return {f"S{station}": list(itertools.accumulate(range(1, last + 1))) for station in range(stations)}


async def test_each_station_s_records_are_applied_in_order(bench: Bench) -> None:
    async with bench.worker():
        await bench.put(*added(20, range(1, 31)))
        said = await bench.said(until=lambda said: len(said) >= 600)

    assert sums(said) == expected(20, 30)


async def test_the_inputs_of_a_service_meet_in_one_state(bench: Bench) -> None:
    async with bench.worker():
        await bench.put(Added(station="A", number=1), part=0)
        await bench.said(until=lambda said: len(said) == 1)
        await bench.put(Added(station="A", number=2), part=1)
        said = await bench.said(until=lambda said: len(said) == 2)

    assert sums(said) == {"A": [1, 3]}


async def test_a_poison_record_is_dead_lettered_and_the_flow_goes_on(bench: Bench) -> None:
    async with bench.worker():
        await bench.put(Added(station="A", number=1), Refused(station="A"), Added(station="A", number=2))
        said = await bench.said(until=lambda said: len(said) == 2)
        (dead,) = await bench.dead(1)

    assert sums(said) == {"A": [1, 3]}
    assert (dead.service, dead.topic, dead.key) == (bench.test, bench.inputs[0].name, "A")
    assert dead.reason == "refused as asked"
    assert msgspec.json.decode(dead.value) == {"record": "test-refused", "station": "A"}


@pytest.mark.parametrize(
    "value", [b'{"record":"nobody-knows"}', b"{", b'{"record":"test-added","station":1}', b"\xff\xfe"]
)
async def test_what_cannot_be_read_is_dead_lettered_with_its_bytes(bench: Bench, value: bytes) -> None:
    async with bench.worker():
        await bench.put_raw(b"A", value)
        await bench.put(Added(station="A", number=1))
        await bench.said(until=lambda said: len(said) == 1)
        (dead,) = await bench.dead(1)

    assert (dead.value, dead.encoding) == ((value.decode(), "utf-8") if value != b"\xff\xfe" else ("//4=", "base64"))
    assert dead.reason


async def test_a_key_hears_of_its_due_time_once(bench: Bench) -> None:
    at = datetime.now(UTC) + timedelta(seconds=0.5)
    async with bench.worker():
        await bench.put(RingAsked(station="A", at=at))
        await bench.said(until=bool)
        now = datetime.now(UTC)
        await bench.put(Added(station="A", number=1))
        said = await bench.said(until=lambda said: len(said) == 2)

    assert [record.message_id for record in said] == ["ring", "sum 1"]
    assert now >= at


async def test_a_state_that_is_initial_again_is_deleted(bench: Bench) -> None:
    async with bench.worker():
        await bench.put(Added(station="A", number=1), Added(station="B", number=1))
        await bench.said(until=lambda said: len(said) == 2)
    assert (await bench.states())["A"] is not None

    async with bench.worker():
        await bench.put(Forgotten(station="A"))
        await bench.said(until=lambda said: len(said) == 3)
    states = await bench.states()

    assert states["A"] is None
    assert msgspec.json.decode(states["B"] or b"")["total"] == 1


async def test_a_bug_ends_the_worker_loudly(bench: Bench) -> None:
    with pytest.raises(ZeroDivisionError, match="broken as asked") as raised:
        await run_into(bench, Broken(station="A"))

    assert bench.inputs[0].name in "".join(raised.value.__notes__)


async def test_too_many_dead_letters_in_a_row_end_the_worker_loudly(bench: Bench) -> None:
    with pytest.raises(RuntimeError, match="100 dead letters in a row"):
        await run_into(bench, *[Refused(station="A")] * 100)


async def run_into(bench: Bench, *records: Record) -> None:
    async with bench.worker() as worker:
        await bench.put(*records)
        await until(lambda: bool(worker.not_ready()))


async def test_two_services_share_a_process_and_its_loop(bench: Bench) -> None:
    other = Bench(bench.bus, bench.bootstrap)
    await other.open()
    async with bench.worker(), other.worker():
        for each in (bench, other):
            await each.put(*added(5, range(1, 6)))
        said = [await each.said(until=lambda said: len(said) == 25) for each in (bench, other)]
    await other.close()

    assert [sums(each) for each in said] == [expected(5, 5)] * 2


@pytest.mark.kafka
async def test_state_and_due_times_survive_a_restart(kafka_bench: Bench) -> None:
    bench = kafka_bench
    async with bench.worker():
        await bench.put(*added(50, range(1, 4)))
        await bench.put(RingAsked(station="S7", at=datetime.now(UTC) + timedelta(seconds=1)))
        await bench.said(until=lambda said: len(said) == 150)
        await until_saved(bench, "S7", "ring_at")
    async with bench.worker():
        await bench.put(*added(50, range(4, 6)))
        said = await bench.said(until=lambda said: len(said) == 251)

    assert sums(said) == expected(50, 5)
    assert [record.station for record in said if record.message_id == "ring"] == ["S7"]


@pytest.mark.kafka
async def test_kill_9_under_load_loses_nothing(kafka_bench: Bench) -> None:
    bench = kafka_bench
    loading = asyncio.create_task(load(bench, stations=200, last=40, pause_s=0.2))
    for count in (600, 1_800, 3_600):
        worker = bench.process()
        await bench.said(until=Distinct(count))
        worker.kill()
        worker.wait()
    bench.process()
    await loading
    said = await bench.said(until=Distinct(200 * 40))

    assert sums(said) == expected(200, 40)
    assert await totals(bench, last=40) == dict.fromkeys(expected(200, 40), 820)


@pytest.mark.kafka
async def test_what_makes_stations_act_is_said_once_at_most_over_kill_9(kafka_bench: Bench) -> None:
    """What a crash loses is for the service to notice; what it repeats, stations would do twice."""
    bench = kafka_bench
    loading = asyncio.create_task(load(bench, stations=200, last=40, pause_s=0.2))
    for count in (600, 1_800, 3_600):
        worker = bench.process("acts")
        await bench.said(until=Distinct(count))
        worker.kill()
        worker.wait()
    await loading
    bench.process("acts")
    await bench.put(*added(200, [41]))
    said = await bench.said(until=Ends(200, last=41))

    assert len({each.id for each in said}) == len(said)
    assert await totals(bench, last=41) == dict.fromkeys(expected(200, 41), 861)


@pytest.mark.kafka
async def test_workers_that_join_and_leave_under_load_lose_nothing(kafka_bench: Bench) -> None:
    bench = kafka_bench
    loading = asyncio.create_task(load(bench, stations=200, last=60, pause_s=0.2))
    first = bench.process()
    await bench.said(until=Distinct(600))
    second = bench.process()
    await until_members(bench, 2)
    first.terminate()
    assert await asyncio.to_thread(first.wait, 20) == 0
    bench.process()
    await until_members(bench, 2)
    second.kill()
    await loading
    said = await bench.said(until=Distinct(200 * 60))

    assert sums(said) == expected(200, 60)
    assert await totals(bench, last=60) == dict.fromkeys(expected(200, 60), 1830)


@pytest.mark.kafka
async def test_a_worker_keeps_its_place_when_another_joins(kafka_bench: Bench) -> None:
    bench = kafka_bench
    async with bench.worker():
        await bench.put(*added(50, [1]))
        await bench.said(until=Distinct(50))
        first = await bench.members()
        bench.process()
        members = await until_members(bench, 2)
        await bench.put(*added(50, [2]))
        said = await bench.said(until=Distinct(100))
        later = await bench.members()

    assert sums(said) == expected(50, 2)
    assert first < members
    assert later == members


@pytest.mark.kafka
async def test_a_frozen_worker_that_wakes_harms_nothing(kafka_bench: Bench) -> None:
    bench = kafka_bench
    loading = asyncio.create_task(load(bench, stations=200, last=60, pause_s=0.2))
    frozen = bench.process()
    await bench.said(until=Distinct(600))
    frozen.send_signal(signal.SIGSTOP)
    bench.process()
    await bench.said(until=Distinct(3_000))
    frozen.send_signal(signal.SIGCONT)
    await loading
    said = await bench.said(until=Distinct(200 * 60))

    assert sums(said) == expected(200, 60)
    assert await totals(bench, last=60) == dict.fromkeys(expected(200, 60), 1830)


@pytest.mark.kafka
async def test_outages_of_kafka_are_waited_out_in_place_and_lose_nothing(mortal_kafka: Kafka) -> None:
    """Shorter and longer than a send is waited for: a coordinator that was away itself gives every member its time again."""
    bench = Bench("kafka", mortal_kafka.bootstrap, session_timeout_s=SESSION_S)
    await bench.open()
    async with bench.worker() as worker:
        for turn, away_s in enumerate((0, PATIENCE * SESSION_S)):
            await bench.put(*added(200, range(turn * 25 + 1, turn * 25 + 26)))
            await bench.said(until=Distinct(turn * 5_000 + 200))
            members = await bench.members()
            mortal_kafka.stop(kill=True)  # in the middle of what it publishes
            await until(lambda: bool(worker.not_ready()))
            await asyncio.sleep(away_s)
            await asyncio.to_thread(mortal_kafka.start)
            said = await bench.said(until=Distinct((turn + 1) * 5_000))
            assert await bench.members() == members
            assert worker.not_ready() == []
    await bench.close()

    assert sums(said) == expected(200, 50)


@pytest.mark.kafka
async def test_a_worker_whose_topics_are_missing_says_so(kafka_bootstrap: str) -> None:
    bench = Bench("kafka", kafka_bootstrap)
    worker = StreamWorker(service(bench.test), bench.settings)

    with pytest.raises(Unusable, match=r"lacks the topics csms.*python -m services topics"):
        await worker.run(asyncio.Event())


@pytest.mark.kafka
async def test_a_process_ends_with_0_on_sigterm_and_with_1_on_a_bug(kafka_bench: Bench) -> None:
    stopped = kafka_bench.process()
    await kafka_bench.put(Added(station="A", number=1))
    await kafka_bench.said(until=bool)
    stopped.terminate()
    broken = kafka_bench.process()
    await kafka_bench.put(Broken(station="A"))

    assert await asyncio.to_thread(stopped.wait, 20) == 0
    assert await asyncio.to_thread(broken.wait, 30) == 1


async def until_members(bench: Bench, count: int) -> set[str]:
    """The members of the workers' group, once there are so many."""
    async with asyncio.timeout(30):
        while len(members := await bench.members()) != count:
            await asyncio.sleep(0.1)
    return members


async def load(bench: Bench, *, stations: int, last: int, pause_s: float) -> None:
    for number in range(1, last + 1):
        await bench.put(*added(stations, [number]))
        await asyncio.sleep(pause_s)


class Distinct:
    """So many different records were said, repeats left out."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._ids: set[str] = set()

    def __call__(self, said: list[DataTransferred]) -> bool:
        self._ids.add(said[-1].id)
        return len(self._ids) >= self._count


class Ends:
    """The last sum of so many stations was said."""

    def __init__(self, stations: int, *, last: int) -> None:
        self._missing = stations
        self._sum = f"sum {last}"

    def __call__(self, said: list[DataTransferred]) -> bool:
        self._missing -= said[-1].message_id == self._sum
        return self._missing <= 0


async def totals(bench: Bench, *, last: int) -> dict[str, int]:
    """The totals in the changelog, once every station's last number is in it."""
    while True:
        states = [msgspec.json.decode(value, type=Sum) for value in (await bench.states()).values() if value]
        if states and min(state.last for state in states) == last:
            return {state.station: state.total for state in states}


async def until_saved(bench: Bench, station: str, member: str) -> None:
    while True:
        state = (await bench.states()).get(station)
        if state is not None and msgspec.json.decode(state)[member] is not None:
            return
