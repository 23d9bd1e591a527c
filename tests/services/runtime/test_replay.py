"""Replay: a rebuilt state is the state that was, nothing is sent, and a projection reads again but never skips."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.structs import TopicPartition

from schemas.topics import CATALOGUE, DATA_TRANSFERS, state_topic
from services.__main__ import NOT_REPLAYED, STATEFUL, main
from services.runtime.consumer import BatchConsumer, Records
from services.runtime.outage import Unusable
from services.runtime.producer import Outgoing, Publisher
from services.runtime.rebuild import HISTORY_TOPICS, Partition, Tally, rebuild_state
from services.runtime.replay import replay_projection
from services.runtime.settings import ReplaySettings
from tests.groups import admin
from tests.services.runtime.bench import PARTITIONS, Bench
from tests.services.runtime.counter import Added, Forgotten, Refused, RingAsked, service
from tests.waiting import until

START = datetime(2026, 1, 1, tzinfo=UTC)


def settings(bootstrap: str, **changed: Any) -> ReplaySettings:
    return ReplaySettings(bootstrap=bootstrap, **{"from_beginning": "yes", **changed})


@pytest.fixture
async def bench(kafka_bootstrap: str) -> AsyncIterator[Bench]:
    bench = Bench("kafka", kafka_bootstrap)
    await bench.open()
    yield bench
    await bench.close()


async def with_history(bench: Bench, stations: int = 6) -> dict[str, bytes | None]:
    """A service that has applied some facts and stopped; its states."""
    async with bench.worker():
        for number in range(1, 6):
            await bench.put(*(Added(station=f"S{station}", number=number) for station in range(stations)))
        await bench.put(Refused(station="S0"))
        await bench.put(*(RingAsked(station=f"S{s}", at=datetime(2100, 1, 1, tzinfo=UTC)) for s in range(2)))
        await bench.said(until=lambda said: len(said) == 5 * stations)
        await bench.dead(1)
        await asyncio.sleep(0.5)  # the rings are asked for in silence; the commit follows
    return await bench.states()


async def overwritten(bench: Bench, values: dict[str, bytes | None]) -> None:
    publisher = Publisher(bench.settings, name="test")
    topic = state_topic(bench.test)
    await publisher.send([Outgoing(topic, key.encode(), value) for key, value in values.items()])
    await publisher.stop()


async def expire(bench: Bench) -> None:
    """Delete all records of the first input, as retention does."""
    parts = [TopicPartition(bench.inputs[0].name, number) for number in range(PARTITIONS)]
    async with admin(bench.bootstrap) as client:
        await client.delete_records({part: RecordsToDelete(before_offset=-1) for part in parts})


@pytest.mark.kafka
class TestStates:
    async def test_states_that_are_right_stay_as_they_are(self, bench: Bench) -> None:
        before = await with_history(bench)

        done = await rebuild_state(service(bench.test), settings(bench.bootstrap))

        assert done[-1] == "0 states written, 0 forgotten, 0 records published."
        assert await bench.states() == before

    async def test_lost_states_are_made_again_and_wrong_ones_forgotten(self, bench: Bench) -> None:
        before = await with_history(bench)
        await overwritten(bench, dict.fromkeys(before))
        await overwritten(bench, {"nobody": b"{}"})

        await rebuild_state(service(bench.test), settings(bench.bootstrap))

        assert await bench.states() == before | {"nobody": None}

    async def test_the_service_goes_on_from_the_rebuilt_states_and_repeats_nothing(self, bench: Bench) -> None:
        before = await with_history(bench)
        await overwritten(bench, dict.fromkeys(before))
        await rebuild_state(service(bench.test), settings(bench.bootstrap))

        async with bench.worker():
            await bench.put(Added(station="S0", number=6))
            said = await bench.said(until=lambda said: said[-1].message_id == "sum 6")

        assert len(said) == 5 * 6 + 1
        assert said[-1].data == msgspec.Raw(b"21")

    async def test_a_check_changes_nothing(self, bench: Bench) -> None:
        await with_history(bench)
        await overwritten(bench, {"nobody": b"{}"})
        before = await bench.states()

        done = await rebuild_state(service(bench.test), settings(bench.bootstrap, check="yes"))

        assert done[-1] == "0 states would be written and 1 forgotten."
        assert await bench.states() == before

    async def test_history_is_told_again_with_the_same_ids_when_asked_for(self, bench: Bench) -> None:
        await with_history(bench)

        await rebuild_state(service(bench.test), settings(bench.bootstrap, publish="yes"))
        said = await bench.said(until=lambda said: len(said) == 2 * 5 * 6)

        assert len({record.id for record in said}) == 5 * 6

    async def test_a_running_service_is_left_alone(self, bench: Bench) -> None:
        async with bench.worker():
            with pytest.raises(Unusable, match=f"Workers of voltbus.{bench.test} still run"):
                await rebuild_state(service(bench.test), settings(bench.bootstrap))

    async def test_a_state_is_not_made_of_a_part_of_its_facts_unless_told_so(self, bench: Bench) -> None:
        await with_history(bench)
        await expire(bench)

        with pytest.raises(Unusable, match=r"oldest facts .* have expired"):
            await rebuild_state(service(bench.test), settings(bench.bootstrap))
        with pytest.raises(Unusable, match="not to be published"):
            await rebuild_state(service(bench.test), settings(bench.bootstrap, accept_expired="yes", publish="yes"))

    async def test_keys_whose_facts_have_all_expired_keep_their_state(self, bench: Bench) -> None:
        before = await with_history(bench)
        await expire(bench)

        await rebuild_state(service(bench.test), settings(bench.bootstrap, accept_expired="yes"))

        assert await bench.states() == before


@pytest.mark.kafka
class TestProjections:
    async def test_everything_is_read_again_from_the_beginning(self, bench: Bench) -> None:
        group = {f"voltbus.{bench.test}": [bench.inputs[0].name]}
        await bench.put(*(Added(station=f"S{n}", number=1) for n in range(10)))
        first = await consumed(bench, 10)

        (done,) = await replay_projection(group, settings(bench.bootstrap))

        assert done.startswith(f"voltbus.{bench.test} will read about 10 records again")
        assert await consumed(bench, 10) == first

    async def test_only_what_came_since_a_moment_is_read_again(self, bench: Bench) -> None:
        await bench.put(*(Added(station=f"S{n}", number=1) for n in range(10)))
        await asyncio.sleep(0.01)
        since = datetime.now(UTC)
        await asyncio.sleep(0.01)
        await bench.put(*(Added(station=f"S{n}", number=2) for n in range(10)))
        await consumed(bench, 20)
        group = {f"voltbus.{bench.test}": [bench.inputs[0].name]}

        await replay_projection(group, settings(bench.bootstrap, from_beginning="no", since=since))

        again = await consumed(bench, 10)
        assert all(b'"number":2' in value for value in again)

    async def test_what_was_never_read_is_not_skipped(self, bench: Bench) -> None:
        group = {f"voltbus.{bench.test}": [bench.inputs[0].name]}
        await bench.put(Added(station="S0", number=1))
        tomorrow = datetime.now(UTC) + timedelta(days=1)

        await replay_projection(group, settings(bench.bootstrap, from_beginning="no", since=tomorrow))

        assert len(await consumed(bench, 1)) == 1

    async def test_several_groups_are_set_back_at_once(self, bench: Bench) -> None:
        await bench.put(Added(station="S0", number=1))
        await consumed(bench, 1)
        groups = {f"voltbus.{bench.test}{part}": [bench.inputs[0].name] for part in ("", "-b", "-c")}

        done = await replay_projection(groups, settings(bench.bootstrap))

        assert [int(sentence.split("about ")[1].split()[0]) for sentence in done] == [1, 0, 0]

    async def test_a_running_projection_is_left_alone(self, bench: Bench) -> None:
        consumer, stop = batches(bench, []), asyncio.Event()
        running = asyncio.create_task(consumer.run(stop))
        await until(lambda: not consumer.not_ready())
        try:
            with pytest.raises(Unusable, match="still run"):
                await replay_projection({f"voltbus.{bench.test}": [bench.inputs[0].name]}, settings(bench.bootstrap))
        finally:
            stop.set()
            await running


def batches(bench: Bench, into: list[bytes]) -> BatchConsumer:
    async def handle(records: Records) -> None:
        into.extend(record.value or b"" for record in records)

    return BatchConsumer([bench.inputs[0].name], bench.test, handle, settings=bench.settings)


async def consumed(bench: Bench, count: int) -> Sequence[bytes]:
    """What a projection reads until it has so many records, in one order for all runs."""
    found: list[bytes] = []
    consumer, stop = batches(bench, found), asyncio.Event()
    running = asyncio.create_task(consumer.run(stop))
    await until(lambda: len(found) >= count)
    stop.set()
    await running
    return sorted(found)


class Taken:
    """A record of one key as Kafka gives it."""

    def __init__(self, record: Any) -> None:
        self.topic, self.partition, self.offset = "a", 0, 0
        self.key: bytes | None = record.station.encode()
        self.value: bytes | None = msgspec.json.encode(record)


def test_time_passes_in_a_rebuild_as_it_did() -> None:
    partition = Partition(service("t"), 0, Tally())
    partition.take(Taken(RingAsked(station="A", at=START + timedelta(hours=1))), START)
    before = partition.states["A"].ring_at
    partition.take(Taken(Added(station="A", number=1)), START + timedelta(hours=2))

    assert (before, partition.states["A"].ring_at) == (START + timedelta(hours=1), None)


def test_a_state_that_is_initial_again_is_not_kept() -> None:
    partition = Partition(service("t"), 0, Tally())
    partition.take(Taken(Added(station="A", number=1)), START)
    partition.take(Taken(Added(station="B", number=1)), START)
    partition.take(Taken(Forgotten(station="A")), START)

    assert set(partition.values()) == {"B"}


def test_nothing_that_anybody_acts_on_is_ever_told_again() -> None:
    acted_on = {topic.name for topic in CATALOGUE if set(topic.readers) & {"gateway", "services", *STATEFUL}}

    assert HISTORY_TOPICS & acted_on == set()
    assert DATA_TRANSFERS.name in HISTORY_TOPICS


@pytest.mark.parametrize("name", NOT_REPLAYED)
def test_what_must_not_be_replayed_is_refused_with_the_reason(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", name, "--from-beginning"]) == 1
    assert capsys.readouterr().err.strip() == NOT_REPLAYED[name]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["metering"], "Say where to begin"),
        (["metering", "--from-beginning", "--since", "2026-01-01T00:00:00Z"], "Say where to begin"),
        (["metering", "--since", "2026-01-01T00:00:00"], "needs an offset"),
        (["metering", "--since", "yesterday"], "cannot be used"),
        (["transactions", "--since", "2026-01-01T00:00:00Z"], "keeps a state"),
        (["metering", "--from-beginning", "--bus", "embedded"], "embedded bus forgets"),
        (["everything", "--from-beginning"], "cannot be replayed"),
        (["metering", "--from-beginning", "--bootstrap", "127.0.0.1:1"], "Kafka at 127.0.0.1:1 cannot be used"),
    ],
)
def test_a_replay_says_what_it_needs(argv: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", *argv]) == 1
    assert said in capsys.readouterr().err
