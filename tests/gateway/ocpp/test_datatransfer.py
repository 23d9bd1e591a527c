"""Data transfer: vendor data, both ways."""

import json

import pytest
from msgspec import Raw

from gateway.ocpp.translate import Answer, Invalid, to_call, to_outcome
from schemas.datatransfer import DataTransfer
from tests.gateway.ocpp.building import V2X, VERSIONS, not_sent, received, record, sent, well_formed
from tests.schemas.wire.oracle import accepts


@pytest.mark.parametrize("version", VERSIONS)
def test_vendor_data_is_kept_and_the_vendor_said_to_be_unknown(version):
    got = received(version, "DataTransfer", {"vendorId": "V", "messageId": "M", "data": "text"})

    (said,) = got.records
    assert (said.vendor_id, said.message_id, bytes(said.data)) == ("V", "M", b'"text"')
    assert got.answer is Answer.STORED
    assert well_formed(version, "DataTransfer", "response", got.result) == {"status": "UnknownVendorId"}


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
