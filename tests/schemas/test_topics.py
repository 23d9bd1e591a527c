"""The topic catalogue: each record has one home, and families are spelled out."""

import importlib
from pathlib import Path

import msgspec
import pytest

from schemas.base import CallDecided, Due, Record
from schemas.codec import Decoder, UnknownRecord, encode
from schemas.commands import COMMANDS
from schemas.examples import example
from schemas.facts import FACT_NOUNS, FactReported
from schemas.pages import all_records, pages, tag
from schemas.reports import ReportPart
from schemas.routing import route
from schemas.stations import REF_STATIONS, StationProvisioned
from schemas.topicplan import plan
from schemas.topics import CATALOGUE, GATEWAY, dead_topic, due_topic, gateway_topic, state_topic

SCHEMAS = Path(__file__).parents[2] / "schemas"
DOCS = SCHEMAS / "docs"


def test_a_command_goes_to_its_stations_key() -> None:
    command = example(COMMANDS.records[0])

    assert (route(command).topic, route(command).key) == ("csms.commands", b"DE-BER-0001")


def test_a_decision_goes_to_the_one_partition_of_the_gateway_that_asked() -> None:
    for record in GATEWAY.records:
        routed = route(example(record))
        assert (routed.topic, routed.partition) == (gateway_topic("gw-0"), 0)


@pytest.mark.parametrize("noun", FACT_NOUNS)
def test_a_fact_goes_to_its_nouns_topic(noun: str) -> None:
    fact = example(FactReported)

    assert route(msgspec_replace(fact, noun=noun)).topic == f"csms.{noun}"


def test_a_fact_of_an_unknown_noun_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnknownRecord, match="add it to"):
        route(msgspec_replace(example(FactReported), noun="weather"))


def test_time_has_no_topic_without_its_service() -> None:
    with pytest.raises(UnknownRecord):
        route(example(Due))


@pytest.mark.parametrize(
    "value", [b"", b"{", b"[]", b'{"record":"nobody"}', b"\xff\xfe", b'{"record":"command-requested"}']
)
def test_bytes_that_are_no_record_of_the_topic_are_told_apart(value: bytes) -> None:
    with pytest.raises(UnknownRecord):
        Decoder(COMMANDS).decode(value)


def test_members_that_a_reader_does_not_know_are_passed_over() -> None:
    record = example(StationProvisioned)
    newer = encode(record)[:-1] + b',"invented_later":{"a":1}}'

    assert Decoder(REF_STATIONS).decode(newer) == record


def test_every_record_is_carried_by_one_topic_or_is_a_family_of_its_own() -> None:
    homes = {record: [t.name for t in CATALOGUE if record in t.records] for record in all_records()}

    doubled = {tag(record): names for record, names in homes.items() if len(names) > 1 and record is not FactReported}

    assert doubled == {}


def test_no_noun_is_forgotten_in_the_catalogue() -> None:
    modules = [importlib.import_module(f"schemas.{path.stem}") for path in SCHEMAS.glob("[a-z]*.py")]
    declared = {topic.name: module.__name__ for module in modules for topic in getattr(module, "TOPICS", ())}

    forgotten = {name: module for name, module in declared.items() if name not in {t.name for t in CATALOGUE}}

    assert forgotten == {}, "add a line for the module to NOUNS in schemas/topics.py"


def test_no_record_is_without_a_topic() -> None:
    modules = [importlib.import_module(f"schemas.{path.stem}") for path in SCHEMAS.glob("[a-z]*.py")]
    records = {each for module in modules for each in vars(module).values() if isinstance(each, type)}
    homeless = {
        each.__name__ for each in records if issubclass(each, Record) and each not in (Record, ReportPart, CallDecided)
    } - {record.__name__ for record in all_records()}

    assert homeless == set(), "name these records in a topic of their noun"


def test_tags_are_unique() -> None:
    tags = [tag(record) for record in all_records()]

    assert len(tags) == len(set(tags))


def test_every_record_survives_the_wire() -> None:
    for topic in CATALOGUE:
        for record in topic.records:
            said: Record = example(record)
            assert encode(Decoder(topic).decode(encode(said))) == encode(said)


def test_the_plan_names_every_member_of_every_family() -> None:
    names = {p.name for p in plan(partitions=12, gateways=("gw-0", "gw-1"), services=("commands",))}

    assert {gateway_topic("gw-1"), due_topic("commands"), state_topic("commands"), dead_topic("csms.commands")} <= names
    assert not [name for name in names if "<" in name]


def test_routes_have_one_partition_and_shared_topics_the_deployments_count() -> None:
    partitions = {p.name: p.partitions for p in plan(partitions=12, gateways=("gw-0",), services=("commands",))}

    assert partitions["csms.gateway.gw-0"] == 1
    assert partitions["csms.commands"] == partitions["csms.state.commands"] == partitions["csms.due.commands"] == 12


def test_a_dead_letter_that_cannot_be_read_stays_on_its_dead_letter_topic() -> None:
    assert dead_topic(dead_topic("csms.commands")) == dead_topic("csms.commands") == "csms.dead.commands"


def test_the_generated_pages_are_up_to_date() -> None:
    on_disk = {str(p.relative_to(DOCS)): p.read_text() for p in DOCS.rglob("*") if p.is_file()}

    assert on_disk == pages(), "run: make docs"


def msgspec_replace(record: FactReported, **members: str) -> FactReported:
    return msgspec.structs.replace(record, **members)
