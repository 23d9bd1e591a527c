"""OCSP: questions about certificates, and what responders' answers say (RFC 6960; 2.x part 2, A00.FR.702, 705, M06, M07). PURE."""

import datetime as dt
from typing import Literal

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from schemas.x509 import HashData

Status = Literal["good", "revoked", "unknown"]

HEADERS = ((b"Content-Type", b"application/ocsp-request"), (b"Accept", b"application/ocsp-response"))
"""Of the POST by which a responder is asked (RFC 6960, appendix A.1)."""

LONGEST_ANSWER = 65_536
"""Bytes of an answer that are read at most."""

CLOCKS_DIFFER = dt.timedelta(minutes=5)
LONGEST = dt.timedelta(hours=1)
"""A gateway believes an answer so long at most, whatever it says."""

_STATUS: dict[ocsp.OCSPCertStatus, Status] = {
    ocsp.OCSPCertStatus.GOOD: "good",
    ocsp.OCSPCertStatus.REVOKED: "revoked",
    ocsp.OCSPCertStatus.UNKNOWN: "unknown",
}
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "SHA256": hashes.SHA256(),
    "SHA384": hashes.SHA384(),
    "SHA512": hashes.SHA512(),
}


class BadAnswer(Exception):
    """The answer cannot be believed; the message says why."""


class Answer(msgspec.Struct, frozen=True):
    """What a responder says of a certificate, and until when that counts. `next_update` is its own word; None: it names none.

    `verified`: it is signed by the issuer, or by a responder of the issuer's own; else the issuer is not known here.
    """

    status: Status
    until: dt.datetime
    next_update: dt.datetime | None = None
    verified: bool = True


def question(der: bytes, issuer_der: bytes) -> bytes:
    """The request about a certificate. Raises ValueError where one of the two cannot be read."""
    certificate, issuer = x509.load_der_x509_certificate(der), x509.load_der_x509_certificate(issuer_der)
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303 names it, as RFC 5019 has it
    return builder.build().public_bytes(serialization.Encoding.DER)


def question_by_name(name: HashData) -> bytes:
    """The request about a certificate that is known by its hash data alone. Raises ValueError where these cannot be used."""
    algorithm = _HASHES.get(name.hash_algorithm.upper())
    if algorithm is None:
        raise ValueError(f"the hash algorithm {name.hash_algorithm!r} is none of OCPP's")
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        bytes.fromhex(name.issuer_name_hash),
        bytes.fromhex(name.issuer_key_hash),
        int(name.serial_number, 16),
        algorithm,
    )
    return builder.build().public_bytes(serialization.Encoding.DER)


def read_answer(content: bytes, asked: bytes, issuer_der: bytes | None, now: dt.datetime) -> Answer:
    """Read the answer to a question. Without `issuer_der` its signature is not checked. Raises BadAnswer."""
    try:
        response, request = ocsp.load_der_ocsp_response(content), ocsp.load_der_ocsp_request(asked)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise BadAnswer(f"the responder says {response.response_status.name}")
        if issuer_der is not None and not _signed(response, x509.load_der_x509_certificate(issuer_der), now):
            raise BadAnswer("it is signed by neither the issuer nor a responder of its own")
        if _about(response) != _about(request):
            raise BadAnswer("it is about another certificate")
        begins, ends = response.this_update_utc, response.next_update_utc
        status = _STATUS[response.certificate_status]
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadAnswer(f"it cannot be read: {error}") from error
    if begins > now + CLOCKS_DIFFER or (ends is not None and ends < now - CLOCKS_DIFFER):
        raise BadAnswer("its time has passed, or has not come")
    return Answer(status, min(ends or now + LONGEST, now + LONGEST), ends, issuer_der is not None)


def _about(one: ocsp.OCSPRequest | ocsp.OCSPResponse) -> tuple[int, bytes, bytes]:
    return one.serial_number, one.issuer_name_hash, one.issuer_key_hash


def _signed(response: ocsp.OCSPResponse, issuer: x509.Certificate, now: dt.datetime) -> bool:
    if _verifies(response, issuer):
        return True
    return any(_may_answer(each, issuer, now) and _verifies(response, each) for each in response.certificates)


def _may_answer(certificate: x509.Certificate, issuer: x509.Certificate, now: dt.datetime) -> bool:
    """Whether the issuer has made this a responder of its own (RFC 6960, 4.2.2.2)."""
    try:
        certificate.verify_directly_issued_by(issuer)
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    valid = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    return valid and ExtendedKeyUsageOID.OCSP_SIGNING in usage.value


def _verifies(response: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    key, digest = signer.public_key(), response.signature_hash_algorithm
    try:
        if isinstance(key, rsa.RSAPublicKey) and digest is not None:
            key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and digest is not None:
            key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(digest))
        else:
            return False
    except InvalidSignature:
        return False
    return True
