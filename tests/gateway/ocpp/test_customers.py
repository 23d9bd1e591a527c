"""Customer information: asked for by token or identifier, and told in parts (N09, N10)."""

import datetime as dt
from typing import Any

import msgspec
import pytest

from gateway.ocpp import translate
from gateway.ocpp.rows import Context, Invalid, OutboundCall, Unsupported
from schemas.customers import CustomerInformation, CustomerInformationReported
from schemas.quarantine import MessageQuarantined
from schemas.reports import request_id_of

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
CONTEXT = Context(station="CS", gateway="gw", epoch=1, received_at=NOON)
V2X = ("2.0.1", "2.1")


def sent(version: Any, command: Any) -> Any:
    call = translate.to_call(version, command, "c1")
    assert isinstance(call, OutboundCall), call
    return call.action, msgspec.json.decode(call.payload)


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("N09", "N09.FR.01", "N09.FR.04")
def test_a_customer_is_named_by_a_token_or_by_an_identifier(version: str) -> None:
    assert sent(version, CustomerInformation(token="A")) == (
        "CustomerInformation",
        {
            "requestId": request_id_of("c1"),
            "report": True,
            "clear": False,
            "idToken": {"idToken": "A", "type": "ISO14443"},
        },
    )
    by_name = CustomerInformation(customer_identifier="jane", report=False, clear=True)
    assert sent(version, by_name)[1] == {
        "requestId": request_id_of("c1"),
        "report": False,
        "clear": True,
        "customerIdentifier": "jane",
    }


@pytest.mark.parametrize(
    "command",
    [
        CustomerInformation(),
        CustomerInformation(token="A", customer_identifier="jane"),
        CustomerInformation(token="A", report=False),
    ],
)
@pytest.mark.usecase("N09", "N09.FR.07", "N09.FR.09")
def test_what_a_station_would_refuse_is_not_sent(command: CustomerInformation) -> None:
    assert isinstance(translate.to_call("2.1", command, "c1"), Invalid)


def test_16_has_no_customer_information() -> None:
    assert isinstance(translate.to_call("1.6", CustomerInformation(token="A"), "c1"), Unsupported)


@pytest.mark.parametrize("version", V2X)
def test_a_part_has_its_number_and_its_text(version: str) -> None:
    payload = {"data": "Jane", "seqNo": 2, "tbc": True, "generatedAt": "2026-06-01T11:59:00Z", "requestId": 3}
    received = translate.receive(version, "NotifyCustomerInformation", "m1", msgspec.json.encode(payload), CONTEXT)

    assert isinstance(received, translate.Received)
    (part,) = received.records
    assert isinstance(part, CustomerInformationReported)
    assert (part.request_id, part.seq_no, part.last, part.data, received.result) == (3, 2, False, "Jane", b"{}")


def test_of_a_part_that_cannot_be_read_nothing_is_kept_but_that_it_came() -> None:
    received = translate.receive("2.1", "NotifyCustomerInformation", "m1", b'{"data":"Jane"}', CONTEXT)

    assert isinstance(received, translate.Received)
    (kept,) = received.records
    assert isinstance(kept, MessageQuarantined)
    assert "Jane" not in kept.payload
