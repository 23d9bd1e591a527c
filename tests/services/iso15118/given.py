"""Requests and authorities for the tests of ISO 15118."""

import datetime as dt
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.ocsp import OCSPCertStatus

from schemas.base import ReplyTo
from schemas.iso15118 import CertificateStatusAsked, ContractCertificateAsked, StatusCheck
from schemas.x509 import HashData, named_by
from services.iso15118.port import ISO_2
from tests.gateway.tls.responder import answer
from tests.pki import NOW, Authority, Issued, authority

REPLY_TO = ReplyTo(gateway="gw-0", epoch=7, message_id="m1", received_at=NOW)
DER = serialization.Encoding.DER
SHA256 = hashes.SHA256()


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: dt.datetime = NOW) -> None:
        self.now = at

    def __call__(self) -> dt.datetime:
        return self.now


def an_authority(folder: Path, name: str = "v2g") -> Authority:
    return authority(folder, name)


def name_of(issuer: Authority, own: Issued) -> HashData:
    return named_by(issuer.certificate, own.certificate.serial_number)


def said(
    issuer: Authority, own: Issued | Authority, status: OCSPCertStatus = OCSPCertStatus.GOOD, **more: Any
) -> bytes:
    return answer(issuer, own.certificate, status, **({"at": NOW, "algorithm": SHA256} | more))


def a_list(issuer: Authority, *revoked: Issued) -> bytes:
    return issuer.crl(*(each.certificate for each in revoked)).read_bytes()


def a_check(name: HashData, *urls: str, source: Any = "OCSP") -> StatusCheck:
    return StatusCheck(source=source, urls=urls, name=name)


def status_asked(*checks: StatusCheck, **given: Any) -> CertificateStatusAsked:
    made: dict[str, Any] = {"id": "asked1", "station": "CP-1", "reply_to": REPLY_TO, "received_at": NOW}
    return CertificateStatusAsked(**made | given, checks=checks)


def contract_asked(**given: Any) -> ContractCertificateAsked:
    made: dict[str, Any] = {"id": "asked1", "station": "CP-1", "reply_to": REPLY_TO, "received_at": NOW}
    return ContractCertificateAsked(
        **made | {"schema_version": ISO_2, "action": "Install", "exi_request": "gJgC"} | given
    )
