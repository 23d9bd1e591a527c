"""Revocations: certificates of stations that count no longer, whoever issued them (RFC 5280, 5.3.1; 2.x part 2, A02, A03). PURE."""

from typing import Literal

from schemas.base import Record, Timestamp
from schemas.topic import Topic

RevocationReason = Literal[
    "unspecified",
    "keyCompromise",
    "cACompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "privilegeWithdrawn",
]
"""Words of the CRLReason of RFC 5280 that are for good; a certificate on hold would have to be told from one that was released."""


class CertificateRevoked(Record, frozen=True, kw_only=True, tag="certificate-revoked"):
    """A certificate that counts no longer, for good.

    `fingerprint` is the SHA-256 of the certificate's DER in lower-case hexadecimal, and the key. `serial_number` is in lower-case
    hexadecimal without leading zeros, `issuer` the issuer's name as RFC 4514 writes it. `expires_at`: from then on it counts no longer by
    itself, and need not be remembered. `station`: whose it is; empty where that is not known.
    """

    fingerprint: str
    serial_number: str
    issuer: str
    station: str = ""
    reason: RevocationReason = "unspecified"
    note: str = ""
    expires_at: Timestamp
    revoked_at: Timestamp
    revoked_by: str = ""


REF_REVOCATIONS = Topic(
    name="csms.ref.certificate-revocations",
    meaning="Certificates of stations that count no longer, by the SHA-256 of the certificate.",
    records=(CertificateRevoked,),
    key="fingerprint",
    retention_s=None,
)

TOPICS = (REF_REVOCATIONS,)
