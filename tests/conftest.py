"""Buses for all tests: a real Apache Kafka where Java and Maven are there, and the embedded bus everywhere."""

from collections.abc import Iterator

import pytest

from deploy.local.bus import EmbeddedBus
from deploy.local.kafka import Kafka
from tests.brokers import broker


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A broker for the whole run. Where it cannot run: skipped with what to install; in CI that fails."""
    with broker(tmp_path_factory.mktemp("kafka")) as kafka:
        yield kafka


@pytest.fixture(scope="session")
def kafka_bootstrap(kafka: Kafka) -> str:
    """The address of the real broker. Its topics are made by the tests that need them."""
    return kafka.bootstrap


@pytest.fixture(scope="session")
def embedded_bootstrap() -> Iterator[str]:
    """The address of an embedded bus."""
    with EmbeddedBus() as bus:
        yield bus.bootstrap
