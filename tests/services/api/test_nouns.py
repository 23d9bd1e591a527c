"""The nouns of the API: each is declared once, and everything that follows from the list is whole."""

import inspect
import re
from pathlib import Path

import pytest

from schemas.operators import Scope
from services.api.history.scoping import table_conditions
from services.api.noun import ApiNoun, NounReads
from services.api.nouns import NOUNS
from services.api.ports import Reads

API = Path(__file__).parents[3] / "services" / "api"
DECLARED = [noun.reads for noun in NOUNS if noun.reads is not None]


def test_every_folder_that_declares_a_noun_is_in_the_list() -> None:
    folders = {path.parent.name for path in API.glob("*/noun.py")}

    missing = folders - {noun.tag for noun in NOUNS}

    assert missing == set(), "add its NOUN to NOUNS in services/api/nouns.py"


def test_no_noun_is_declared_twice() -> None:
    assert len({noun.tag for noun in NOUNS}) == len(NOUNS)


def test_the_reads_of_the_ports_are_those_of_the_nouns() -> None:
    bases = {base for base in Reads.__mro__ if base.__module__.startswith("services.api.")} - {Reads}

    assert bases == {reads.protocol for reads in DECLARED}, "name the protocol in Reads of services/api/ports.py"


@pytest.mark.parametrize("reads", DECLARED, ids=lambda reads: reads.protocol.__name__)
def test_every_read_takes_clickhouse_and_then_what_its_protocol_says(reads: NounReads) -> None:
    for name, function in reads.functions().items():
        db, *given = inspect.signature(function).parameters.values()
        _, *said = inspect.signature(getattr(reads.protocol, name)).parameters.values()
        known = {each.name: (each.kind, each.annotation) for each in given}

        assert db.name == "db", name
        assert {each.name: (each.kind, each.annotation) for each in said}.items() <= known.items(), name


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.tag)
def test_a_noun_with_pages_has_their_templates_beside_them(noun: ApiNoun) -> None:
    assert bool(noun.pages) == (API / noun.tag / "templates").is_dir() or noun.tag == "events"


def test_pages_call_use_cases_and_no_handlers_of_routes() -> None:
    calling = [path.relative_to(API).as_posix() for path in API.rglob("*.py") if ".fn(" in path.read_text()]

    assert calling == [], "put the use case into the noun's usecases.py; its route and its page both call it"


def test_every_table_of_clickhouse_has_its_condition_for_a_scope() -> None:
    """A table that fails here is given to everybody, whatever their scope: declare it in services/metering/nouns, or, where a view
    fills it and it has a column `station`, name it in `ROLLUPS` of services/api/history/scoping.py."""
    sql = [path.read_text() for path in (API.parent / "metering" / "sql").glob("*.sql")]
    made = {name for text in sql for name in re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", text)}
    dropped = {name for text in sql for name in re.findall(r"DROP TABLE IF EXISTS (\w+)", text)}

    assert made - dropped <= set(table_conditions(Scope(sites=("oslo",))))
