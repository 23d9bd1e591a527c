"""Buses for all tests: a real Apache Kafka where Java and Maven are there, and the embedded bus everywhere."""

import gc
import os
import re
from collections.abc import Generator, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from _pytest.runner import runtestprotocol
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

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


ENGINE = "chdb"
"""What runs in the engine of ClickHouse: one process runs all of it, because to start an engine and make every table in it takes as long
as a hundred tests. The folders above have one of their own where they need it."""

ENGINES_FIXTURE = re.compile(r"\b(db|empty_db|migrated_db): ClickHouse|\bchdb_dsn: str")

BESIDE = "gw2"
"""The third process begins with the engine, then takes what is short from the end, and never a folder of those above. Products and
brokers often wait for a clock: beside them it uses the time that they leave, and gives way to them."""

LESS_URGENT = 10

GARBAGE = (20_000, 20, 100)
"""The thresholds of the garbage collector (`gc.set_threshold`) while tests run; Python's own are 700, 10 and 10."""


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

    def add_node_collection(self, node: WorkerController, collection: Sequence[str]) -> None:
        """Note what a process has collected, which is the same in each."""
        super().add_node_collection(node, collection)
        self.registered_collections[node] = Numbered(collection)

    def _split_scope(self, nodeid: str) -> str:
        return _group_of_file(nodeid.partition("::")[0])

    def _assign_work_unit(self, node: WorkerController) -> None:
        done = [group for group, tests in self.assigned_work[node].items() if all(tests.values())]
        for group in done:  # else each test that ends would have all those before it counted again
            del self.assigned_work[node][group]
        if node.gateway.id == BESIDE:
            chosen = ENGINE if ENGINE in self.workqueue else next(reversed(self.workqueue))
            self.workqueue.move_to_end(chosen, last=False)
        super()._assign_work_unit(node)

    def _reschedule(self, node: WorkerController) -> None:
        if node.gateway.id == BESIDE and not node.shutting_down and all(group in TOGETHER for group in self.workqueue):
            node.shutdown()
        else:
            super()._reschedule(node)


class Numbered(list[str]):
    """Names of tests, each with its number at hand."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(names)
        self._numbers = {name: number for number, name in enumerate(names)}

    def index(self, name: str, *_: Any) -> int:  # type: ignore[override]
        """Where the test is."""
        return self._numbers[name]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where groups of tests run side by side, the longest come first, then the modules that start brokers or products."""
    process = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not process:
        return
    turns = {group: turn for turn, group in enumerate((*TOGETHER, ENGINE))}
    starting = {item.path for item in items if item.get_closest_marker("kafka") or item.get_closest_marker("embedded")}

    def turn(item: pytest.Item) -> int:
        return turns.get(group_of(item.path.relative_to(TESTS)), len(turns) + (item.path not in starting))

    items.sort(key=turn)
    if process == BESIDE and starting:
        os.nice(LESS_URGENT)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """A process tells the one that gathers results what a test came to, and of what went before and after it only what went wrong.

    Else each test is five messages and what it takes to write and read them, which for thousands of tests is more than what many
    of them do. Where somebody asks for more than that (`-v`, `--durations`, `--junitxml`), everything is told.
    """
    options = item.config.option
    if (
        not hasattr(item.config, "workerinput")
        or options.verbose > 0
        or options.durations is not None
        or options.xmlpath
    ):
        return None
    for report in runtestprotocol(item, nextitem=nextitem, log=False):
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """What is collected lives as long as the run: the garbage collector need not look through it again and again.

    Nor need it look often through what tests keep (trees of the source, applications, engines): that was a fifth of their time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(*GARBAGE)
        gc.enable()


@cache
def group_of(path: Path) -> str:
    """The folder of those above that the path lies in, else the engine if the module asks for it, else the path."""
    folder = next((folder for folder in TOGETHER if path.is_relative_to(folder)), None)
    return folder or (ENGINE if ENGINES_FIXTURE.search((TESTS / path).read_text()) else str(path))


@cache
def _group_of_file(file: str) -> str:
    return group_of((ROOT / file).relative_to(TESTS))


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
