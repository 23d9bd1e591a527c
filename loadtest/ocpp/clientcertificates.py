"""Client certificates of simulated stations (security profile 3), from an authority of the load tester's own, as files of a folder.

The folder has `ca.pem`, which the CSMS is told to trust, `ca.key`, and a file with certificate and key for each station. What is there
already is used again, so that a fleet is the same in the next run.
"""

import datetime as dt
import os
import ssl
import uuid
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY, AUTHORITY_KEY = "ca.pem", "ca.key"
ORGANIZATION = "Voltbus load test"
VALID = dt.timedelta(days=3_650)
BEGAN = dt.timedelta(days=1)
"""Certificates begin so long ago, for clocks that are behind."""


class BadFolder(Exception):
    """A folder cannot be used for certificates; the message says why."""


def prepare(folder: Path) -> Path:
    """The certificate of the folder's authority, which is made where there is none. Raises BadFolder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / AUTHORITY).exists():
            key = ec.generate_private_key(ec.SECP256R1())
            name = _name("Simulated stations")
            builder = _builder(name, name, key.public_key()).add_extension(
                x509.BasicConstraints(ca=True, path_length=0), critical=True
            )
            _write(folder / AUTHORITY_KEY, _pem_of(key))
            _write(folder / AUTHORITY, _pem(builder.sign(key, hashes.SHA256())))
        _authority(folder)
    except (OSError, ValueError, TypeError) as error:
        raise BadFolder(f"{folder}: {error}") from error
    return folder / AUTHORITY


def certificate_of(folder: Path, station: str) -> Path:
    """The file with a station's certificate and key, which is made where there is none. The folder was prepared before."""
    path = folder / f"{quote(station, safe='')}.pem"
    if not path.exists():
        authority, authority_key = _authority(folder)
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            _builder(_name(station), authority.subject, key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        )
        _write(path, _pem(builder.sign(authority_key, hashes.SHA256())) + _pem_of(key))
    return path


def context_of(folder: Path, station: str) -> ssl.SSLContext:
    """What a station speaks TLS with: it trusts the machine's authorities, and shows its certificate."""
    context = ssl.create_default_context()
    context.load_cert_chain(certificate_of(folder, station))
    return context


def _authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Raises OSError or ValueError where the files are not those of an authority."""
    certificate = x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes())
    key = serialization.load_pem_private_key((folder / AUTHORITY_KEY).read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise ValueError(f"{AUTHORITY_KEY} is not the key of {AUTHORITY}")
    return certificate, key


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - BEGAN).not_valid_after(now + VALID)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption())


def _write(path: Path, content: bytes) -> None:
    """Write a file whole, for its owner alone: other workers see all of it or nothing."""
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    beside.rename(path)
