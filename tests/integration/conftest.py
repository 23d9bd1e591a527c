"""The product under test: once on the embedded bus, once on a real Apache Kafka."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.product import Product, create_topics, running


@pytest_asyncio.fixture(
    scope="package",
    loop_scope="package",
    params=[
        pytest.param("embedded", marks=pytest.mark.embedded),
        pytest.param("kafka", marks=pytest.mark.kafka),
    ],
)
async def product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    """The product's processes on one of the buses, for all tests of this folder."""
    bus: str = request.param
    bootstrap: str = request.getfixturevalue(f"{bus}_bootstrap")
    folder: Path = tmp_path_factory.mktemp(f"product-{bus}")
    if bus == "kafka":
        create_topics(bootstrap)
    async with running(bus=bus, bootstrap=bootstrap, folder=folder) as product:
        yield product
