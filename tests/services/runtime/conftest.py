"""A broker that tests of the runtime stop, kill and start again: others share the one of the whole run."""

from collections.abc import Iterator

import pytest

from deploy.local.kafka import Kafka
from tests.brokers import broker


@pytest.fixture(scope="session")
def _mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    with broker(tmp_path_factory.mktemp("mortal-kafka")) as kafka:
        yield kafka


@pytest.fixture
def mortal_kafka(_mortal: Kafka) -> Kafka:
    """The broker, running; the test may end it as it likes. Topics of tests before it may be there."""
    if not _mortal.running:
        _mortal.start()
    return _mortal
