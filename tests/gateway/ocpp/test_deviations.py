"""Deviations: what breaks its schema is read all the same where it is a fact, and says by which rules; the rest is refused and kept."""

import json
from decimal import Decimal
from typing import Any

import pytest

from gateway.ocpp.translate import Answer, Received, Refusal, receive
from schemas.authorization import IdToken
from schemas.deviations import Bend, Deviation, MessageBent, MessageQuarantined
from schemas.facts import FactReported
from schemas.transactions import MeterValueQuarantined
from tests.gateway.ocpp.building import SECOND, V2X, context, received, record, refusal_of

AT = "2026-03-29T00:00:00Z"
START = {"connectorId": 1, "idTag": "04A1", "meterStart": 1000, "timestamp": AT}
STOP = {"transactionId": 7, "meterStop": 5000, "timestamp": AT}
STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available", "timestamp": AT}
BOOT = {"chargePointVendor": "Acme", "chargePointModel": "Post 2"}
EVENT = {
    "eventType": "Ended",
    "timestamp": AT,
    "triggerReason": "EVDeparted",
    "seqNo": 3,
    "transactionInfo": {"transactionId": "t"},
}
ENERGY = {"value": "12500", "measurand": "Energy.Active.Import.Register", "unit": "Wh"}


def bent(version: Any, action: str, payload: Any) -> MessageBent:
    """What tells of the rules by which a message was read."""
    (told,) = (each for each in received(version, action, payload).records if isinstance(each, MessageBent))
    return told


def metered(*samples: Any) -> dict[str, Any]:
    return {"connectorId": 1, "transactionId": 7, "meterValue": [{"timestamp": AT, "sampledValue": list(samples)}]}


def without(payload: dict[str, Any], member: str) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name != member}


