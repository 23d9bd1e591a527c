"""Revocations: certificates that revocation lists and operators name. PURE.

A00.FR.704, 705: the certificate authority says which certificates are revoked. Its list is believed where it is signed by an authority
that is trusted here.
"""

from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from gateway.tls.certificates import ClientCertificate

Revoked = frozenset[tuple[bytes, int]]
"""Issuer (the DER of its name) and serial number of each revoked certificate."""

BEGIN = b"-----BEGIN X509 CRL-----"


class BadList(Exception):
    """A revocation list cannot be used; the message says why."""


def revoked_by(content: bytes, authorities: Sequence[x509.Certificate]) -> Revoked:
    """The certificates that a file of revocation lists names: one in DER, or several in PEM. Raises BadList.

    A list of which the time has passed still counts: what it names stays revoked.
    """
    revoked: set[tuple[bytes, int]] = set()
    for crl in _lists(content):
        if not any(_signed_by(crl, authority) for authority in authorities):
            raise BadList(f"the revocation list of {crl.issuer.rfc4514_string()} is signed by none of the authorities.")
        issuer = crl.issuer.public_bytes()
        revoked.update((issuer, each.serial_number) for each in crl)
    return frozenset(revoked)


class Revocations:
    """All certificates that count no longer: by revocation lists (`lists`), and by their SHA-256 on csms.ref.certificate-revocations."""

    def __init__(self) -> None:
        self.lists: Revoked = frozenset()
        self._fingerprints: set[str] = set()

    def revoke(self, fingerprint: str) -> None:
        """A certificate counts no longer."""
        self._fingerprints.add(fingerprint.lower())

    def forget(self, fingerprint: str) -> None:
        """A revocation is gone from the topic: the certificate has expired by itself."""
        self._fingerprints.discard(fingerprint.lower())

    def names(self, certificate: ClientCertificate) -> bool:
        """Whether the certificate, or one that it is signed by, is revoked."""
        return certificate.fingerprint in self._fingerprints or any(each in self.lists for each in certificate.chain)


def _lists(content: bytes) -> list[x509.CertificateRevocationList]:
    try:
        if BEGIN not in content:
            return [x509.load_der_x509_crl(content)]
        return [x509.load_pem_x509_crl(BEGIN + part) for part in content.split(BEGIN)[1:]]
    except ValueError as error:
        raise BadList(f"it is no revocation list: {error}.") from error


def _signed_by(crl: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    if crl.issuer != authority.subject:
        return False
    try:
        return crl.is_signature_valid(authority.public_key())  # type: ignore[arg-type]
    except (InvalidSignature, UnsupportedAlgorithm, TypeError):
        return False
