"""Lenient reading: never an exception, never a rule without need, and the same as the strict reading where there is none."""

import json
from decimal import Decimal
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.deviations import Deviation
from schemas.wire import Violation, decode, lenient, loose, receiver, scalars, sendable
from schemas.wire.leftovers import leftovers, uncarried
from schemas.wire.spellings import alike, folded
from tests.examples import examples
from tests.schemas.wire.oracle import VERSIONS, actions, broken, payload

EVERY = [
    (version, action)
    for version in VERSIONS
    for action in sorted(actions(version, "request"))
    if action not in sendable(version) or action == "DataTransfer"
]
"""What stations send: what is sent to them is never read leniently."""


def told(wire: Any) -> Any:
    """What a payload's structs tell, without what is absent."""
    if isinstance(wire, msgspec.Struct):
        members = {name: told(getattr(wire, name)) for name in wire.__struct_fields__}
        return {name: value for name, value in members.items() if value is not None}
    if isinstance(wire, list):
        return [told(item) for item in wire]
    if isinstance(wire, msgspec.Raw):
        return json.loads(bytes(wire))
    return wire


@settings(max_examples=examples(300), deadline=None, suppress_health_check=list(HealthCheck))
@given(message=st.sampled_from(EVERY), rng=st.randoms(use_true_random=False))
def test_a_valid_payload_needs_no_rule_and_says_what_it_says_strictly(message, rng):
    text = json.dumps(payload(*message, "request", rng, 0.6)).encode()
    strictly = decode(receiver(*message), text)
    if isinstance(strictly, Violation):
        return  # an EVSE beyond all numbers

    read = lenient.read(*message, text)

    assert isinstance(read, lenient.LenientPayload)
    assert (read.bends, read.aside, read.apart) == ((), {}, ())
    assert told(read.wire) == told(strictly)


@settings(max_examples=examples(600), deadline=None, suppress_health_check=list(HealthCheck))
@given(message=st.sampled_from(EVERY), rng=st.randoms(use_true_random=False))
def test_a_payload_that_breaks_its_schema_needs_a_rule(message, rng):
    whole = broken(*message, "request", rng, payload(*message, "request", rng, 0.5))
    text = json.dumps(whole).encode()
    if not isinstance(decode(receiver(*message), text), Violation):
        return

    read = lenient.read(*message, text)

    assert isinstance(read, Violation) or read.bends, text[:500]


@settings(max_examples=examples(300), deadline=None)
@given(payload=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_bytes_that_are_anything_are_read_or_told_to_be_no_json(payload):
    assert lenient.read("1.6", "StatusNotification", payload)


@pytest.mark.parametrize("text", [b"", b"{", b"[" * 100_000, b'{"a":' * 200 + b"1" + b"}" * 200])
def test_what_is_no_json_or_nested_without_end_is_told(text):
    found = lenient.read("2.1", "DataTransfer", text)

    assert isinstance(found, Violation)
    assert found.description.startswith("the payload is n")
    assert len(found.description) <= 255


# -- loose JSON -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a":NaN}', {"a": "NaN"}),
        ('{"a":-Infinity}', {"a": "-Infinity"}),
        ('{"a":1.50}', {"a": Decimal("1.50")}),
        ('{"a":1e999999}', {"a": "1e999999"}),
        ('{"a":12345678901234567890123}', {"a": Decimal("12345678901234567890123")}),
        ('{"a":"\\ud800x"}', {"a": "\ufffdx"}),
        ('{"a":1,"a":2,"a":3}', {"a": 3, "a#1": 1, "a#2": 2}),
        ('{"a":"x\ty\x00"}', {"a": "x\ty\x00"}),
    ],
)
def test_json_is_read_loosely(text, value):
    assert loose.read(text.encode()).value == value


@pytest.mark.parametrize(
    "value", [{"a": [Decimal("1.50"), 2**63 - 1, Decimal(2**70), None, True, "\x00\ufffd"]}, [], "x"]
)
def test_what_was_read_is_written_as_json_again(value):
    assert loose.read(bytes(loose.write(value))).value == value


# -- scalars and names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "rule", "read"),
    [
        (" 12 ", {"type": "integer"}, 12),
        ("12.0", {"type": "integer"}, 12),
        ("12.5", {"type": "integer"}, None),
        ("1,5", {"type": "number"}, None),
        ("1e400", {"type": "number"}, None),
        (True, {"type": "integer"}, None),
        ([1], {"type": "number"}, None),
        ("YES", {"type": "boolean"}, True),
        (0, {"type": "boolean"}, False),
        ("maybe", {"type": "boolean"}, None),
        (True, {"type": "string"}, "true"),
        (Decimal("2.10"), {"type": "string"}, "2.10"),
        ("sample.PERIODIC", {"type": "string", "enum": ["Sample.Periodic"]}, "Sample.Periodic"),
        ("other", {"type": "string", "enum": ["Sample.Periodic"]}, "other"),
    ],
)
def test_a_scalar_is_read_by_its_rule_or_not_at_all(value, rule, read):
    assert scalars.read(value, rule, "Any.member").value == read


def test_a_register_keeps_its_fraction_and_a_place_has_an_end():
    assert scalars.read(Decimal("0.001"), {"type": "integer"}, "StopTransaction.meterStop").value == Decimal("0.001")
    for name in ("StatusNotification.connectorId", "MeterValues.evseId", "EVSEType.id"):
        assert scalars.read(65_535, {"type": "integer"}, name).value == 65_535
        for beyond in (65_536, -1):
            read = scalars.read(beyond, {"type": "integer"}, name)
            assert (read.value, read.rules) == (None, (Deviation.OUT_OF_RANGE,))


@pytest.mark.parametrize(
    ("name", "meant"), [("METER_stop", "meterStop"), ("meterstop", "meterStop"), ("stop", None), ("_", None)]
)
def test_names_are_compared_without_case_and_separators(name, meant):
    assert alike(name, ["meterStart", "meterStop"]) == meant


def test_no_two_members_or_words_of_a_schema_are_alike_so_that_none_is_taken_for_another():
    for version, action in EVERY:
        root = lenient.schema(version, action, "request")
        for rule in (root, *root.get("definitions", {}).values()):
            names = [folded(each) for each in (*rule.get("properties", {}), *rule.get("enum", ()))]
            assert len(names) == len(set(names)), (version, action)


# -- leftovers --------------------------------------------------------------------------------------------------------


def test_what_is_left_over_is_told_by_where_it_stands():
    value = {"a": 1, "b": [{"c": 2, "d": 3}, {"d": {"e": 4}}], "f": {"g": 5}}

    assert leftovers(value, frozenset({"a", "b.c"})) == {"b[0].d": 3, "b[1].d": {"e": 4}, "f": {"g": 5}}


def test_a_payload_is_searched_only_for_members_that_are_not_carried():
    assert uncarried("1.6", "StartTransaction", frozenset({"connectorId", "idTag", "meterStart"})) == (
        b'"reservationId"',
        b'"timestamp"',
    )
    rng = Random(1)
    assert payload("1.6", "StartTransaction", "request", rng, 1.0).keys() == {
        *("connectorId", "idTag", "meterStart", "reservationId", "timestamp")
    }