# -- each rule --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "payload", "member", "meant", "rules"),
    [
        ("StopTransaction", STOP | {"connectorId": 1}, "meter_wh", Decimal(5000), {"unknown-member"}),
        ("StopTransaction", STOP | {"disconnectReason": {"a": 1}}, "transaction_id", "7", {"unknown-member"}),
        ("StopTransaction", STOP | {"meterStop": 1234.5}, "meter_wh", Decimal("1234.5"), {"decimal-for-integer"}),
        ("StopTransaction", STOP | {"meterStop": "5000"}, "meter_wh", Decimal(5000), {"text-for-number"}),
        ("StopTransaction", STOP | {"meterStop": "5000.25"}, "meter_wh", Decimal("5000.25"), {"text-for-number", "decimal-for-integer"}),
        ("StopTransaction", STOP | {"transactionId": "abc"}, "transaction_id", "abc", {"text-for-number"}),
        ("StopTransaction", STOP | {"transactionId": 7.0}, "transaction_id", "7", {"decimal-for-integer"}),
        ("StopTransaction", STOP | {"reason": "evdisconnected"}, "stopped_reason", "EVDisconnected", {"word-spelling"}),
        ("StopTransaction", STOP | {"reason": "EV_Disconnected"}, "stopped_reason", "EVDisconnected", {"word-spelling"}),
        ("StopTransaction", STOP | {"reason": "Lunch"}, "stopped_reason", "Other", {"word-unknown"}),
        ("StopTransaction", STOP | {"reason": "Lunch"}, "stopped_detail", "Lunch", {"word-unknown"}),
        ("StopTransaction", STOP | {"reason": ""}, "stopped_reason", "Local", {"empty-text"}),
        ("StopTransaction", STOP | {"idTag": None}, "token", None, {"null-member"}),
        ("StopTransaction", STOP | {"transactionData": []}, "meter_wh", Decimal(5000), set()),
        ("StopTransaction", without(STOP, "meterStop"), "meter_wh", None, {"missing-member"}),
        ("StopTransaction", without(STOP, "timestamp"), "at", SECOND, {"missing-member"}),
        ("StopTransaction", without(STOP, "transactionId"), "transaction_id", None, {"missing-member"}),
        ("StartTransaction", START | {"reservationId": None}, "reservation_id", None, {"null-member"}),
        ("StartTransaction", START | {"connectorId": "2"}, "evse", 2, {"text-for-number"}),
        ("StartTransaction", without(START, "idTag"), "token", None, {"missing-member"}),
        ("StartTransaction", without(START, "timestamp"), "at_source", "gateway", {"missing-member"}),
        ("StartTransaction", without(START, "meterStart"), "meter_wh", None, {"missing-member"}),
        ("StartTransaction", START | {"METER_START": 1}, "meter_wh", Decimal(1000), {"unknown-member"}),
        ("StartTransaction", without(START, "meterStart") | {"meterstart": 9}, "meter_wh", Decimal(9), {"member-spelling"}),
        ("StartTransaction", START | {"meterStart": 10**30}, "meter_wh", None, {"out-of-range", "unreadable-member"}),
        ("StatusNotification", STATUS | {"errorCode": "Error", "status": "Faulted"}, "status", "Faulted", {"word-unknown"}),
        ("StatusNotification", STATUS | {"errorCode": "Error", "status": "Faulted"}, "error_code", "Error", {"word-unknown"}),
        ("StatusNotification", STATUS | {"status": "available"}, "status", "Available", {"word-spelling"}),
        ("StatusNotification", STATUS | {"status": "Occupied"}, "status", "Occupied", {"word-unknown"}),
        ("StatusNotification", STATUS | {"status": "Occupied"}, "detail", "Occupied", {"word-unknown"}),
        ("StatusNotification", STATUS | {"status": "Gone", "errorCode": "GroundFailure"}, "status", "Faulted", {"word-unknown"}),
        ("StatusNotification", STATUS | {"info": "x" * 51}, "info", "x" * 51, {"text-too-long"}),
        ("StatusNotification", STATUS | {"info": {"a": 1.50}}, "info", '{"a":1.5}', {"structure-for-text"}),
        ("StatusNotification", without(STATUS, "errorCode"), "error_code", "NoError", {"missing-member"}),
        ("BootNotification", BOOT | {"chargePointModel": "x" * 40}, "model", "x" * 40, {"text-too-long"}),
        ("BootNotification", without(BOOT, "chargePointModel"), "model", "", {"missing-member"}),
        ("BootNotification", BOOT | {"firmwareVersion": 2.10}, "firmware_version", "2.1", {"number-for-text"}),
        ("BootNotification", BOOT | {"iccid": None}, "iccid", "", {"null-member"}),
        ("Authorize", {"idTag": "x" * 21}, "token", "X" * 21, {"text-too-long"}),
        ("Authorize", {"idTag": 1234}, "token", "1234", {"number-for-text"}),
        ("MeterValues", metered(ENERGY) | {"transactionId": None}, "transaction_id", None, {"null-member"}),
        ("MeterValues", metered() , "transaction_id", "7", {"list-empty", "sample-set-apart"}),
        ("MeterValues", metered(ENERGY) | {"meterValue": []}, "meter_values", (), {"list-empty"}),
        ("MeterValues", without(metered(ENERGY), "connectorId"), "evse", 0, {"missing-member"}),
        ("DataTransfer", {"messageId": "m"}, "vendor_id", "", {"missing-member"}),
        ("FirmwareStatusNotification", {"status": "installed"}, "status", "Installed", {"word-spelling"}),
    ],
)  # fmt: skip
def test_a_fact_of_1_6_is_read_by_the_rule_that_it_needs(action, payload, member, meant, rules):
    said = record("1.6", action, payload)

    assert getattr(said, member) == meant
    assert rules <= set(said.deviations)
    assert list(said.deviations) == sorted(set(said.deviations))


