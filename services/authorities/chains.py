"""Chains: certificates in PEM, from one that signs to its root, checked against each other. PURE."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

LONGEST = 6
CLOCKS_DIFFER = timedelta(minutes=5)
"""So far the clock of an authority elsewhere may be ahead of ours; also as long as an order may take it."""


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
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
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


def below(
    leaf: x509.Certificate, known: Iterable[x509.Certificate], roots: Sequence[x509.Certificate], now: datetime
) -> list[x509.Certificate]:
    """The issuers of a certificate up to one of these roots, all of them holding now. Raises BadChain."""
    issuers = above(leaf, [*roots, *known])
    if not issuers or issuers[-1] not in roots:
        raise BadChain("its issuers do not end in a root that is trusted")
    for one in issuers:
        if not is_authority(one):
            raise BadChain(f"{one.subject.rfc4514_string()} is among its issuers, and may not sign others")
    if is_authority(leaf):
        raise BadChain("it may sign others, as a station's must not")
    for one in (leaf, *issuers):
        if not one.not_valid_before_utc <= now + CLOCKS_DIFFER or one.not_valid_after_utc <= now:
            raise BadChain(f"{one.subject.rfc4514_string()} does not hold now")
    return issuers


def pem(certificates: Sequence[x509.Certificate]) -> str:
    """The certificates in PEM, one after the other."""
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in certificates)


def served(leaf: x509.Certificate, issuers: Iterable[x509.Certificate]) -> str:
    """What a station is sent: the certificate, then its issuers without the root (CertificateSignedRequest)."""
    return pem([leaf, *(one for one in issuers if not is_root(one))])
