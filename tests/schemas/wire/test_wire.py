"""Verdicts: the same as the `ocpp` package's own validators, with the fault and the member named."""

import json
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.wire import Fault, Violation, actions, decode, decoder, sendable, verdict
from schemas.wire.compiler import Compiler, Uncompilable
from tests.examples import examples
from tests.schemas.wire.oracle import EVERY, VERSIONS, accepts, broken, payload, places, schema

METER_VALUES = {
    "connectorId": 1,
    "meterValue": [{"timestamp": "2026-01-01T00:00:00Z", "sampledValue": [{"value": "1"}]}],
}
EVENT = {
    "eventType": "Updated",
    "timestamp": "2026-01-01T00:00:00Z",
    "triggerReason": "MeterValuePeriodic",
    "seqNo": 1,
    "transactionInfo": {"transactionId": "t"},
    "meterValue": [{"timestamp": "2026-01-01T00:00:00Z", "sampledValue": [{"value": 1}]}],
}


def agree(version, action, kind, text):
    expected = accepts(version, action, kind, text)
    found = verdict(version, action, kind, text.encode())
    assert (found is None) == expected, (version, action, kind, found, text[:2000])
    return found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["request", "response"])
def test_every_message_with_all_and_with_only_its_required_members_is_valid(version, kind):
    for action in actions(version, kind):
        for optional in (1.0, 0.0):
            text = json.dumps(payload(version, action, kind, Random(1), optional))
            assert agree(version, action, kind, text) is None


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["request", "response"])
def test_every_message_with_one_thing_changed_gets_the_oracles_verdict(version, kind):
    for action in sorted(actions(version, kind)):
        rng = Random(f"{version} {action} {kind}")
        for optional in (0.3, 0.3, 0.6):
            whole = payload(version, action, kind, rng, optional)
            for _ in range(6):
                agree(version, action, kind, json.dumps(broken(version, action, kind, rng, whole)))


@settings(max_examples=examples(1500), deadline=None, suppress_health_check=list(HealthCheck))
@given(message=st.sampled_from(EVERY), rng=st.randoms(use_true_random=False), optional=st.sampled_from([0.1, 0.5]))
def test_generated_messages_valid_and_invalid_get_the_oracles_verdict(message, rng, optional):
    whole = payload(*message, rng, optional)
    agree(*message, json.dumps(whole))
    agree(*message, json.dumps(broken(*message, rng, whole)))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_missing_required_member_is_named_as_an_occurrence_fault(version):
    for action in sorted(actions(version, "request")):
        root = schema(version, action, "request")
        for member in root.get("required", ()):
            whole = payload(version, action, "request", Random(2), 0.0)
            del whole[member]
            found = agree(version, action, "request", json.dumps(whole))
            # Several may be missing at once only where the payload was empty to begin with: the first is named.
            assert found is not None
            assert (found.fault, found.path) == (Fault.OCCURRENCE, member)
            assert found.description == f"{member} is missing"


@pytest.mark.parametrize("version", VERSIONS)
def test_null_is_no_absence_anywhere(version):
    for action in sorted(actions(version, "request")):
        root = schema(version, action, "request")
        whole = payload(version, action, "request", Random(3), 0.5)
        for path, holder, key, rule in list(places(whole, root, root))[:40]:
            if "type" not in rule:
                continue
            kept, holder[key] = holder[key], None
            found = verdict(version, action, "request", json.dumps(whole).encode())
            holder[key] = kept
            assert found is not None
            assert (found.fault, found.path) == (Fault.TYPE, path)


def violation(version, action, whole):
    return agree(version, action, "request", json.dumps(whole))


@pytest.mark.parametrize(
    ("changed", "fault", "path"),
    [
        ({"meterValue": []}, Fault.OCCURRENCE, "meterValue"),
        (
            {"meterValue": [{"timestamp": "x", "sampledValue": [{"value": 1}]}]},
            Fault.TYPE,
            "meterValue[0].sampledValue[0].value",
        ),
        (
            {"meterValue": [{"timestamp": "x", "sampledValue": [{}]}]},
            Fault.OCCURRENCE,
            "meterValue[0].sampledValue[0].value",
        ),
        (
            {"meterValue": [{"timestamp": "x", "sampledValue": [{"value": "1", "unit": "wh"}]}]},
            Fault.PROPERTY,
            "meterValue[0].sampledValue[0].unit",
        ),
        (
            {"meterValue": [{"timestamp": "x", "sampledValue": [{"value": "1", "u": "Wh"}]}]},
            Fault.FORMAT,
            "meterValue[0].sampledValue[0].u",
        ),
        ({"connectorId": 1.0}, Fault.TYPE, "connectorId"),
        ({"connectorId": True}, Fault.TYPE, "connectorId"),
        ({"connectorId": "1"}, Fault.TYPE, "connectorId"),
    ],
)
def test_a_violation_names_its_member_and_its_fault(changed, fault, path):
    found = violation("1.6", "MeterValues", METER_VALUES | changed)

    assert (found.fault, found.path) == (fault, path)
    assert found.description.startswith(path)


def test_a_string_may_be_as_long_as_the_schema_says_in_characters_not_in_bytes():
    boot = {"chargePointVendor": "ü" * 20, "chargePointModel": "😀" * 20}
    assert violation("1.6", "BootNotification", boot) is None

    found = violation("1.6", "BootNotification", boot | {"chargePointModel": "x" * 21})
    assert (found.fault, found.path) == (Fault.PROPERTY, "chargePointModel")


