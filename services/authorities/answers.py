"""Answers: what our OCSP responder says of certificates that were signed here (RFC 6960, RFC 5019). PURE.

They are signed by the issuer itself, before anybody asks: nobody who answers requests needs a key.
"""

import hashlib
from datetime import datetime

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from schemas.authorities import OcspAlgorithm, OcspAnswerMade, answer_key
from schemas.base import Timestamp
from schemas.revocations import CertificateRevoked
from schemas.signing import CertificateIssued
from schemas.x509 import key_bits
from services.authorities.profiles import Key, hash_for

ALGORITHMS: dict[OcspAlgorithm, hashes.HashAlgorithm] = {
    "SHA1": hashes.SHA1(),  # noqa: S303 names certificates, as RFC 5019 has it
    "SHA256": hashes.SHA256(),
}


class About(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate, and how it is asked for. `revoked`: None where it counts."""

    station: str
    fingerprint: str
    serial_number: str
    expires_at: Timestamp
    algorithm: OcspAlgorithm
    issuer_key_hash: str
    revoked: CertificateRevoked | None = None


def abouts(issued: CertificateIssued, issuer: x509.Certificate) -> tuple[About, ...]:
    """A certificate of this issuer, by each algorithm."""
    return tuple(
        About(
            station=issued.station,
            fingerprint=issued.fingerprint,
            serial_number=issued.serial_number,
            expires_at=issued.expires_at,
            algorithm=algorithm,
            issuer_key_hash=issuer_key_hash(issuer, algorithm),
        )
        for algorithm in ALGORITHMS
    )


def again(made: OcspAnswerMade, revoked: CertificateRevoked | None) -> About:
    """The certificate of an answer, to be answered anew."""
    members = {name: getattr(made, name) for name in About.__struct_fields__ if name != "revoked"}
    return About(**members, revoked=revoked)


def issuer_key_hash(issuer: x509.Certificate, algorithm: OcspAlgorithm) -> str:
    """The hash of the issuer's key by which its certificates are asked for, in hexadecimal."""
    return hashlib.new(algorithm, key_bits(issuer)).hexdigest()


def answer(
    about: About, issuer: x509.Certificate, key: Key, *, authority: str, now: datetime, next_at: datetime
) -> OcspAnswerMade:
    """The answer, signed by the issuer."""
    revoked = about.revoked
    reason = x509.ReasonFlags(revoked.reason) if revoked is not None and revoked.reason != "unspecified" else None
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response_by_hash(
            hashlib.new(about.algorithm, issuer.subject.public_bytes()).digest(),
            bytes.fromhex(about.issuer_key_hash),
            int(about.serial_number, 16),
            ALGORITHMS[about.algorithm],
            ocsp.OCSPCertStatus.GOOD if revoked is None else ocsp.OCSPCertStatus.REVOKED,
            now,
            next_at,
            None if revoked is None else revoked.revoked_at,
            reason,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, issuer)
    )
    return OcspAnswerMade(
        answer=answer_key(about.algorithm, about.issuer_key_hash, about.serial_number),
        authority=authority,
        station=about.station,
        fingerprint=about.fingerprint,
        serial_number=about.serial_number,
        algorithm=about.algorithm,
        issuer_key_hash=about.issuer_key_hash,
        status="good" if revoked is None else "revoked",
        der=builder.sign(key, hash_for(key)).public_bytes(Encoding.DER),
        made_at=now,
        next_at=next_at,
        expires_at=about.expires_at,
    )
