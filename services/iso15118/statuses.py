"""Statuses: what an OCSP answer or a list of revoked certificates says of a certificate that a station asks for (M06, M07). PURE."""

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from schemas.iso15118 import RevocationStatus, StatusCheck, StatusFound
from schemas.ocsp import CLOCKS_DIFFER, BadAnswer, Status, read_answer
from schemas.x509 import HashData, issued_by

LONGEST = timedelta(days=7)
"""What was found out counts for a week at most (M07, ISO 15118-20)."""
UNDATED = timedelta(minutes=5)
"""An answer or a list without a next update counts so long."""
LONGEST_DETAIL = 300

_WORDS: dict[Status, RevocationStatus] = {"good": "Good", "revoked": "Revoked", "unknown": "Unknown"}
UNKNOWN_ISSUER = (
    "Its issuer is neither in iso15118_issuers_file nor trusted otherwise, and did not come with the answer: nobody's word about it can be"
    " checked here."
)


class RevocationList(msgspec.Struct, frozen=True):
    """A list of revoked certificates that was read, and until when it counts."""

    content: Any
    until: datetime


class Issuers:
    """The authorities whose word counts. `named`: also one that an answer brings along, where it is the one that the hash data names."""

    def __init__(self, certificates: Sequence[x509.Certificate] = (), *, named: bool = False) -> None:
        self._certificates = tuple(certificates)
        self._named = named

    def of(self, name: HashData, answer: bytes = b"") -> x509.Certificate | None:
        """The issuer of a certificate; None where it is not among them."""
        brought = _brought_by(answer) if self._named and answer else ()
        return next((one for one in (*self._certificates, *brought) if issued_by(one, name)), None)

    def __or__(self, others: "Issuers") -> "Issuers":
        return Issuers((*self._certificates, *others._certificates), named=self._named or others._named)


def _brought_by(answer: bytes) -> list[x509.Certificate]:
    try:
        return ocsp.load_der_ocsp_response(answer).certificates
    except ValueError:
        return []


def failed(check: StatusCheck, why: str) -> StatusFound:
    """Nothing was found out."""
    return StatusFound(source=check.source, name=check.name, detail=why[:LONGEST_DETAIL])


def of_answer(check: StatusCheck, asked: bytes, content: bytes, issuers: Issuers, now: datetime) -> StatusFound:
    """What a responder's answer says. An unknown issuer's answer is kept, and its status is Failed. Raises BadAnswer."""
    issuer = issuers.of(check.name, content)
    der = None if issuer is None else issuer.public_bytes(Encoding.DER)
    answer = read_answer(content, asked, der, now)
    until = min(answer.next_update or now + UNDATED, now + LONGEST)
    return StatusFound(
        source=check.source,
        name=check.name,
        status=_WORDS[answer.status] if answer.verified else "Failed",
        next_update=until,
        ocsp=base64.b64encode(content).decode(),
        detail="" if answer.verified else UNKNOWN_ISSUER,
    )


def read_list(content: bytes, issuer: x509.Certificate, now: datetime) -> RevocationList:
    """A list of revoked certificates, DER or PEM, that the issuer signed. Raises BadAnswer."""
    load = x509.load_pem_x509_crl if content.lstrip().startswith(b"-----BEGIN") else x509.load_der_x509_crl
    try:
        read = load(content)
        signed = read.issuer == issuer.subject and read.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
        begins, ends = read.last_update_utc, read.next_update_utc
    except (ValueError, TypeError) as error:
        raise BadAnswer(f"the list cannot be read: {error}") from error
    if not signed:
        raise BadAnswer("the list is not signed by the issuer of the certificate")
    if begins > now + CLOCKS_DIFFER or (ends is not None and ends < now - CLOCKS_DIFFER):
        raise BadAnswer("the list's time has passed, or has not come")
    return RevocationList(read, min(ends or now + UNDATED, now + LONGEST))


def of_list(check: StatusCheck, listed: RevocationList) -> StatusFound:
    """Revoked where the certificate is on the list, else Good (M07.FR.06, FR.07)."""
    entry = listed.content.get_revoked_certificate_by_serial_number(int(check.name.serial_number, 16))
    return StatusFound(
        source=check.source,
        name=check.name,
        status="Good" if entry is None else "Revoked",
        next_update=listed.until,
    )
