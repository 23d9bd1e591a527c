"""Commands of Plug & Charge to stations of 1.6, and what they answer."""

import json

import pytest

from gateway.ocpp.spelling.transfers import opened, transferred


def test_an_action_goes_inside_data_transfer_as_a_text() -> None:
    draft = transferred("TriggerMessage", requestedMessage="SignV2GCertificate", evse=None)

    assert draft.action == "DataTransfer"
    assert draft.members == {
        "vendorId": "org.openchargealliance.iso15118pnc",
        "messageId": "TriggerMessage",
        "data": '{"requestedMessage":"SignV2GCertificate"}',
    }


def test_the_answer_inside_counts() -> None:
    assert json.loads(opened(b'{"status":"Accepted","data":"{\\"status\\":\\"Rejected\\"}"}')) == {"status": "Rejected"}


@pytest.mark.parametrize(
    "plain",
    [
        b'{"status":"Accepted"}',
        b'{"status":"UnknownVendorId"}',
        b'{"status":"Rejected","data":"{\\"status\\":\\"Accepted\\"}"}',
        b'{"status":"Accepted","data":"thanks"}',
        b'{"status":"Accepted","data":"7"}',
        b"nonsense",
        b"\xff",
    ],
)
def test_any_other_answer_counts_as_it_is(plain: bytes) -> None:
    assert opened(plain) == plain
