"""The contract that an EV shows, in each version."""

import json

import pytest

from loadtest.ocpp.contracts import Contract, accepted, asking_status, authorizing, is_contract
from loadtest.ocpp.ocpp2x import Ocpp2x

CONTRACT = Contract(emaid="DEELBC12345678", chain="PEM", hashes=({"serialNumber": "1f"},))
INNER = {
    "idToken": {"idToken": "DEELBC12345678", "type": "eMAID"},
    "certificate": "PEM",
    "iso15118CertificateHashData": [{"serialNumber": "1f"}],
}


def test_2x_shows_it_in_authorize_and_1_6_inside_data_transfer() -> None:
    for protocol in ("ocpp2.0.1", "ocpp2.1"):
        assert authorizing(protocol, CONTRACT).payload == INNER
    transfer = authorizing("ocpp1.6", CONTRACT)

    assert (transfer.action, transfer.payload["messageId"]) == ("DataTransfer", "Authorize")
    assert json.loads(str(transfer.payload["data"])) == INNER


@pytest.mark.parametrize(
    ("token", "certificate", "expected"),
    [("Accepted", "Accepted", True), ("Expired", "CertificateExpired", False), ("Accepted", "", False)],
)
def test_both_the_token_and_its_certificate_have_to_be_accepted(token: str, certificate: str, expected: bool) -> None:
    told = json.dumps({"idTokenInfo": {"status": token}, "certificateStatus": certificate})

    assert accepted("ocpp2.1", told.encode()) == expected
    assert accepted("ocpp1.6", json.dumps({"status": "Accepted", "data": told}).encode()) == expected
    assert not accepted("ocpp1.6", b'{"status":"UnknownVendorId"}')


def test_a_contract_is_told_from_a_card_and_has_a_type_of_its_own() -> None:
    assert is_contract("DEELBC12345678")
    assert not is_contract("04AABBCCDD")
    assert Ocpp2x("2.1").authorize("DEELBC12345678").payload == {"idToken": INNER["idToken"]}


def test_a_station_asks_about_its_own_certificate() -> None:
    assert asking_status("ocpp2.1", {"serialNumber": "1f"}).payload == {"ocspRequestData": {"serialNumber": "1f"}}
    assert asking_status("ocpp1.6", {}).payload["messageId"] == "GetCertificateStatus"
