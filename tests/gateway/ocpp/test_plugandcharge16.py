"""Plug & Charge in OCPP 1.6: contracts are judged and certificates managed by messages of 2.0.1 inside DataTransfer."""

import json
from typing import Any

import pytest

from gateway.ocpp.rows import Answer, Call
from gateway.ocpp.translate import to_outcome
from gateway.ocpp.unaccepted import unaccepted
from schemas.authorization import AuthorizationDecided, AuthorizationRequested, ContractPresented, IdToken
from schemas.certificates import GetInstalledCertificates, InstallCertificate
from schemas.signing import CertificateSigned, SignatureAsked, SigningDecided
from schemas.startnumbers import token_key_of
from schemas.stationcommands import TriggerMessage
from tests.gateway.ocpp import building

pytestmark = pytest.mark.usecase("1.6:PnC", "C07")

VENDOR = "org.openchargealliance.iso15118pnc"
MADE: dict[str, Any] = {"id": "d", "station": building.STATION, "reply_to": building.REPLY_TO}
EMAID = {"idToken": "DE-8AA-C12345678", "type": "eMAID"}


def transfer(message: str, payload: Any) -> dict[str, Any]:
    return {"vendorId": VENDOR, "messageId": message, "data": json.dumps(payload)}


def inner(payload: bytes) -> Any:
    told = building.well_formed("1.6", "DataTransfer", "response", payload)
    assert told["status"] == "Accepted"
    return json.loads(told["data"])


def test_a_contract_is_judged_and_its_answer_is_inside_the_answer() -> None:
    received = building.received("1.6", "DataTransfer", transfer("Authorize", {"idToken": EMAID, "certificate": "PEM"}))

    (presented,) = received.records
    assert isinstance(presented, ContractPresented)
    assert (presented.token, presented.id_token) == ("DE8AAC12345678", IdToken(value="DE-8AA-C12345678", type="eMAID"))
    assert received.answer is Answer.DECIDED
    assert isinstance(received.fallback, bytes)
    late = inner(received.fallback)
    assert (late["certificateStatus"], late["idTokenInfo"]["status"]) == ("CertChainError", "Invalid")
    decided = AuthorizationDecided(**MADE, status="Accepted", certificate_status="Accepted")
    assert inner(json.dumps(building.answered("1.6", "DataTransfer", decided), separators=(",", ":")).encode()) == {
        "idTokenInfo": {"status": "Accepted"},
        "certificateStatus": "Accepted",
    }


def test_a_contract_without_a_certificate_is_a_token() -> None:
    received = building.received("1.6", "DataTransfer", transfer("Authorize", {"idToken": EMAID}))

    assert isinstance(received.records[0], AuthorizationRequested)
    assert received.fallback == b'{"status":"Rejected"}'


def test_the_start_that_follows_is_of_the_same_token() -> None:
    start = {"connectorId": 1, "idTag": "DE8AAC12345678D", "meterStart": 0, "timestamp": "2026-03-29T00:59:59Z"}

    assert token_key_of(building.record("1.6", "StartTransaction", start)) == "DE8AAC12345678"


def test_a_station_that_is_not_accepted_gets_the_refusal_inside() -> None:
    payload = transfer("Authorize", {"idToken": EMAID, "certificate": "PEM"})
    received = building.received("1.6", "DataTransfer", payload)
    call = Call(
        version="1.6",
        action="DataTransfer",
        message_id="m1",
        payload=json.dumps(payload).encode(),
        context=building.context(),
    )

    became = unaccepted(call, received, provisioned=True, triggers=())
    assert became.records == ()
    assert isinstance(became.result, bytes)
    assert inner(became.result)["idTokenInfo"]["status"] == "Invalid"


@pytest.mark.usecase("A02", "1.6:A02")
def test_a_station_has_its_v2g_certificate_signed() -> None:
    received = building.received(
        "1.6", "DataTransfer", transfer("SignCertificate", {"csr": "PEM", "certificateType": "V2GCertificate"})
    )
    (asked,) = received.records
    signed = CertificateSigned(certificate_chain="PEM", certificate_type="V2GCertificate")

    assert isinstance(asked, SignatureAsked)
    assert asked.use == "V2GCertificate"
    decided = json.loads(building.answered("1.6", "DataTransfer", SigningDecided(**MADE, accepted=True))["data"])
    assert decided == {"status": "Accepted"}
    assert building.sent("1.6", signed) == (
        "DataTransfer",
        transfer("CertificateSigned", {"certificateChain": "PEM", "certificateType": "V2GCertificate"})
        | {"data": '{"certificateChain":"PEM","certificateType":"V2GCertificate"}'},
    )


@pytest.mark.parametrize(
    ("command", "message", "members"),
    [
        (
            InstallCertificate(certificate_type="MORootCertificate", certificate="PEM"),
            "InstallCertificate",
            {"certificateType": "MORootCertificate", "certificate": "PEM"},
        ),
        (
            GetInstalledCertificates(certificate_type=("V2GRootCertificate", "V2GCertificateChain")),
            "GetInstalledCertificateIds",
            {"certificateType": ["V2GRootCertificate", "V2GCertificateChain"]},
        ),
        (
            TriggerMessage(requested_message="SignV2GCertificate"),
            "TriggerMessage",
            {"requestedMessage": "SignV2GCertificate"},
        ),
    ],
)
@pytest.mark.usecase("1.6:M03", "1.6:M05")
def test_what_the_security_extension_does_not_have_goes_inside_data_transfer(
    command: Any, message: str, members: dict[str, Any]
) -> None:
    action, payload = building.sent("1.6", command)

    assert (action, payload["vendorId"], payload["messageId"]) == ("DataTransfer", VENDOR, message)
    assert json.loads(payload["data"]) == members

    said = to_outcome("1.6", command, b'{"status":"Accepted","data":"{\\"status\\":\\"Rejected\\"}"}')
    assert (said.outcome, bytes(said.response)) == ("rejected", b'{"status":"Rejected"}')
    assert (
        to_outcome("1.6", command, b'{"status":"Accepted","data":"{\\"status\\":\\"Accepted\\"}"}').outcome
        == "accepted"
    )
    assert to_outcome("1.6", command, b'{"status":"UnknownVendorId"}').outcome == "unsupported"
