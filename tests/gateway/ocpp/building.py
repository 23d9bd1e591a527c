"""Builders of messages and contexts, one override each, and what is checked of everything that leaves."""

import datetime as dt
import json
from typing import Any

from gateway.ocpp.translate import (
    Context,
    Invalid,
    OutboundCall,
    Received,
    Refusal,
    Unsupported,
    answer,
    receive,
    to_call,
)
from schemas.base import OcppVersion, Record, ReplyTo
from schemas.codec import encode
from schemas.commands import Command
from schemas.deviations import MessageBent, MessageQuarantined
from schemas.routing import route
from schemas.transactions import MeterValueQuarantined
from schemas.wire.files import Kind, schema
from tests.schemas.wire.oracle import VERSIONS, accepts, places

NOW = dt.datetime(2026, 3, 29, 0, 59, 59, 123000, tzinfo=dt.UTC)
SECOND = NOW.replace(microsecond=0)
"""What stands in for a time that a station does not tell."""
STATION = "DE-BER-0001"
V2X: tuple[OcppVersion, ...] = ("2.0.1", "2.1")
REPLY_TO = ReplyTo(gateway="gw-0", epoch=7, message_id="m1", received_at=NOW)

__all__ = [
    "NOW",
    "REPLY_TO",
    "SECOND",
    "STATION",
    "V2X",
    "VERSIONS",
    "answered",
    "called",
    "context",
    "placed",
    "received",
    "record",
    "refusal_of",
    "sent",
]


def context(**override: Any) -> Context:
    return Context(**{"station": STATION, "gateway": "gw-0", "epoch": 7, "received_at": NOW} | override)


def called(version: OcppVersion, action: str, payload: Any, message_id: str = "m1") -> Received | Refusal:
    """What becomes of a CALL; every record of it can be sent and read again."""
    translated = receive(version, action, message_id, json.dumps(payload).encode(), context())
    if isinstance(translated, Received):
        for made in translated.records:
            assert route(made).topic.startswith("csms.")
            assert encode(made)
    return translated


def received(version: OcppVersion, action: str, payload: Any) -> Received:
    translated = called(version, action, payload)
    assert isinstance(translated, Received), translated
    return translated


def record(version: OcppVersion, action: str, payload: Any) -> Any:
    """The one record that a CALL becomes, beside what tells of the rules by which it was read, and what was set apart."""
    beside = MessageBent | MeterValueQuarantined
    (only,) = (each for each in received(version, action, payload).records if not isinstance(each, beside))
    return only


def refusal_of(version: OcppVersion, action: str, payload: Any, *, strict: bool = False) -> Refusal:
    """The refusal of a CALL, which is in quarantine or never was a fact."""
    translated = receive(version, action, "m1", json.dumps(payload).encode(), context(strict=strict))
    if isinstance(translated, Refusal):
        return translated
    assert [type(each) for each in translated.records] == [MessageQuarantined]
    assert isinstance(translated.result, Refusal)
    assert translated.refused == translated.result.code
    return translated.result


def answered(version: OcppVersion, action: str, decision: Record) -> dict[str, Any]:
    return well_formed(version, action, "response", answer(version, action, decision, NOW))


def sent(version: OcppVersion, command: Command, command_id: str = "c1") -> tuple[str, dict[str, Any]]:
    """The CALL that a command becomes, its payload found valid by the oracle."""
    call = to_call(version, command, command_id)
    assert isinstance(call, OutboundCall), call
    return call.action, well_formed(version, call.action, "request", call.payload)


def not_sent(version: OcppVersion, command: Command) -> Unsupported | Invalid:
    call = to_call(version, command, "c1")
    assert not isinstance(call, OutboundCall), call
    return call


def placed(version: OcppVersion, action: str, whole: Any) -> Any:
    """A generated payload with numbers of EVSEs and connectors that there can be."""
    root = schema(version, action, "request")
    for path, holder, key, _ in list(places(whole, root, root)):
        if key in ("connectorId", "evseId") or path.endswith("evse.id"):
            holder[key] = holder[key] % 100
    return whole


def well_formed(version: OcppVersion, action: str, kind: Kind, payload: bytes) -> dict[str, Any]:
    """Valid by the oracle, compact, without null, its members in the schema's order."""
    assert accepts(version, action, kind, payload), payload
    value: dict[str, Any] = json.loads(payload)
    assert payload == json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    root = schema(version, action, kind)
    _ordered(value, root, root)
    return value


def _ordered(value: Any, rule: Any, root: Any) -> None:
    rule = root["definitions"][rule["$ref"].rpartition("/")[2]] if "$ref" in rule else rule
    if isinstance(value, dict) and "properties" in rule:
        assert None not in value.values()
        assert list(value) == [name for name in rule["properties"] if name in value]
        for name, member in value.items():
            _ordered(member, rule["properties"][name], root)
    if isinstance(value, list):
        for item in value:
            _ordered(item, rule["items"], root)