@pytest.mark.parametrize("version", V2X)
@pytest.mark.parametrize(
    ("payload", "member", "meant", "rules"),
    [
        (without(EVENT, "triggerReason"), "event", "Ended", {"missing-member"}),
        (without(EVENT, "triggerReason"), "trigger", "", {"missing-member"}),
        (EVENT | {"triggerReason": "Whim"}, "trigger", "Whim", {"word-unknown"}),
        (without(EVENT, "seqNo"), "seq_no", 0, {"missing-member"}),
        (without(EVENT, "timestamp"), "at", SECOND, {"missing-member"}),
        (EVENT | {"eventType": "ended"}, "event", "Ended", {"word-spelling"}),
        (EVENT | {"eventType": "Stop"}, "event", "Ended", {"word-unknown"}),
        (without(EVENT, "eventType"), "event", "Updated", {"missing-member"}),
        (EVENT | {"offline": "true"}, "offline", True, {"word-for-truth"}),
        (EVENT | {"evse": 1}, "evse", 1, {"value-for-object"}),
        (EVENT | {"evse": {"id": 70000}}, "evse", None, {"out-of-range"}),
        (EVENT | {"reservationId": "5"}, "reservation_id", 5, {"text-for-number"}),
        (EVENT | {"transactionInfo": {"transactionId": 12}}, "transaction_id", "12", {"number-for-text"}),
        (EVENT | {"transactionInfo": {"transactionId": "t", "stoppedReason": "Tired"}}, "stopped_detail", "Tired", {"word-unknown"}),
        (EVENT | {"transactionInfo": {"transactionId": "t", "chargingState": "CHARGING"}}, "charging_state", "Charging", {"word-spelling"}),
        (EVENT | {"transactionInfo": {"transactionId": "t", "chargingState": "Odd"}}, "charging_state", "", {"word-unknown"}),
        (EVENT | {"idToken": {"idToken": "A" * 300, "type": "Local"}}, "token", IdToken(value="A" * 300, type="Local"), {"text-too-long"}),
        (EVENT | {"vendorThing": None}, "seq_no", 3, {"unknown-member"}),
    ],
)  # fmt: skip
def test_an_event_of_2x_is_read_by_the_rule_that_it_needs(version, payload, member, meant, rules):
    said = record(version, "TransactionEvent", payload)

    assert getattr(said, member) == meant
    assert rules <= set(said.deviations)


@pytest.mark.parametrize("version", V2X)
@pytest.mark.parametrize(
    ("status", "common", "detail"),
    [
        ("Charging", "Occupied", "Charging"),
        ("AVAILABLE", "Available", ""),
        ("InOperative", "Unavailable", "InOperative"),
    ],
)
def test_a_status_of_2x_that_no_list_has_is_the_nearest_one_with_its_own_word(version, status, common, detail):
    wire = {"timestamp": AT, "connectorStatus": status, "evseId": 1}  # without connectorId

    said = record(version, "StatusNotification", wire)

    assert (said.status, said.detail, said.connector) == (common, detail, 1)


@pytest.mark.parametrize("version", V2X)
def test_members_that_stand_beside_their_object_are_read_as_if_in_it(version):
    event = without(EVENT, "transactionInfo") | {
        "transactionId": "t-1",
        "stoppedReason": "Local",
        "evseId": 2,
        "connectorId": 1,
    }

    said = record(version, "TransactionEvent", event)
    booted = record(version, "BootNotification", {"reason": "PowerUp", "vendorName": "Acme", "model": "Post"})

    assert (said.transaction_id, said.stopped_reason, said.evse, said.connector) == ("t-1", "Local", 2, 1)
    assert (booted.vendor, booted.model) == ("Acme", "Post")
    assert "member-misplaced" in said.deviations


@pytest.mark.parametrize("version", V2X)
def test_a_unit_that_stands_beside_its_object_is_not_overlooked(version):
    wire = {"evseId": 1, "meterValue": [{"timestamp": AT, "sampledValue": [{"value": "1.5", "unit": "kWh"}]}]}

    (value,) = record(version, "MeterValues", wire).meter_values

    assert (value.samples[0].value, value.samples[0].unit) == (Decimal("1.5"), "kWh")


@pytest.mark.parametrize("data", [{"connectorId": 1, "vin": "W"}, [1, "2"], 7, 1.5, True])
def test_data_of_a_1_6_data_transfer_may_be_any_json(data):
    got = received("1.6", "DataTransfer", {"vendorId": "com.example", "data": data})

    assert got.result == b'{"status":"UnknownVendorId"}'
    assert json.loads(bytes(got.records[0].data)) == data


@pytest.mark.parametrize(
    ("reason", "common"), [("HardReset", "ImmediateReset"), ("SoftReset", "ImmediateReset"), ("UnlockCommand", "Other")]
)
def test_a_1_6_reason_that_2x_does_not_have_is_kept_beside_the_common_one(reason, common):
    said = record("1.6", "StopTransaction", STOP | {"reason": reason})

    assert (said.stopped_reason, said.stopped_detail, said.deviations) == (common, reason, ())


