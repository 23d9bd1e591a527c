"""The batched consumer of sinks, on both buses."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from deploy.local.kafka import Kafka
from schemas.topics import dead_topic
from services.runtime.bus.consumer import BatchConsumer, Records
from services.runtime.process.outage import Outage, Unusable
from tests.services.runtime.bench import Bench, until
from tests.services.runtime.counter import Added
from tests.services.runtime.loop.test_worker import BUSES


@pytest.fixture(params=BUSES)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    bench = Bench(request.param, request.getfixturevalue(f"{request.param}_bootstrap"))
    await bench.open()
    yield bench
    await bench.close()


class Sink:
    """Keeps what it is given; refuses as often as told."""

    def __init__(self, *, outages: int = 0) -> None:
        self.batches: list[list[int]] = []
        self._outages = outages

    async def __call__(self, records: Records) -> None:
        if self._outages:
            self._outages -= 1
            raise Outage("the sink is away")
        self.batches.append([record.offset for record in records])

    @property
    def count(self) -> int:
        return sum(map(len, self.batches))


@contextlib.asynccontextmanager
async def consuming(
    bench: Bench, handle: Callable[[Records], Awaitable[None]], *, max_records: int = 50, rest_ms: int = 200
) -> AsyncIterator[BatchConsumer]:
    consumer = BatchConsumer(
        [bench.inputs[0].name],
        f"sink-{bench.test}",
        handle,
        settings=bench.settings,
        max_records=max_records,
        rest_ms=rest_ms,
    )
    stop = asyncio.Event()
    task = asyncio.create_task(consumer.run(stop))
    try:
        yield consumer
        stop.set()
        await asyncio.wait_for(task, 20)
    finally:
        task.cancel()


def numbers(count: int) -> list[Added]:
    return [Added(station="A", number=number) for number in range(count)]


async def test_records_come_in_order_in_batches_no_larger_than_asked(bench: Bench) -> None:
    sink = Sink()
    await bench.put(*numbers(120))
    async with consuming(bench, sink):
        await until(lambda: sink.count == 120)

    assert [offset for batch in sink.batches for offset in batch] == list(range(120))
    assert max(map(len, sink.batches)) <= 50


@pytest.mark.kafka
async def test_what_comes_while_it_rests_comes_together(kafka_bootstrap: str) -> None:
    bench, sink = Bench("kafka", kafka_bootstrap), Sink()
    await bench.open()
    async with consuming(bench, sink, rest_ms=2_000):
        await bench.put(*numbers(1))
        await until(lambda: sink.count == 1)
        for _ in range(5):
            await bench.put(*numbers(1))
        await until(lambda: sink.count > 1)
    await bench.close()

    assert sink.batches == [[0], [1, 2, 3, 4, 5]]


async def test_what_was_handled_does_not_come_again(bench: Bench) -> None:
    first, second = Sink(), Sink()
    await bench.put(*numbers(10))
    async with consuming(bench, first):
        await until(lambda: first.count == 10)
    await bench.put(*numbers(5))
    async with consuming(bench, second):
        await until(lambda: second.count == 5)

    assert second.batches[0][0] == 10


async def test_a_sink_that_is_away_gets_the_same_batch_again(bench: Bench) -> None:
    sink = Sink(outages=1)
    await bench.put(*numbers(10))
    async with consuming(bench, sink) as consumer:
        await until(lambda: consumer.not_ready() == ["the sink is away"])
        await until(lambda: sink.count == 10)
        ready = consumer.not_ready()

    assert ready == []
    assert sink.count == 10


async def test_a_bug_in_a_sink_ends_the_consumer(bench: Bench) -> None:
    async def broken(records: Records) -> None:
        raise ZeroDivisionError("broken as asked")

    await bench.put(*numbers(1))
    consumer = BatchConsumer([bench.inputs[0].name], f"sink-{bench.test}", broken, settings=bench.settings)

    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(consumer.run(asyncio.Event()), 30)


@pytest.mark.kafka
async def test_without_a_topic_for_what_cannot_be_read_it_says_so_and_does_not_begin(kafka_bootstrap: str) -> None:
    bench = Bench("kafka", kafka_bootstrap)
    await bench.open_topics(bench.inputs[0].name)
    consumer = BatchConsumer([bench.inputs[0].name], f"sink-{bench.test}", Sink(), settings=bench.settings)

    # a broker that is slow to tell of a new topic lacks that one too
    with pytest.raises(Unusable, match=rf"lacks the topics .*{dead_topic(bench.inputs[0].name)}: .*services topics"):
        await asyncio.wait_for(consumer.run(asyncio.Event()), 30)


@pytest.mark.kafka
async def test_what_was_handled_while_kafka_was_away_is_committed_when_it_is_back(mortal_kafka: Kafka) -> None:
    bench = Bench("kafka", mortal_kafka.bootstrap, session_timeout_s=20.0)
    await bench.open()
    handled: list[int] = []

    async def loses_kafka(records: Records) -> None:
        if not handled:
            await asyncio.to_thread(mortal_kafka.stop, kill=True)
        handled.extend(record.offset for record in records)

    await bench.put(*numbers(10))
    async with consuming(bench, loses_kafka):
        await until(lambda: bool(handled))
        await asyncio.to_thread(mortal_kafka.start)
        async with asyncio.timeout(30):
            while sum((await bench.committed(f"sink-{bench.test}")).values()) < 10:
                await asyncio.sleep(0.2)
    await bench.close()

    assert handled == list(range(10))
