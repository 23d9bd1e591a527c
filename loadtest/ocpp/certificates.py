"""The certificates of a simulated station: installed, listed and deleted (M03 to M05 of every version). PURE."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from loadtest.ocpp.intents import KeepCertificates, Reply, Row, View
from loadtest.ocpp.messages import Payload
from loadtest.ocpp.replies import Request, status

KEPT_AT_MOST = 5
"""Certificates of one use that a station has room for (CertificateEntries, M05.FR.06)."""

USES_16: Mapping[str, str] = {
    "CentralSystemRootCertificate": "CSMSRootCertificate",
    "ManufacturerRootCertificate": "ManufacturerRootCertificate",
}


class _Install(Request, frozen=True, rename="camel"):
    certificate_type: str
    certificate: str


class _ListOf(Request, frozen=True, rename="camel"):
    certificate_type: str


class _List(Request, frozen=True, rename="camel"):
    certificate_type: list[str] | None = None


class _Hash(Request, frozen=True, rename="camel"):
    hash_algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str


class _Delete(Request, frozen=True, rename="camel"):
    certificate_hash_data: _Hash


def factory(vendor: str) -> tuple[Payload, ...]:
    """The certificates that a station leaves its factory with: its maker's root."""
    name = _hash_data(f"CN={vendor} root".encode(), f"{vendor} key".encode(), int(_hash(vendor.encode())[:8], 16))
    return ({"certificateType": "ManufacturerRootCertificate", "certificateHashData": name},)


def named(pem: str) -> Payload | None:
    """How OCPP names a root certificate; None for a text that is none (M05.FR.07)."""
    try:
        found = x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        return None
    key = found.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        bits = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    elif isinstance(key, rsa.RSAPublicKey):
        bits = key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    else:
        return None
    return _hash_data(found.issuer.public_bytes(), bits, found.serial_number)


def _hash_data(name: bytes, key: bytes, serial_number: int) -> Payload:
    return {
        "hashAlgorithm": "SHA256",
        "issuerNameHash": _hash(name),
        "issuerKeyHash": _hash(key),
        "serialNumber": format(serial_number, "x"),
    }


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _installed(view: View, use: str, pem: str) -> Reply:
    name = named(pem)
    alike = [one for one in view.certificates if one["certificateType"] == use]
    if name is None or len(alike) >= KEPT_AT_MOST:
        return status("Rejected")
    one: Payload = {"certificateType": use, "certificateHashData": name}
    kept = tuple(each for each in view.certificates if each != one)
    return status("Accepted", KeepCertificates(certificates=(*kept, one)))


def _install_16(view: View, request: Any) -> Reply:
    return _installed(view, USES_16.get(request.certificate_type, request.certificate_type), request.certificate)


def _install_2x(view: View, request: Any) -> Reply:
    return _installed(view, request.certificate_type, request.certificate)


def _list_16(view: View, request: Any) -> Reply:
    use = USES_16.get(request.certificate_type, request.certificate_type)
    found = [one["certificateHashData"] for one in view.certificates if one["certificateType"] == use]
    return Reply(payload={"status": "Accepted", "certificateHashData": found}) if found else status("NotFound")


def _list_2x(view: View, request: Any) -> Reply:
    wanted = request.certificate_type
    found = [one for one in view.certificates if not wanted or one["certificateType"] in wanted]
    return Reply(payload={"status": "Accepted", "certificateHashDataChain": found}) if found else status("NotFound")


def _delete(view: View, request: Any) -> Reply:
    """M04.FR.03: the last certificate of its use stays."""
    name = msgspec.to_builtins(request.certificate_hash_data)
    found = [one for one in view.certificates if one["certificateHashData"] == name]
    if not found:
        return status("NotFound")
    kept = tuple(one for one in view.certificates if one not in found)
    if any(one["certificateType"] not in {each["certificateType"] for each in kept} for one in found):
        return status("Failed")
    return status("Accepted", KeepCertificates(certificates=kept))


CERTIFICATES_16: Final[Mapping[str, Row]] = {
    "InstallCertificate": (_Install, _install_16),
    "GetInstalledCertificateIds": (_ListOf, _list_16),
    "DeleteCertificate": (_Delete, _delete),
}
CERTIFICATES_2X: Final[Mapping[str, Row]] = {
    "InstallCertificate": (_Install, _install_2x),
    "GetInstalledCertificateIds": (_List, _list_2x),
    "DeleteCertificate": (_Delete, _delete),
}
