"""Root certificates for tests, and how OCPP names them by another implementation: that of OCSP requests in `cryptography`."""

import datetime as dt
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

BEGINS = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ENDS = dt.datetime(2036, 1, 1, tzinfo=dt.UTC)


@cache
def _made(name: str, serial: int, kind: str, ends: dt.datetime, issuer: str) -> x509.Certificate:
    key: Any = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    by = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer or name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(by).public_key(key.public_key())
    builder = builder.serial_number(serial).not_valid_before(BEGINS).not_valid_after(ends)
    return builder.sign(key, hashes.SHA256())


def a_root(
    name: str = "Root", serial: int = 0x1F, *, kind: str = "ec", ends: dt.datetime = ENDS, issuer: str = ""
) -> str:
    """A certificate in PEM, the same for the same arguments within a process; its own issuer, unless one is named."""
    return _made(name, serial, kind, ends, issuer).public_bytes(Encoding.PEM).decode()


def named(pem: str, algorithm: str = "SHA256") -> dict[str, str]:
    """Its CertificateHashDataType."""
    certificate = x509.load_pem_x509_certificate(pem.encode())
    asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, certificate, getattr(hashes, algorithm)()).build()
    return {
        "hashAlgorithm": algorithm,
        "issuerNameHash": asked.issuer_name_hash.hex(),
        "issuerKeyHash": asked.issuer_key_hash.hex(),
        "serialNumber": format(asked.serial_number, "x"),
    }
