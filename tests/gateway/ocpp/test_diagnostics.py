"""Logs: one command spelled for three versions, one record of what stations say of the upload."""

import datetime as dt
import json

import pytest

from gateway.ocpp.rows import Unsupported
from gateway.ocpp.translate import Context, OutboundCall, Received, receive, to_call, to_outcome
from schemas.diagnostics import GetLog, LogStatusReported
from schemas.reports import request_id_of
from schemas.stationcommands import Reset

NOW = dt.datetime(2026, 3, 28, 12, tzinfo=dt.UTC)
CONTEXT = Context(station="CP-1", gateway="gw-0", epoch=1, received_at=NOW)
COMMAND = GetLog(location="https://logs.example/up", since=NOW, retries=2, retry_interval_s=60)


def called(version, command=COMMAND):
    call = to_call(version, command, "c1")
    assert isinstance(call, OutboundCall), call
    return call.action, json.loads(call.payload)


def test_1_6_gets_diagnostics() -> None:
    assert called("1.6") == (
        "GetDiagnostics",
        {
            "location": "https://logs.example/up",
            "retries": 2,
            "retryInterval": 60,
            "startTime": "2026-03-28T12:00:00.000Z",
        },
    )


@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
def test_the_security_log_is_asked_for_by_get_log_in_every_version(version) -> None:
    action, payload = called(version, GetLog(location="https://logs.example/up", type="SecurityLog"))

    assert action == "GetLog"
    assert payload == {
        "log": {"remoteLocation": "https://logs.example/up"},
        "logType": "SecurityLog",
        "requestId": request_id_of("c1"),
    }


@pytest.mark.parametrize(("version", "sent"), [("1.6", False), ("2.0.1", False), ("2.1", True)])
def test_the_log_of_a_data_collector_is_of_2_1(version, sent) -> None:
    call = to_call(version, GetLog(location="https://logs.example/up", type="DataCollectorLog"), "c1")

    assert isinstance(call, OutboundCall if sent else Unsupported)


@pytest.mark.parametrize(
    ("version", "action", "payload", "request_id", "detail"),
    [
        ("1.6", "DiagnosticsStatusNotification", {"status": "Uploading"}, None, ""),
        ("1.6", "LogStatusNotification", {"status": "Uploading", "requestId": 7}, 7, ""),
        ("2.0.1", "LogStatusNotification", {"status": "Uploading", "requestId": 7}, 7, ""),
        (
            "2.1",
            "LogStatusNotification",
            {"status": "Uploading", "statusInfo": {"reasonCode": "Slow", "additionalInfo": "GPRS"}},
            None,
            "Slow: GPRS",
        ),
    ],
)
def test_every_version_tells_of_an_upload_in_one_record(version, action, payload, request_id, detail) -> None:
    received = receive(version, action, "m1", json.dumps(payload).encode(), CONTEXT)

    assert isinstance(received, Received)
    (record,) = received.records
    assert isinstance(record, LogStatusReported)
    assert (record.status, record.request_id, record.detail, record.further) == ("Uploading", request_id, detail, {})
    assert received.result == b"{}"


@pytest.mark.parametrize(
    ("payload", "outcome", "detail"),
    [
        (b'{"fileName":"diag.zip"}', "accepted", ""),
        (b"{}", "accepted", "NoFile"),
        (b'{"fileName":""}', "accepted", "NoFile"),
        (b'{"status":"AcceptedCanceled","filename":"x"}', "accepted", "AcceptedCanceled"),
        (b'{"status":"Rejected"}', "rejected", ""),
    ],
)
def test_an_answer_of_1_6_has_the_name_of_a_file_or_a_status(payload, outcome, detail) -> None:
    answered = to_outcome("1.6", COMMAND, payload)

    assert (answered.outcome, answered.error_description) == (outcome, detail)


def test_another_command_has_its_own_answer() -> None:
    assert to_outcome("1.6", Reset(), b"{}").outcome == "rejected"
