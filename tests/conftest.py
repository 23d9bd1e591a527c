"""Buses for all tests: a real Apache Kafka where Java and Maven are there, and the embedded bus everywhere."""

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

from deploy.local.bus import EmbeddedBus
from deploy.local.kafka import Kafka
from schemas.kafkaclients import mend_connections
from tests.brokers import broker
from tests.examples import examples

TESTS = Path(__file__).parent
ROOT = TESTS.parent


TOGETHER = ("chaos", "integration", "conformance", "services/runtime", "field")
"""Folders whose tests share a product or a broker: one process runs all of a folder. Of the others, a module is what a process takes.

The longest comes first: a process that has run one takes the next, and what is short fills up the end.
"""


def pytest_configure() -> None:
    """Kafka's clients in this process are as those of every process of the product, which mends them at its start.

    A property that does not say how many examples it is tried with gets this run's share of them too; none fails for the time it took.
    """
    mend_connections()
    hypothesis.settings.register_profile(
        "shared-machine",
        max_examples=examples(hypothesis.settings.default.max_examples),
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
    hypothesis.settings.load_profile("shared-machine")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Where tests run side by side, those that share what is dear to make stay together."""
    return ByGroup(config, log)


class ByGroup(LoadScopeScheduling):
    """Gives a process all tests of a group (`group_of`) and, when it has run these, another group."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of((ROOT / nodeid.partition("::")[0]).relative_to(TESTS))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where groups of tests run side by side, the longest come first."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        turns = {group: turn for turn, group in enumerate(TOGETHER)}
        items.sort(key=lambda item: turns.get(group_of(item.path.relative_to(TESTS)), len(turns)))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """What is collected lives as long as the run: the garbage collector need not look through it again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def group_of(path: Path) -> str:
    """The folder of those above that the path lies in, else the path."""
    return next((folder for folder in TOGETHER if path.is_relative_to(folder)), str(path))


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


@pytest.fixture
def fresh_bootstrap() -> Iterator[str]:
    """The address of an embedded bus that is this test's own.

    Once the last member of a group has left, the embedded bus keeps the next one waiting for a session timeout.
    """
    with EmbeddedBus() as bus:
        yield bus.bootstrap
