"""A projection reads its topics again from a moment of the past, and skips nothing that it has not read."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from services.runtime.bus.consumer import BatchConsumer, Records
from services.runtime.process.outage import Unusable
from services.runtime.replay.projection import replay_projection
from tests.services.runtime.bench import Bench
from tests.services.runtime.counter import Added
from tests.services.runtime.replay.test_state import settings
from tests.waiting import until


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
