"""One cluster on a real Apache Kafka for all of chaos: faults come one after the other, each on what the ones before left."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.brokers import broker
from tests.chaos.cluster import CLICKHOUSE, DECIDERS, GATEWAYS, LONG, PARTITIONS, PROJECTION, Cluster
from tests.chaos.stage import provisioned
from tests.integration.product import create_topics


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The short form leaves out what the long form alone is for."""
    left_out = [] if LONG else [item for item in items if item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    """All processes, ready. The broker is this cluster's own: it is stopped and killed here."""
    folder: Path = tmp_path_factory.mktemp("chaos")
    with broker(folder / "kafka") as own:
        create_topics(own.bootstrap, gateways=",".join(GATEWAYS), partitions=PARTITIONS)
        cluster = Cluster(own, folder)
        await cluster.balancer.start()
        try:
            await cluster.start(*GATEWAYS, *DECIDERS, CLICKHOUSE, PROJECTION)
            await provisioned(cluster)
            yield cluster
        finally:
            await cluster.close()
