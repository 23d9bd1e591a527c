"""Services that look something up: their references are read whole before the first step, and followed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from schemas.authorization import REF_TOKENS, TokenProvisioned
from schemas.base import Record
from services.runtime.bus.producer import Publisher
from services.runtime.loop.service import References
from services.runtime.loop.worker import StreamWorker
from tests.services.runtime.bench import Bench
from tests.services.runtime.counter import EPOCH, Added, Sum, said, service
from tests.waiting import until


@pytest.fixture
async def bench(embedded_bootstrap: str) -> AsyncIterator[Bench]:
    bench = Bench("embedded", embedded_bootstrap)
    await bench.open()
    yield bench
    await bench.close()


def step(state: Sum, record: Record, references: References) -> tuple[Sum, list[Record]]:
    """Says the label of the token that is called like the station."""
    token = references[REF_TOKENS.name].get(f"{state.test}-{state.station}")
    assert isinstance(record, Added)
    assert token is None or isinstance(token, TokenProvisioned)
    return state, [said(state, "unknown" if token is None else token.label, record.number)]


@pytest.mark.embedded
async def test_a_step_finds_references_that_were_there_and_those_that_came_since(bench: Bench) -> None:
    def labelled(label: str) -> TokenProvisioned:
        return TokenProvisioned(token=f"{bench.test}-A", label=label, provisioned_at=EPOCH)

    publisher, stop = Publisher(bench.settings, name="test"), asyncio.Event()
    await publisher.publish(labelled("before"))
    worker = StreamWorker(replace(service(bench.test), step=step, references=(REF_TOKENS,)), bench.settings)
    task = asyncio.create_task(worker.run(stop))
    await until(lambda: task.done() or not worker.not_ready())

    await bench.put(Added(station="A", number=1), Added(station="B", number=1))
    await bench.said(until=lambda heard: len(heard) == 2)
    await publisher.publish(labelled("after"))
    number, heard = 1, []
    while not heard or heard[-1] != "after":
        number += 1
        await bench.put(Added(station="A", number=number))
        told = await bench.said(until=lambda all_said, count=number + 1: len(all_said) == count)
        heard = [record.message_id for record in told if record.station == "A"]
    stop.set()
    await asyncio.wait_for(task, 20)
    await publisher.stop()

    assert heard[0] == "before"
    assert [record.message_id for record in told if record.station == "B"] == ["unknown"]


@pytest.mark.embedded
async def test_a_service_that_is_stopped_before_it_is_informed_ends(bench: Bench) -> None:
    stop = asyncio.Event()
    worker = StreamWorker(replace(service(bench.test), step=step, references=(REF_TOKENS,)), bench.settings)
    stop.set()

    await asyncio.wait_for(worker.run(stop), 20)

    assert worker.not_ready() != []