@pytest.mark.parametrize(("limit", "valid"), [(16, True), (16.4, True), (21.4, True), (16.45, False)])
def test_a_charging_limit_of_1_6_is_a_multiple_of_a_tenth(limit, valid):
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]}
    profile = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": schedule,
    }

    found = violation("1.6", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile})

    assert (found is None) == valid


@pytest.mark.parametrize("number", ["1", "true", "null", '"12"', "[]"])
def test_a_2x_meter_value_is_a_number_and_nothing_that_looks_like_one(number):
    text = json.dumps(EVENT).replace('"value": 1', f'"value": {number}')

    agree("2.0.1", "TransactionEvent", "request", text)


@pytest.mark.parametrize(
    "number", ["1234567890123456789.123456789", "0.1", "-0.0", "1e3", "12345678901234567890123", "1.50"]
)
def test_no_digit_of_a_number_is_lost(number):
    text = json.dumps(EVENT).replace('"value": 1', f'"value": {number}')

    wire = decode(decoder("2.0.1", "TransactionEvent", "request"), text.encode())

    assert str(wire.meterValue[0].sampledValue[0].value) == str(Decimal(number))


# The one place where we are stricter than the schemas: such numbers mean nothing, and no record could carry them.
@pytest.mark.parametrize(
    "number",
    [
        "1e999999",
        "1e999999999",
        "1e9999999999999999999",
        "1e-99999999999999999999999",
        "-1e-99999",
        "9" * 400,
        "0." + "1" * 100,
        "9" * 5000,
    ],
)
def test_a_number_that_no_meter_could_mean_is_out_of_range(number):
    text = json.dumps(EVENT).replace('"value": 1', f'"value": {number}')

    found = verdict("2.0.1", "TransactionEvent", "request", text.encode())

    assert (found.fault, found.path) == (Fault.PROPERTY, "meterValue[0].sampledValue[0].value")


@settings(max_examples=examples(300), deadline=None)
@given(number=st.from_regex(r"-?(0|[1-9][0-9]{0,80})(\.[0-9]{1,80})?([eE][+-]?[0-9]{1,30})?", fullmatch=True))
def test_every_number_of_json_is_read_to_the_last_digit_or_out_of_range(number):
    text = json.dumps(EVENT).replace('"value": 1', f'"value": {number}')

    wire = decode(decoder("2.0.1", "TransactionEvent", "request"), text.encode())

    if isinstance(wire, Violation):
        assert wire.description == "meterValue[0].sampledValue[0].value is a number out of range"
    else:
        assert wire.meterValue[0].sampledValue[0].value == Decimal(number)


def test_an_integer_beyond_64_bits_is_out_of_range():
    found = verdict("1.6", "MeterValues", "request", json.dumps(METER_VALUES | {"connectorId": 2**63}).encode())

    assert (found.fault, found.path) == (Fault.PROPERTY, "connectorId")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"1",
        b'"x"',
        b'{"a":"\xff"}',
        b'{"connectorId":NaN}',
        b'{"connectorId":01}',
        b'{"connectorId":1,}',
        b'{"connectorId":"\\ud800"}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_json_object_is_a_fault_of_format(text):
    found = verdict("1.6", "MeterValues", "request", text)

    assert found.fault in {Fault.FORMAT, Fault.TYPE}
    assert found.description


def test_a_payload_nested_without_end_is_refused_and_nothing_else_happens():
    deep = b'{"vendorId":"v","data":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    assert verdict("2.1", "DataTransfer", "request", deep).fault is Fault.FORMAT


def test_a_description_stays_within_the_255_characters_of_ocpp_j():
    longest = "x" * 100_000
    for whole in (METER_VALUES | {longest: 1}, {"connectorId": longest}, [longest]):
        found = violation("1.6", "MeterValues", whole)
        assert 0 < len(found.description) <= 255
    assert len(violation("1.6", "TriggerMessage", {"requestedMessage": longest}).description) <= 255


def test_custom_data_may_have_members_that_no_schema_knows():
    event = EVENT | {"customData": {"vendorId": "v", "anything": {"at": ["all"]}}}
    assert violation("2.0.1", "TransactionEvent", event) is None

    found = violation("2.0.1", "TransactionEvent", EVENT | {"customData": {"anything": 1}})
    assert found.path == "customData.vendorId"


def test_an_action_that_a_version_does_not_have_is_not_implemented():
    assert verdict("1.6", "TransactionEvent", "request", b"{}").fault is Fault.NOT_IMPLEMENTED
    assert verdict("1.6", "x" * 10_000, "request", b"{}").fault is Fault.NOT_IMPLEMENTED
    assert verdict("2.1", "NotifyPeriodicEventStream", "response", b"{}").fault is Fault.NOT_IMPLEMENTED


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_csms_may_send_has_a_schema(version):
    assert sendable(version) <= actions(version, "request")
    assert sendable(version) <= actions(version, "response")


def test_a_csms_may_send_26_40_and_55_actions():
    assert [len(sendable(version)) for version in VERSIONS] == [26, 40, 55]


def test_a_schema_with_a_rule_that_nobody_compiles_is_refused_loudly():
    with pytest.raises(Uncompilable, match="pattern"):
        Compiler({"type": "object", "properties": {"a": {"type": "string", "pattern": "x"}}}, "Some").compile()
    with pytest.raises(Uncompilable, match="null"):
        Compiler({"type": "object", "properties": {"a": {"type": "null"}}}, "Some").compile()


def test_a_decoded_payload_has_wire_names_and_none_for_what_is_absent():
    wire = decode(decoder("1.6", "MeterValues", "request"), json.dumps(METER_VALUES).encode())

    assert not isinstance(wire, Violation)
    assert wire.connectorId == 1
    assert wire.transactionId is None
    assert wire.meterValue[0].sampledValue[0].value == "1"
