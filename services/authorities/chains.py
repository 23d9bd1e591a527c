"""Chains: certificates in PEM, from one that signs to its root, checked against each other. PURE."""

from collections.abc import Iterable, Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

LONGEST = 6


class BadChain(Exception):
    """Certificates that are no chain; the message says why."""


def load(text: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM text. Raises BadChain."""
    try:
        return x509.load_pem_x509_certificates(text)
    except ValueError as error:
        raise BadChain("it has no certificate in PEM") from error


def is_root(certificate: x509.Certificate) -> bool:
    """Whether it is its own issuer."""
    return certificate.issuer == certificate.subject and issued(certificate, certificate)


def issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether one certificate signed the other."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether it may sign others (RFC 5280, 4.2.1.9 and 4.2.1.3)."""
    try:
        if not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except (x509.ExtensionNotFound, ValueError):
        return False


def above(certificate: x509.Certificate, known: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """The issuers of a certificate among those known, nearest first, up to the root where that is known."""
    found: list[x509.Certificate] = []
    known, last = list(known), certificate
    while not is_root(last) and len(found) < LONGEST:
        issuer = next((one for one in known if one.subject == last.issuer and issued(one, last)), None)
        if issuer is None or issuer in found:
            break
        found.append(issuer)
        last = issuer
    return found


def pem(certificates: Sequence[x509.Certificate]) -> str:
    """The certificates in PEM, one after the other."""
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in certificates)


def served(leaf: x509.Certificate, issuers: Iterable[x509.Certificate]) -> str:
    """What a station is sent: the certificate, then its issuers without the root (CertificateSignedRequest)."""
    return pem([leaf, *(one for one in issuers if not is_root(one))])
