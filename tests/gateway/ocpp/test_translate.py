"""Translation as a whole: every action of every version has its place, and every refusal its right code."""

import importlib
import json
from pathlib import Path
from random import Random

import msgspec
import pytest

from gateway.ocpp import translate
from gateway.ocpp.rows import Capability
from gateway.ocpp.translate import (
    CAPABILITIES,
    Answer,
    Fault,
    Received,
    boot_status,
    receivable,
    receive,
    refusal,
    to_outcome_of_error,
)
from schemas.codec import encode
from schemas.stationcommands import Reset
from schemas.stations import BootDecided
from schemas.wire import actions, sendable
from tests.gateway.ocpp.building import REPLY_TO, STATION, V2X, VERSIONS, called, context, received, refusal_of
from tests.schemas.wire.oracle import accepts, payload

STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_action_of_the_schemas_is_received_or_sent(version):
    assert receivable(version) | sendable(version) == actions(version, "request")


@pytest.mark.parametrize("version", VERSIONS)
def test_only_data_transfer_goes_both_ways(version):
    assert receivable(version) & sendable(version) == {"DataTransfer"}


def test_stations_may_send_14_25_and_37_actions():
    assert [len(receivable(version)) for version in VERSIONS] == [14, 25, 37]


def test_no_action_has_two_rows():
    rows = [(version, row.action) for c in CAPABILITIES for row in c.inbound for version in row.to]

    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_valid_call_is_received_with_records_and_the_answer_of_its_row(version):
    for action in sorted(receivable(version)):
        for seed in range(6):
            got = received(version, action, payload(version, action, "request", Random(seed), seed / 5))
            assert bool(got.records) == (got.answer is not Answer.LOCAL)
            assert (got.fallback is not None) == (got.answer is Answer.DECIDED)
            for said in (got.result, got.fallback):
                if isinstance(said, bytes) and action in actions(version, "response"):
                    assert accepts(version, action, "response", said)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_invalid_call_of_a_strictly_read_station_is_refused(version):
    for action in sorted(receivable(version)):
        assert refusal_of(version, action, {"noSuchMember": 1}, strict=True)


def test_a_repeat_of_the_same_message_gives_the_same_records():
    assert received("1.6", "StatusNotification", STATUS) == received("1.6", "StatusNotification", STATUS)


def test_records_of_different_messages_have_different_ids():
    first, second = called("1.6", "StatusNotification", STATUS), called("1.6", "StatusNotification", STATUS, "m2")

    assert isinstance(first, Received)
    assert isinstance(second, Received)
    assert first.records[0].id != second.records[0].id


def test_a_payload_may_be_raw_json_as_the_frame_carried_it():
    raw = msgspec.Raw(json.dumps({"vendorId": "v", "data": "x"}).encode())

    for action, text in (("DataTransfer", raw), ("SecurityEventNotification", b'{"type":"a","timestamp":"b"}')):
        got = receive("1.6", action, "m1", msgspec.Raw(text), context())
        assert isinstance(got, Received)
        assert encode(got.records[0])


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_an_unknown_action_is_not_implemented(version):
    assert called(version, "NoSuchAction", {}).code == "NotImplemented"
    assert called(version, "x" * 100_000, {}).code == "NotImplemented"


@pytest.mark.parametrize("version", VERSIONS)
def test_an_action_that_only_a_csms_sends_is_not_supported(version):
    for action in sendable(version) - {"DataTransfer"}:
        assert called(version, action, {}).code == "NotSupported"


