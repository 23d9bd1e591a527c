"""CSR: what a station's request to sign says, and whether it may be signed (RFC 2986; 2.x part 2, A00.FR.501 to 511). PURE."""

import hashlib
import ipaddress

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

RSA_BITS = (2_048, 8_192)
"""The least by A00.FR.502; the most, so that a station cannot have us work for long."""

EC_BITS = 224
"""The least by A00.FR.503."""

WEAK: tuple[type[hashes.HashAlgorithm], ...] = (hashes.MD5, hashes.SHA1)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a request says: names as they stand in it, empty where it has none. `digest` tells requests apart, `key` is its kind."""

    common_name: str
    organization: str
    subject: str
    key: str
    digest: str


class BadRequest(Exception):
    """A request may not be signed; the message says why."""


def read_csr(text: str) -> Asked:
    """What a request says, in PEM. Raises BadRequest where it cannot be read, is not signed by its own key, or that key is too weak."""
    request = load_csr(text)
    try:
        key = key_of(request.public_key())
        if isinstance(request.signature_hash_algorithm, WEAK):
            raise BadRequest("it is signed by way of a broken hash: use SHA-256")
        if not request.is_signature_valid:
            raise BadRequest("it is not signed by the key in it")
        subject = request.subject
        return Asked(
            common_name=_only(subject, NameOID.COMMON_NAME, "common name (CN)"),
            organization=_only(subject, NameOID.ORGANIZATION_NAME, "organization (O)"),
            subject=subject.rfc4514_string(),
            key=key,
            digest=digest_of(request),
        )
    except (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature) as error:
        raise BadRequest("its key or signature is of a kind that is not known here") from error


def load_csr(text: str) -> x509.CertificateSigningRequest:
    """The request in a PEM text. Raises BadRequest."""
    try:
        return x509.load_pem_x509_csr(text.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadRequest("it is no certificate signing request in PEM") from error


def digest_of(request: x509.CertificateSigningRequest) -> str:
    """Tells requests apart: the SHA-256 of its bytes, in hexadecimal."""
    return hashlib.sha256(request.public_bytes(Encoding.DER)).hexdigest()


def key_of(key: object) -> str:
    """The kind of a public key (`EC 256`). Raises BadRequest for one that is too weak, or of a kind that stations do not use."""
    if isinstance(key, rsa.RSAPublicKey):
        least, most = RSA_BITS
        if not least <= key.key_size <= most:
            raise BadRequest(f"an RSA key has {least} to {most} bits, and this has {key.key_size}")
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        if key.curve.key_size < EC_BITS:
            raise BadRequest(f"an elliptic curve key has {EC_BITS} bits or more, and this has {key.curve.key_size}")
        return f"EC {key.curve.key_size}"
    raise BadRequest("its key is neither RSA nor of an elliptic curve")


def key_bytes(request: x509.CertificateSigningRequest) -> bytes:
    """The public key of a request, in DER."""
    return request.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def looks_like_an_address(name: str) -> bool:
    """Whether a common name has the form of a URL, a host name or an IP address, which a station's must not have (A00.FR.511)."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return "://" in name or "/" in name
    return True


def _only(subject: x509.Name, oid: x509.ObjectIdentifier, what: str) -> str:
    found = subject.get_attributes_for_oid(oid)
    if len(found) > 1:
        raise BadRequest(f"its subject has more than one {what}")
    return str(found[0].value).strip() if found else ""
