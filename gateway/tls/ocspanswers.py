"""OCSP answers: the question about a certificate, and what a responder's answer says (RFC 6960; A00.FR.702, 705). PURE."""

import datetime as dt
from typing import Literal

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

Status = Literal["good", "revoked", "unknown"]

CLOCKS_DIFFER = dt.timedelta(minutes=5)
LONGEST = dt.timedelta(hours=1)
"""An answer is believed so long at most, whatever it says."""

_STATUS: dict[ocsp.OCSPCertStatus, Status] = {
    ocsp.OCSPCertStatus.GOOD: "good",
    ocsp.OCSPCertStatus.REVOKED: "revoked",
    ocsp.OCSPCertStatus.UNKNOWN: "unknown",
}


class BadAnswer(Exception):
    """The answer cannot be believed; the message says why."""


class Answer(msgspec.Struct, frozen=True):
    """What a responder says of a certificate, and until when that counts."""

    status: Status
    until: dt.datetime


def question(der: bytes, issuer_der: bytes) -> bytes:
    """The request about a certificate. Raises ValueError where one of the two cannot be read."""
    certificate, issuer = x509.load_der_x509_certificate(der), x509.load_der_x509_certificate(issuer_der)
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303 names it, as RFC 5019 has it
    return builder.build().public_bytes(serialization.Encoding.DER)


def read_answer(content: bytes, der: bytes, issuer_der: bytes, now: dt.datetime) -> Answer:
    """Read the answer to a question. Raises BadAnswer."""
    try:
        response = ocsp.load_der_ocsp_response(content)
        asked = ocsp.load_der_ocsp_request(question(der, issuer_der))
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise BadAnswer(f"the responder says {response.response_status.name}")
        if not _signed(response, x509.load_der_x509_certificate(issuer_der), now):
            raise BadAnswer("it is signed by neither the issuer nor a responder of its own")
        if (response.serial_number, response.issuer_name_hash) != (asked.serial_number, asked.issuer_name_hash):
            raise BadAnswer("it is about another certificate")
        begins, ends = response.this_update_utc, response.next_update_utc
        status = _STATUS[response.certificate_status]
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadAnswer(f"it cannot be read: {error}") from error
    if begins > now + CLOCKS_DIFFER or (ends is not None and ends < now - CLOCKS_DIFFER):
        raise BadAnswer("its time has passed, or has not come")
    return Answer(status, min(ends or now + LONGEST, now + LONGEST))


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