@pytest.mark.parametrize(
    ("version", "action", "valid", "wrong", "code", "member"),
    [
        ("1.6", "StatusNotification", STATUS, {"status": None}, "TypeConstraintViolation", "status"),
        ("1.6", "StatusNotification", STATUS, {"connectorId": "1"}, "TypeConstraintViolation", "connectorId"),
        ("1.6", "StatusNotification", STATUS, {"status": "available"}, "PropertyConstraintViolation", "status"),
        ("1.6", "StatusNotification", STATUS, {"info": "x" * 51}, "PropertyConstraintViolation", "info"),
        ("1.6", "StatusNotification", STATUS, {"extra": 1}, "FormationViolation", "extra"),
        ("1.6", "MeterValues", {"connectorId": 1}, {}, "OccurenceConstraintViolation", "meterValue"),
        ("1.6", "MeterValues", {"connectorId": 1}, {"meterValue": []}, "OccurenceConstraintViolation", "meterValue"),
        ("2.0.1", "MeterValues", {"evseId": 1}, {}, "OccurrenceConstraintViolation", "meterValue"),
        ("2.0.1", "MeterValues", {"evseId": 1}, {"meterValue": []}, "OccurrenceConstraintViolation", "meterValue"),
        ("2.0.1", "MeterValues", {"evseId": 1}, {"meterValue": 1}, "TypeConstraintViolation", "meterValue"),
        ("2.1", "MeterValues", {"evseId": -1, "meterValue": []}, {}, "PropertyConstraintViolation", "evseId"),
        ("2.1", "Heartbeat", {}, {"extra": 1}, "FormatViolation", "extra"),
    ],
)
def test_a_violation_gets_the_versions_own_code_and_names_the_member(version, action, valid, wrong, code, member):
    refused = refusal_of(version, action, valid | wrong, strict=True)

    assert refused.code == code
    assert refused.description.startswith(member)


@pytest.mark.parametrize(
    ("fault", "code_16", "code_2x"),
    [
        (Fault.FRAMING, "FormationViolation", "RpcFrameworkError"),
        (Fault.FORMAT, "FormationViolation", "FormatViolation"),
        (Fault.MESSAGE_TYPE, "FormationViolation", "MessageTypeNotSupported"),
        (Fault.OCCURRENCE, "OccurenceConstraintViolation", "OccurrenceConstraintViolation"),
        (Fault.PROPERTY, "PropertyConstraintViolation", "PropertyConstraintViolation"),
        (Fault.TYPE, "TypeConstraintViolation", "TypeConstraintViolation"),
        (Fault.NOT_IMPLEMENTED, "NotImplemented", "NotImplemented"),
        (Fault.NOT_SUPPORTED, "NotSupported", "NotSupported"),
        (Fault.SECURITY, "SecurityError", "SecurityError"),
        (Fault.INTERNAL, "InternalError", "InternalError"),
        (Fault.GENERIC, "GenericError", "GenericError"),
    ],
)
def test_a_fault_is_spelled_as_the_version_spells_it(fault, code_16, code_2x):
    assert refusal("1.6", fault, "why").code == code_16
    assert {refusal(version, fault, "why").code for version in V2X} == {code_2x}


def test_every_fault_has_a_code_in_every_version():
    assert all(refusal(version, fault, "why").code for fault in Fault for version in VERSIONS)


def test_a_description_is_cut_at_the_255_characters_of_ocpp_j():
    assert len(refusal("2.1", Fault.GENERIC, "x" * 1000).description) == 255


# -- errors of stations -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["NotImplemented", "NotSupported", "notSupported"])
def test_a_station_that_cannot_do_it_makes_the_command_unsupported(code):
    assert to_outcome_of_error("1.6", Reset(), code, "no", b"{}").outcome == "unsupported"


@pytest.mark.parametrize(
    "code",
    [
        *("OccurenceConstraintViolation", "OccurrenceConstraintViolation", "FormationViolation", "FormatViolation"),
        *("InternalError", "SecurityError", "whatever", ""),
    ],
)
def test_any_other_error_in_any_spelling_makes_it_rejected_and_is_kept(code):
    outcome = to_outcome_of_error("2.0.1", Reset(), code, "because", b'{"a":1}')

    assert (outcome.outcome, outcome.error_code, outcome.error_description) == ("rejected", code, "because")
    assert bytes(outcome.response) == b'{"a":1}'


def test_a_boot_decision_says_its_status():
    decision = BootDecided(id="d", station=STATION, reply_to=REPLY_TO, status="Pending", interval_s=9)

    assert boot_status(decision) == "Pending"


def test_no_noun_is_forgotten_in_the_list_of_capabilities() -> None:
    folder = Path(translate.__file__).parent
    modules = [importlib.import_module(f"gateway.ocpp.{path.stem}") for path in sorted(folder.glob("[a-z]*.py"))]
    declared = {
        f"{module.__name__}.{name}"
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, Capability) and value not in CAPABILITIES
    }

    assert declared == set(), "add it to CAPABILITIES in gateway/ocpp/translate.py"
