"""Leftovers: every member of a valid message reaches a record; what the record has no member for is kept beside it."""

import json
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.ocpp.translate import Answer, Received, receivable, receive
from schemas.codec import encode
from schemas.wire import verdict
from tests.examples import examples
from tests.gateway.ocpp.building import VERSIONS, context, placed, record
from tests.schemas.wire.oracle import payload, places, schema

EVERY = [(version, action) for version in VERSIONS for action in sorted(receivable(version)) if action != "Heartbeat"]
SAME = {"Celcius", "Celsius"}
"""Two spellings of one unit, in the schema of 1.6 itself."""


def whole_of(version: Any, action: str, rng: Random, optional: float) -> Any:
    """A valid payload of whose every member a record can be made."""
    return placed(version, action, payload(version, action, "request", rng, optional))


def recorded(version: Any, action: str, whole: Any) -> list[bytes]:
    got = receive(version, action, "m1", json.dumps(whole).encode(), context())
    assert isinstance(got, Received)
    return [encode(each) for each in got.records]


def another(value: Any, rule: Any, rng: Random) -> Any:
    """Another valid value for a member; the same where there is none."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        words = [word for word in rule.get("enum", ()) if word != value and not {word, value} <= SAME]
        if "enum" in rule:
            return rng.choice(words) if words else value
        if value == "2026-01-01T00:00:00Z":
            return "2026-01-02T00:00:00Z"
        if rule.get("format") == "date-time":
            return value  # the text of a time that cannot be read is in the OCPP log alone
        return "other"[: rule.get("maxLength")]
    if isinstance(value, int | float):
        return next((each for each in (value + 1, value - 1) if _within(each, rule)), value)
    return value


def _within(value: float, rule: Any) -> bool:
    return rule.get("minimum", value) <= value <= min(rule.get("maximum", value), 60_000)


@settings(max_examples=examples(120), deadline=None, suppress_health_check=list(HealthCheck))
@given(message=st.sampled_from(EVERY), rng=st.randoms(use_true_random=False))
def test_no_member_of_a_valid_message_can_change_without_its_records(message, rng):
    version, action = message
    root = schema(version, action, "request")
    whole = whole_of(version, action, rng, 0.8)
    before = recorded(version, action, whole)

    for path, holder, key, rule in list(places(whole, root, root))[:60]:
        changed = another(holder[key], rule, rng)
        if changed == holder[key] or isinstance(changed, dict | list):
            continue
        if key == "format" and not holder.get("value", "-"):
            continue  # an empty value is none in any format
        kept, holder[key] = holder[key], changed
        if verdict(version, action, "request", json.dumps(whole).encode()) is None:
            assert recorded(version, action, whole) != before, (version, action, path, kept, changed)
        holder[key] = kept


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(message=st.sampled_from(EVERY), rng=st.randoms(use_true_random=False))
def test_what_a_vendor_adds_to_custom_data_reaches_a_record_wherever_it_stands(message, rng):
    version, action = message
    root = schema(version, action, "request")
    whole = whole_of(version, action, rng, 0.8)
    marks = []
    for path, holder, key, _ in list(places(whole, root, root)):
        if key == "customData":
            marks.append(f"here: {path}")
            holder[key] = {**holder[key], "mark": marks[-1]}

    said = b"".join(recorded(version, action, whole)).decode()

    assert [mark for mark in marks if f'"{mark}"' not in said] == []


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
def test_an_event_keeps_beside_what_it_has_no_member_for(version):
    wire = payload(version, "TransactionEvent", "request", Random(5), 1.0)

    said = record(version, "TransactionEvent", wire)

    assert said.phases_used == wire["numberOfPhasesUsed"]
    assert said.cable_max_a == wire["cableMaxCurrent"]
    assert said.time_spent_charging_s == wire["transactionInfo"]["timeSpentCharging"]
    assert json.loads(bytes(said.further["customData"])) == wire["customData"]
    assert json.loads(bytes(said.further["idToken.customData"])) == wire["idToken"]["customData"]


def test_an_event_of_2_1_keeps_its_limits_and_mode():
    wire = payload("2.1", "TransactionEvent", "request", Random(5), 1.0)

    said = record("2.1", "TransactionEvent", wire)

    limit = wire["transactionInfo"]["transactionLimit"]
    assert said.limit.max_time_s == limit["maxTime"]
    assert said.operation_mode == wire["transactionInfo"]["operationMode"]
    assert "evseSleep" in said.further
    assert not {"transactionInfo.operationMode", "transactionInfo.transactionLimit.maxTime"} & set(said.further)


def test_a_message_without_anything_beside_has_nothing_further():
    wire = whole_of("2.0.1", "StatusNotification", Random(5), 0.0) | {"timestamp": "2026-01-01T00:00:00Z"}

    assert record("2.0.1", "StatusNotification", wire).further == {}


def test_a_heartbeat_leaves_no_record():
    got = receive("2.1", "Heartbeat", "m1", b"{}", context())

    assert isinstance(got, Received)
    assert (got.answer, got.records) == (Answer.LOCAL, ())
