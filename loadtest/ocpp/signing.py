"""The certificate of a simulated station's own: its request to sign, and the chain that it takes or rejects (A02, A03). PURE."""

import itertools
from collections.abc import Mapping
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from loadtest.ocpp.intents import AskToSign, Reply, Row, TakeCertificate, View
from loadtest.ocpp.messages import Message
from loadtest.ocpp.replies import Request, status

ORGANIZATION = "Elbtal Energie"
"""Whose the simulated stations are (OrganizationName; 1.6: CpoName)."""

TRIGGER_16, TRIGGER_2X = "SignChargePointCertificate", "SignChargingStationCertificate"
USE = "ChargingStationCertificate"


class _Signed(Request, frozen=True, rename="camel"):
    certificate_chain: str


class _Trigger(Request, frozen=True, rename="camel"):
    requested_message: str


def request(name: str, key: Any) -> str:
    """A request to sign the key for a station, in PEM (A02.FR.03)."""
    parts = ((NameOID.ORGANIZATION_NAME, ORGANIZATION), (NameOID.COMMON_NAME, name))
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, SHA256())
    return made.public_bytes(Encoding.PEM).decode()


def asking(subprotocol: str, csr: str, number: int) -> Message:
    """SignCertificate of the version; 2.1 numbers it (A02.FR.24)."""
    payload: dict[str, Any] = {"csr": csr}
    if subprotocol != "ocpp1.6":
        payload["certificateType"] = USE
    if subprotocol == "ocpp2.1":
        payload["requestId"] = number
    return Message("SignCertificate", payload)


def public_bytes(key: Any) -> bytes:
    """A public key in DER."""
    made: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return made


def fits(chain: str, public_key: bytes) -> bool:
    """Whether a chain is for this key, and each of its certificates was signed by the next (A02.FR.06)."""
    try:
        found = x509.load_pem_x509_certificates(chain.encode())
        for below, above in itertools.pairwise(found):
            below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return public_bytes(found[0].public_key()) == public_key


def _signed(view: View, asked: Any) -> Reply:
    """A02.FR.07: a chain that is not valid is rejected, and the security event follows."""
    taken = bool(view.public_key) and fits(asked.certificate_chain, view.public_key)
    return status("Accepted" if taken else "Rejected", TakeCertificate(chain=asked.certificate_chain if taken else ""))


def _trigger_16(_: View, asked: Any) -> Reply:
    """ExtendedTriggerMessage of the security extension; other messages are triggered by TriggerMessage."""
    return status("Accepted", AskToSign()) if asked.requested_message == TRIGGER_16 else status("NotImplemented")


SIGNING_16: Final[Mapping[str, Row]] = {
    "CertificateSigned": (_Signed, _signed),
    "ExtendedTriggerMessage": (_Trigger, _trigger_16),
}
SIGNING_2X: Final[Mapping[str, Row]] = {"CertificateSigned": (_Signed, _signed)}
