"""The certificate of a simulated station: its request, and which chain it takes (A02.FR.03, FR.06, FR.24)."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from loadtest.ocpp.signing import ORGANIZATION, asking, fits, public_bytes, request
from tests import roots

KEY = ec.generate_private_key(ec.SECP256R1())


def test_a_request_names_the_station_and_its_operator() -> None:
    made = x509.load_pem_x509_csr(request("CP-1", KEY).encode())

    assert made.is_signature_valid
    assert made.subject.rfc4514_string() == f"CN=CP-1,O={ORGANIZATION}"
    assert public_bytes(made.public_key()) == public_bytes(KEY.public_key())


@pytest.mark.parametrize(
    ("subprotocol", "members"),
    [
        ("ocpp1.6", {"csr"}),
        ("ocpp2.0.1", {"csr", "certificateType"}),
        ("ocpp2.1", {"csr", "certificateType", "requestId"}),
    ],
)
def test_each_version_asks_in_its_own_words(subprotocol: str, members: set[str]) -> None:
    message = asking(subprotocol, "PEM", 3)

    assert (message.action, set(message.payload)) == ("SignCertificate", members)


def test_a_chain_fits_one_key_and_holds_together() -> None:
    own, other = roots.a_root("A"), roots.a_root("B", 2)
    key = public_bytes(x509.load_pem_x509_certificate(own.encode()).public_key())

    assert fits(own, key)
    assert not fits(other, key)
    assert not fits(own + other, key)
    assert not fits("PEM", key)
