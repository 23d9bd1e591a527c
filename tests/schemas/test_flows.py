"""The table of who reads and writes which topics says what the gateway and the services really do."""

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any, get_type_hints

import pytest

from schemas.base import Record
from schemas.deadletters import DEAD
from schemas.flows import FLOWS, flow, readers, writers
from schemas.provisioning import ChangeProposed
from schemas.topic import Topic
from schemas.topics import CATALOGUE, DUE, STATE
from services.api.live.follower import TOPICS as API_FEED
from services.api.live.reference import FOLLOWED as API_REFERENCES
from services.metering.declared import FEEDS
from services.nouns import CORES, DECLARED, ServicesSettings, build

ROOT = Path(__file__).parents[2]
HOMES = {"gateway": "gateway"} | {name: f"services/{run.build.split('.')[1]}" for name, run in DECLARED.items()}
PASSED_ON = {topic for topic in flow("provisioning").writes if topic in flow("provisioning").references}
"""Reference data: the API proposes it, inside a record of its own, and provisioning passes it on when it stands."""


def names(topics: Any) -> set[str]:
    return {topic.name for topic in topics}


def service_of(name: str) -> Any:
    return build(name, ServicesSettings())


def records_made_in(folder: str) -> Iterator[type[Record]]:
    """The record types that modules of a folder make: by calling them, or a function shared by services that returns one."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield from _made(path)


@cache
def _made(path: Path) -> frozenset[type[Record]]:
    nodes = tuple(ast.walk(ast.parse(path.read_text())))
    known: dict[str, Any] = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("schemas.", "services.following.")):
            module = importlib.import_module(node.module or "")
            known |= {alias.asname or alias.name: getattr(module, alias.name, None) for alias in node.names}
    called = {
        known.get(node.func.id) for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    made = {get_type_hints(each).get("return") if isinstance(each, FunctionType) else each for each in called}
    return frozenset(each for each in made if isinstance(each, type) and issubclass(each, Record))


def topics_of(records: Any) -> set[Topic]:
    carried = set(records)
    return {topic for topic in CATALOGUE if carried & set(topic.records) and topic not in {DUE, STATE, DEAD}}


def test_every_worker_has_a_row() -> None:
    rows = {row.name for row in FLOWS} - {"gateway", "services"}

    assert rows == set(DECLARED), (
        "give everything that services/nouns.py declares one row in schemas/flows.py, and no other"
    )


@pytest.mark.parametrize("name", CORES)
def test_a_service_takes_in_what_its_row_says(name: str) -> None:
    service = service_of(name)

    told = f"put the inputs of {name} into `reads` of its row in schemas/flows.py, and have the service take them from there"
    assert names(service.inputs) == names(flow(name).reads), told
    assert names(service.references) == names(flow(name).references), told.replace("reads", "references")


def test_what_metering_feeds_into_clickhouse_is_what_its_row_says() -> None:
    fed = {topic.name for feed in FEEDS for topic in feed.topics}
    fed |= {DEAD.name for feed in FEEDS if feed.dead_letters}

    assert fed == names(flow("metering").reads), (
        "a topic that metering shall keep stands in a feed of services/metering and in its row in schemas/flows.py"
    )


def test_what_the_api_follows_is_what_its_row_says() -> None:
    assert names((*API_FEED, *API_REFERENCES)) == names(flow("api").references), (
        "a topic that the API follows stands in its feed or its references, and in its row in schemas/flows.py"
    )


def test_what_the_gateway_follows_is_what_its_row_says() -> None:
    """It publishes by the record, so that its modules hardly name a topic but to read it."""
    named = [
        getattr(importlib.import_module(node.module or ""), alias.name, None)
        for path in (ROOT / "gateway").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("schemas.")
        for alias in node.names
        if alias.name.isupper()
    ]

    row, topics = flow("gateway"), names(each for each in named if isinstance(each, Topic))

    assert names(row.references) <= topics, (
        "the gateway reads no longer all `references` of its row in schemas/flows.py"
    )
    assert topics <= names((*row.references, *row.writes)), "put what the gateway reads into `references` of its row"


@pytest.mark.parametrize("folder", sorted({HOMES[name] for name in HOMES} - {"services/api", "services/provisioning"}))
def test_what_a_folder_makes_goes_to_the_topics_its_row_says(folder: str) -> None:
    written = {topic for name, home in HOMES.items() if home == folder for topic in flow(name).writes}

    assert names(topics_of(records_made_in(folder))) == names(written), (
        f"the records that {folder} makes and `writes` in its row in schemas/flows.py differ: add the topic there, or take it away"
    )


def test_provisioning_writes_what_it_makes_and_what_it_is_proposed() -> None:
    proposed = ChangeProposed.__annotations__["change"].__args__

    written = topics_of({*records_made_in("services/provisioning"), *proposed})

    assert names(written) == names(flow("provisioning").writes), "put the topic into `writes` of provisioning's row"


def test_the_api_writes_what_it_makes_unless_it_proposes_or_shows_it() -> None:
    made = topics_of(records_made_in("services/api"))
    writes = set(flow("api").writes)

    assert writes <= made, "the API makes no record of a topic that it is said to write in schemas/flows.py"
    assert names(made - writes - PASSED_ON) <= names(flow("api").references), (
        "the API makes a record of a topic that it neither writes nor follows: add it to its row in schemas/flows.py"
    )


AWAITED: list[str] = []
"""Topics whose writer is on its way: it goes from this list as it comes."""


def test_every_topic_has_a_writer_and_a_reader() -> None:
    silent = [topic.name for topic in CATALOGUE if not writers(topic) or not readers(topic)]

    assert silent == AWAITED, "give each of these topics a writer and a reader in schemas/flows.py"
