"""The records of stations are replayed on a cluster of its own: the states are rebuilt as they were, and ClickHouse has no row twice."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from deploy.local.kafka import Kafka
from services.nouns import REPLAYED
from tests.brokers import broker
from tests.integration.charging import charged, energy_wh
from tests.integration.product import Product, create_topics, eventually, running
from tests.integration.stations import DELIVERED_WH, KINDS

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A second broker: on the one that tests share, services of other tests run."""
    with broker(tmp_path_factory.mktemp("replay-kafka")) as own:
        create_topics(own.bootstrap)
        yield own


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rested(own_kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    """The product after a session of each version, its services stopped."""
    async with running(bus="kafka", bootstrap=own_kafka.bootstrap, folder=tmp_path_factory.mktemp("replay")) as product:
        for version in KINDS:
            await charged(product, version, f"REPLAYED-{version}")
        await product.services.stop()
        yield product


def replay(product: Product, *arguments: str) -> list[str]:
    command = [sys.executable, "-m", "services", "replay", *arguments, "--bootstrap", product.bootstrap]
    told = ["--stations-unknown", "accept", "--tokens-unknown", "accept"]
    done = subprocess.run([*command, *told], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("name", [name for name in REPLAYED if name != "metering"])
async def test_the_facts_give_the_very_states_that_a_service_had(rested: Product, name: str) -> None:
    read, changed = await asyncio.to_thread(replay, rested, name, "--from-beginning", "--check")

    assert " 0 of them cannot be applied" in read
    assert changed == "0 states would be written and 0 forgotten."


async def test_clickhouse_holds_nothing_twice_after_everything_was_read_again(rested: Product) -> None:
    done = await asyncio.to_thread(replay, rested, "metering", "--from-beginning")
    await rested.services.start()

    for version in KINDS:
        found = await eventually(lambda version=version: once_it_answers(rested, f"REPLAYED-{version}"))
        assert found == [DELIVERED_WH]
    assert sum(int(sentence.split("about ")[1].split()[0]) for sentence in done) > 0


async def once_it_answers(product: Product, station: str) -> list[float]:
    try:
        return await energy_wh(product, station)
    except (httpx.TransportError, KeyError):
        return []
