"""Data transfer: vendor data, both ways."""

import json

import pytest
from msgspec import Raw

from gateway.ocpp.translate import Answer, Invalid, receive, to_call, to_outcome
from schemas.datatransfer import DataTransfer
from schemas.vendors import VendorMessage, VendorProvisioned
from tests.gateway.ocpp.building import (
    NOW,
    STATION,
    V2X,
    VERSIONS,
    context,
    not_sent,
    received,
    record,
    sent,
    well_formed,
)
from tests.schemas.wire.oracle import accepts


@pytest.mark.parametrize("version", VERSIONS)
def test_vendor_data_is_kept_and_the_vendor_said_to_be_unknown(version):
    got = received(version, "DataTransfer", {"vendorId": "V", "messageId": "M", "data": "text"})

    (said,) = got.records
    assert (said.vendor_id, said.message_id, bytes(said.data)) == ("V", "M", b'"text"')
    assert got.answer is Answer.STORED
    assert well_formed(version, "DataTransfer", "response", got.result) == {"status": "UnknownVendorId"}


ECHO = VendorMessage(message_id="Echo", data=Raw(b'{"you":"${station}","sent":"${data}"}'))
KNOWN = VendorProvisioned(
    vendor="v",
    vendor_id="V",
    messages=(
        ECHO,
        VendorMessage(message_id="No", status="Rejected"),
        VendorMessage(message_id="Text", data=Raw(b'"t"')),
    ),
    provisioned_at=NOW,
)


def of_known(version, payload):
    return receive(version, "DataTransfer", "m1", json.dumps(payload).encode(), context(vendors={"v": KNOWN}))


@pytest.mark.parametrize(
    ("payload", "status"),
    [
        ({"vendorId": "V", "messageId": "Text"}, "Accepted"),
        ({"vendorId": "v", "messageId": "text"}, "Accepted"),
        ({"vendorId": "V", "messageId": "No"}, "Rejected"),
        ({"vendorId": "V", "messageId": "Other"}, "UnknownMessageId"),
        ({"vendorId": "V"}, "UnknownMessageId"),
        ({"vendorId": "W", "messageId": "Text"}, "UnknownVendorId"),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.usecase("P02", "P02.FR.06", "P02.FR.07", "P02.FR.08", "TC_P_02_CSMS", "1.6:4.3")
def test_a_vendor_s_message_is_answered_by_its_rule_and_the_answer_is_kept(version, payload, status):
    got = of_known(version, payload)

    told = well_formed(version, "DataTransfer", "response", got.result)
    (said,) = got.records
    assert (told["status"], said.status) == (status, status)
    assert told.get("data") == ("t" if status == "Accepted" else None)
    assert got.answer is Answer.STORED


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("P02", "P02.FR.08")
def test_2x_data_of_an_answer_may_be_any_json(version):
    got = of_known(version, {"vendorId": "V", "messageId": "Echo", "data": {"a": 1.5}})

    assert well_formed(version, "DataTransfer", "response", got.result)["data"] == {"you": STATION, "sent": {"a": 1.5}}
    assert json.loads(got.records[0].answer) == {"you": STATION, "sent": {"a": 1.5}}


@pytest.mark.parametrize("data", ["text", {"vin": "W1"}])
@pytest.mark.usecase("1.6:4.3")
def test_1_6_data_of_an_answer_is_a_string_also_where_the_station_sent_an_object(data):
    got = of_known("1.6", {"vendorId": "V", "messageId": "Echo", "data": data})

    told = well_formed("1.6", "DataTransfer", "response", got.result)
    assert json.loads(told["data"]) == {"you": STATION, "sent": data}


@pytest.mark.parametrize("version", VERSIONS)
def test_secrets_in_what_was_sent_and_answered_are_kept_masked_and_answered_whole(version):
    sent_ = {"vendorId": "V", "messageId": "Echo", "data": '{"password": "hunter2"}'}
    got = of_known(version, sent_)

    assert b"hunter2" in got.result
    assert b"hunter2" not in bytes(got.records[0].data) + got.records[0].answer.encode()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_station_may_send_no_data(version):
    said = record(version, "DataTransfer", {"vendorId": "V"})

    assert (said.message_id, bytes(said.data)) == ("", b"null")


@pytest.mark.parametrize("version", V2X)
def test_2x_data_may_be_any_json(version):
    said = record(version, "DataTransfer", {"vendorId": "V", "data": {"a": [1, None, 2.50]}})

    assert bytes(said.data) == b'{"a": [1, null, 2.5]}'


@pytest.mark.parametrize(
    ("data", "text"),
    [(b'"t\\u00fcxt \\"q\\""', 'tüxt "q"'), (b'{"a": [1, 2]}', '{"a":[1,2]}'), (b"1.50", "1.50"), (b"true", "true")],
)
@pytest.mark.usecase("1.6:5.6")
def test_1_6_carries_a_string_and_other_json_as_its_text(data, text):
    action, payload = sent_loosely(DataTransfer(vendor_id="V", message_id="M", data=Raw(data)))

    assert (action, payload) == ("DataTransfer", {"vendorId": "V", "messageId": "M", "data": text})


def sent_loosely(command):
    """As `sent`, but the escapes of a string are the caller's own."""
    call = to_call("1.6", command, "c1")
    assert accepts("1.6", call.action, "request", call.payload)
    return call.action, json.loads(call.payload)


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("P01")
def test_2x_carries_any_json(version):
    command = DataTransfer(vendor_id="V", data=Raw(b'{"a": [1, null]}'))

    assert sent(version, command)[1] == {"data": {"a": [1, None]}, "vendorId": "V"}


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_not_given_is_left_out(version):
    assert sent(version, DataTransfer(vendor_id="V"))[1] == {"vendorId": "V"}


@pytest.mark.parametrize("version", VERSIONS)
def test_data_that_is_no_json_is_invalid(version):
    assert isinstance(not_sent(version, DataTransfer(vendor_id="V", data=Raw(b"{"))), Invalid)
    assert isinstance(not_sent(version, DataTransfer(vendor_id="V", data=Raw(b"[" * 100_000))), Invalid)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (b"Accepted", "accepted"),
        (b"Rejected", "rejected"),
        (b"UnknownVendorId", "unsupported"),
        (b"UnknownMessageId", "unsupported"),
    ],
)
def test_a_vendor_or_message_that_is_unknown_is_unsupported(version, status, outcome):
    said = to_outcome(version, DataTransfer(vendor_id="V"), b'{"status":"' + status + b'"}')

    assert said.outcome == outcome
