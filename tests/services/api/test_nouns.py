"""The nouns of the API: each is declared once, and everything that follows from the list is whole."""

import inspect
import re
from pathlib import Path

import pytest

from schemas.operators import Scope
from services.api.history.scoping import table_conditions
from services.api.live.reference import FOLLOWED
from services.api.noun import ApiNoun, DeploymentWide, NounReads
from services.api.nouns import NOUNS
from services.api.operators.scoped import FOLLOWS
from services.api.ports import Reads
from services.api.web.policy import EVERY

API = Path(__file__).parents[3] / "services" / "api"
DECLARED = [noun.reads for noun in NOUNS if noun.reads is not None]


def test_every_folder_that_declares_a_noun_is_in_the_list() -> None:
    folders = {path.parent.name for path in API.glob("*/noun.py")}

    missing = folders - {noun.tag for noun in NOUNS}

    assert missing == set(), "add its NOUN to NOUNS in services/api/nouns.py"


def test_no_noun_is_declared_twice() -> None:
    assert len({noun.tag for noun in NOUNS}) == len(NOUNS)


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.tag)
def test_every_noun_says_whose_its_records_are(noun: ApiNoun) -> None:
    assert noun.tenancy is not None, (
        f"say in services/api/{noun.tag}/noun.py whose its records are: `tenancy`: 'station' where each names its station, 'own' where"
        " each has a member `tenant`, else DeploymentWide with the reason"
    )
    if isinstance(noun.tenancy, DeploymentWide):
        assert noun.tenancy.why.endswith("."), "in a sentence"
    named = (
        noun.policy.tenanted
        if noun.tenancy == "own"
        else noun.policy.fleet
        if noun.tenancy not in ("station", "site")
        else (EVERY,)
    )
    assert named, "its handlers stand under `tenanted` (own) or `fleet` (DeploymentWide) of its `policy`"


def test_every_compacted_topic_that_the_api_follows_belongs_to_somebody() -> None:
    """A topic that fails here is seen by nobody whom a scope limits: give its records a member `tenant`, or name it with the reason."""
    own = {
        topic.name
        for topic in FOLLOWED
        if any(hasattr(kind, "tenant") or hasattr(kind, "scope") for kind in topic.records)
    }
    stations = {topic.name for topic in FOLLOWED if topic.key == "station"}

    assert {topic.name for topic in FOLLOWED} - own - stations - set(FOLLOWS) == DEPLOYMENTS


DEPLOYMENTS = {
    "csms.ref.compatibility",  # makes of stations are the same for every tenant
    "csms.ref.vendors",  # so are messages of vendors
    "csms.ref.roles",  # tenants read them, and give them
    "csms.ref.certificate-revocations",  # stations trust the deployment's authorities
    "csms.ref.contract-roots",  # EVs of every mobility operator come to every tenant
    "csms.certificate-authorities",
    "csms.revocation-lists",
    "csms.ocsp-answers",  # public, to whoever knows a certificate
    "csms.ref.identities",  # a person is one person for every tenant
    "csms.logins",  # ends of logins, by random ids that say nothing
}


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
