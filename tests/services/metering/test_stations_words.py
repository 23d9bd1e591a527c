"""Nothing that a station can say becomes a record that ClickHouse cannot hold: ranges are checked where records are made."""

import datetime as dt
import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from gateway.ocpp.facts import FACTS
from gateway.ocpp.spelling.clocks import StationClock
from gateway.ocpp.translate import Context, Received, receivable, receive
from schemas.base import OcppVersion, Poison, Record
from schemas.stations import ConnectorStatusReported, StationBooted
from schemas.transactions import MeterValuesReported, TransactionReported
from schemas.wire.files import schema
from services.metering.core import columns_of
from services.stations.core import Policy
from services.stations.core import initial as unheard
from services.stations.core import step as registry
from services.transactions.core import initial, step
from tests.examples import examples
from tests.schemas.wire.oracle import VERSIONS, payload
from tests.services.metering.extremes import replaced
from tests.services.metering.test_core import PROJECTED

pytestmark = pytest.mark.thorough

NOW = dt.datetime(2026, 3, 29, 12, tzinfo=dt.UTC)
KEPT_WHOLE = {row.action for row in FACTS.inbound} - {"NotifySettlement"}
"""What becomes of them is one record, the same for all: one of them stands for the others."""
MEMBERS = 16
"""So many members of a message at most meet every extreme: a profile has hundreds, and they are read alike."""

LARGE = 1_000
"""Characters of JSON."""
MESSAGES = [(version, action) for version in VERSIONS for action in sorted(receivable(version) - KEPT_WHOLE)]


@pytest.mark.parametrize(("version", "action"), MESSAGES)
def test_whatever_a_station_says_becomes_rows(version: OcppVersion, action: str) -> None:
    unheld = {
        reason
        for usual in parted(version, action)
        for said in replaced(usual, at_most=examples(MEMBERS, fewest=4))
        for record in _records(version, action, json.dumps(said).encode())
        if type(record) in PROJECTED and (reason := _unheld(record))
    }

    assert unheld == set()


def parted(version: OcppVersion, action: str) -> Iterator[Any]:
    """Payloads that have every member between them: a large one stands beside required ones alone, for all is read again each time."""
    usual = shortest(version, action)
    large = {name for name, member in usual.items() if len(json.dumps(member)) > LARGE}
    required = set(schema(version, action, "request").get("required", ()))
    yield {name: member for name, member in usual.items() if name not in large - required}
    for name in large - required:
        yield {each: member for each, member in usual.items() if each in required or each == name}


def shortest(version: OcppVersion, action: str) -> Any:
    """A small payload with every member: long texts and more members of one list would be read thousands of times for nothing."""
    some = (_with_short_lists(payload(version, action, "request", Random(seed))) for seed in range(8))
    return min(some, key=lambda one: len(json.dumps(one)))


def _with_short_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_short_lists(member) for name, member in value.items()}
    return [_with_short_lists(member) for member in value[:1]] if isinstance(value, list) else value


def _records(version: OcppVersion, action: str, said: bytes) -> Iterator[Record]:
    """What the message becomes, and what services make of that."""
    context = Context(station="CP-1", gateway="gw-0", epoch=1, received_at=NOW, clock=StationClock())
    received = receive(version, action, "m1", said, context)
    for record in received.records if isinstance(received, Received) else ():
        yield record
        outputs: list[Any] = []
        match record:
            case TransactionReported() | MeterValuesReported():
                outputs = step(initial("CP-1"), record)[1]
            case ConnectorStatusReported() | StationBooted():
                outputs = registry(unheard("CP-1"), record, Policy())[1]
        yield from outputs


def _unheld(record: Record) -> str:
    try:
        list(columns_of(type(record), [record]))
    except Poison as poison:
        return f"{type(record).__name__}: {poison}"
    return ""