def test_a_reason_that_both_have_needs_no_word_of_its_own():
    assert record("1.6", "StopTransaction", STOP | {"reason": "PowerLoss"}).stopped_detail == ""


# -- nothing is lost --------------------------------------------------------------------------------------------------


def test_what_no_member_is_there_for_is_kept_beside_by_where_it_stands():
    wire = STOP | {"connectorId": 1, "idTag": None, "odd": {"a": [1.50, None]}, "reason": "Lunch"}

    further = record("1.6", "StopTransaction", wire).further

    assert {path: json.loads(bytes(value)) for path, value in further.items()} == {
        "connectorId": 1,
        "odd": {"a": [1.5, None]},
        "reason": "Lunch",
    }


def test_a_password_among_what_is_kept_beside_is_masked():
    further = record(
        "1.6", "BootNotification", BOOT | {"wifiPassword": "secret-1", "net": {"psk": "secret-2", "ssid": "x"}}
    ).further

    assert json.loads(bytes(further["wifiPassword"])) == "***"
    assert json.loads(bytes(further["net"])) == {"psk": "***", "ssid": "x"}


def test_a_member_that_stands_twice_counts_by_its_last_and_keeps_its_first():
    text = '{"connectorId":"1","errorCode":"NoError","status":"Available","status":"Faulted"}'

    got = receive("1.6", "StatusNotification", "m1", text.encode(), context())

    assert isinstance(got, Received)
    assert got.records[0].status == "Faulted"
    assert bytes(got.records[0].further["status#1"]) == b'"Available"'
    assert Deviation.MEMBER_REPEATED in got.records[0].deviations


def test_control_characters_in_a_text_are_kept_escaped():
    got = receive("1.6", "Authorize", "m1", b'{"idTag":"04A1\x00\x07"}', context())

    assert isinstance(got, Received)
    assert got.records[0].id_token.value == "04A1\x00\x07"
    assert got.records[0].deviations == ("characters",)


# -- sampled values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"value": "49.98", "measurand": "Frequency", "unit": "Hz"}, "word-unknown: unit"),
        ({"value": "1", "context": "Vendor.Thing"}, "word-unknown: context"),
        ({"value": "1", "measurand": "Happiness"}, "word-unknown: measurand"),
        ({"value": None}, "null-member: value"),
        ({"unit": "Wh"}, "missing-member: value"),
        (None, "no object"),
        (7, "no object"),
    ],
)
def test_one_bad_sampled_value_is_set_apart_and_the_others_count(wrong, reason):
    got = received("1.6", "MeterValues", metered(ENERGY, wrong))

    said, apart, _ = got.records
    assert [str(sample.value) for sample in said.meter_values[0].samples] == ["12500"]
    assert isinstance(apart, MeterValueQuarantined)
    assert (apart.reason, apart.evse, apart.transaction_id) == (reason, 1, "7")
    assert got.result == b"{}"


def test_an_empty_list_of_samples_beside_a_full_one_costs_nothing():
    wire = metered(ENERGY)
    wire["meterValue"].append({"timestamp": AT, "sampledValue": []})

    got = received("1.6", "MeterValues", wire)

    assert [len(value.samples) for value in got.records[0].meter_values] == [1, 0]
    assert [each.reason for each in got.records if isinstance(each, MeterValueQuarantined)] == ["no sampled value"]


@pytest.mark.parametrize("version", V2X)
def test_a_sample_of_2x_that_is_no_number_is_set_apart_as_it_came(version):
    samples = [{"value": 1}, {"value": "full"}, {"value": "12.5"}]
    wire = EVENT | {"meterValue": [{"timestamp": AT, "sampledValue": samples}]}

    got = received(version, "TransactionEvent", wire)

    said, apart, _ = got.records
    assert [str(sample.value) for sample in said.meter_values[0].samples] == ["1", "12.5"]
    assert apart.meter_value.samples[0].text == '{"value":"full"}'


