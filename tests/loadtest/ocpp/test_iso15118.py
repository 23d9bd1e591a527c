"""What a simulated station asks for ISO 15118, as each version spells it."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from loadtest.ocpp.contracts import PNC
from loadtest.ocpp.iso15118 import asking_contract, asking_own_status
from services.iso15118.exi.messages import request_2
from services.iso15118.testcontracts import mobility_2
from tests.pki import NOW, authority


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


def test_a_contract_is_asked_for_with_a_request_that_a_pool_can_read() -> None:
    asked = asking_contract("ocpp2.1")
    request = request_2(base64.b64decode(str(asked.payload["exiRequest"]), validate=True))

    assert asked.action == "Get15118EVCertificate"
    assert mobility_2(NOW).contract(request["OEMProvisioningCert"], "", NOW).certificate
    assert asking_contract("ocpp1.6").action == "DataTransfer"
