"""What a simulated station asks for ISO 15118, as each version spells it."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from loadtest.ocpp.contracts import PNC
from loadtest.ocpp.iso15118 import asking_contract, asking_own_status
from tests.pki import authority


@pytest.mark.parametrize("subprotocol", ["ocpp1.6", "ocpp2.0.1", "ocpp2.1"])
def test_the_state_of_a_certificate_is_asked_of_the_responder_that_it_names(tmp_path: Path, subprotocol: str) -> None:
    root = authority(tmp_path, "root")
    own, silent = root.issue("CP-1", ocsp="http://csms.example/pki/ocsp"), root.issue("CP-2")
    issuer = root.certificate.public_bytes(Encoding.PEM).decode()

    asked = asking_own_status(subprotocol, own.pem + issuer)

    assert asked is not None
    payload = asked.payload
    if subprotocol == "ocpp1.6":
        assert (asked.action, payload["vendorId"], payload["messageId"]) == (
            "DataTransfer",
            PNC,
            "GetCertificateStatus",
        )
        payload = json.loads(str(payload["data"]))
    data = payload["ocspRequestData"]
    assert (data["responderURL"], data["serialNumber"]) == (
        "http://csms.example/pki/ocsp",
        format(own.certificate.serial_number, "x"),
    )
    assert asking_own_status(subprotocol, silent.pem + issuer) is None
    assert asking_own_status(subprotocol, own.pem) is None


def test_a_contract_is_asked_for_with_something_in_the_place_of_the_evs_message() -> None:
    one, other = asking_contract("ocpp2.1", "DEELBCAAAAAAAA"), asking_contract("ocpp2.1", "DEELBCBBBBBBBB")

    assert one.action == "Get15118EVCertificate"
    assert base64.b64decode(str(one.payload["exiRequest"]), validate=True)
    assert one.payload != other.payload
    assert asking_contract("ocpp1.6", "DEELBCAAAAAAAA").action == "DataTransfer"