def test_units_are_compared_without_case():
    (value,) = record("1.6", "MeterValues", metered(ENERGY | {"unit": "kwh"})).meter_values

    assert value.samples[0].unit == "kWh"


# -- what is told of it -----------------------------------------------------------------------------------------------


def test_a_bent_message_tells_which_member_needed_which_rule_and_whose_station_it_is():
    told = bent("1.6", "BootNotification", BOOT | {"firmwareVersion": "1.2", "odd": 1, "imsi": None})

    assert told.bends == (Bend("unknown-member", "odd"), Bend("null-member", "imsi"))
    assert (told.vendor, told.model, told.firmware_version) == ("Acme", "Post 2", "1.2")


def test_a_time_that_had_to_be_bent_is_told_of_a_message_that_is_valid_too():
    told = bent("1.6", "StatusNotification", STATUS | {"timestamp": "0001-01-01T00:00:00Z"})

    assert told.bends == (Bend("time-impossible"),)


def test_a_valid_message_has_nothing_to_tell():
    got = received("1.6", "StatusNotification", STATUS)

    assert len(got.records) == 1
    assert (got.records[0].deviations, got.deviations) == ((), ())


def test_a_heartbeat_with_more_than_it_may_have_is_answered():
    got = received("1.6", "Heartbeat", {"extra": 1})

    assert (got.answer, got.records, got.deviations) == (Answer.LOCAL, (), ("unknown-member",))


def test_a_firmware_status_that_nothing_can_act_on_is_kept_as_a_fact():
    said = record("1.6", "FirmwareStatusNotification", {"status": "Pondering"})

    assert isinstance(said, FactReported)
    assert (said.noun, said.deviations) == ("firmware", ("word-unknown",))


# -- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "action", "payload", "code", "member"),
    [
        ("1.6", "StartTransaction", without(START, "connectorId"), "OccurenceConstraintViolation", "connectorId is missing"),
        ("1.6", "StartTransaction", START | {"connectorId": "one"}, "TypeConstraintViolation", "connectorId must be an integer"),
        ("1.6", "StartTransaction", START | {"connectorId": 70000}, "PropertyConstraintViolation", "connectorId must be an integer"),
        ("1.6", "StartTransaction", START | {"idTag": None, "connectorId": None}, "TypeConstraintViolation", "connectorId must be"),
        ("1.6", "StopTransaction", {"timestamp": AT}, "OccurenceConstraintViolation", "transactionId is missing"),
        ("1.6", "StatusNotification", without(STATUS, "status"), "OccurenceConstraintViolation", "status is missing"),
        ("1.6", "MeterValues", {"connectorId": 1}, "OccurenceConstraintViolation", "meterValue is missing"),
        ("1.6", "Authorize", {}, "OccurenceConstraintViolation", "idTag is missing"),
        ("1.6", "BootNotification", [], "FormationViolation", "the payload must be an object"),
        ("2.0.1", "TransactionEvent", EVENT | {"transactionInfo": {}}, "OccurrenceConstraintViolation", "transactionInfo.transactionId is"),
        ("2.1", "StatusNotification", {"evseId": 1}, "OccurrenceConstraintViolation", "connectorStatus is missing"),
        ("2.1", "Authorize", {"idToken": {"type": "Local"}}, "OccurrenceConstraintViolation", "idToken.idToken is missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_as_the_fact_is_refused_by_name_and_put_into_quarantine(
    version, action, payload, code, member
):
    refused = refusal_of(version, action, payload)

    assert refused.code == code
    assert refused.description.startswith(member)


def test_a_refused_message_is_in_quarantine_with_what_it_said_and_what_it_was_told():
    got = received("1.6", "StartTransaction", {"idTag": "A"})

    (kept,) = got.records
    assert isinstance(kept, MessageQuarantined)
    assert isinstance(got.result, Refusal)
    assert (kept.code, kept.reason) == (got.result.code, got.result.description)
    assert json.loads(kept.payload) == {"idTag": "A"}


def test_a_strictly_read_station_has_everything_refused_that_breaks_its_schema():
    refused = refusal_of("1.6", "StopTransaction", STOP | {"connectorId": 1}, strict=True)

    assert (refused.code, refused.description) == ("FormationViolation", "connectorId is not a member of this message")
