"""ISO 15118: the state of certificates that a station asks for, and contract certificates for EVs (2.x part 2, M01, M02, M06, M07).

A station asks; the worker `iso15118` asks responders, lists and contract pools elsewhere, and decides what the station is answered.
"""

from typing import Literal

import msgspec

from schemas.base import CallDecided, Record, ReplyTo, Timestamp
from schemas.topic import Topic
from schemas.x509 import HashData

StatusSource = Literal["OCSP", "CRL"]
"""CertificateStatusSourceEnumType: a responder is asked, or a list of revoked certificates is read."""

RevocationStatus = Literal["Good", "Revoked", "Unknown", "Failed"]
"""CertificateStatusEnumType. Failed: nothing that can be believed was found out."""

CertificateAction = Literal["Install", "Update"]

RequestKind = Literal["certificate-status", "chain-status", "contract-certificate"]
"""GetCertificateStatus, GetCertificateChainStatus, Get15118EVCertificate."""

# -- facts from the gateway, on csms.iso15118-requests ----------------------------------------------------------------


class StatusCheck(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A certificate whose state is asked for, and where it can be found: addresses of its responder, or of its issuer's list."""

    source: StatusSource
    urls: tuple[str, ...]
    name: HashData


class CertificateStatusAsked(Record, frozen=True, kw_only=True, tag="certificate-status-asked"):
    """GetCertificateStatus, of one certificate (M06); or `chain`: GetCertificateChainStatus (2.1, M07), of up to four.

    `deviations` and `further` are as in TransactionReported.
    """

    id: str
    station: str
    checks: tuple[StatusCheck, ...]
    chain: bool = False
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    reply_to: ReplyTo
    received_at: Timestamp


class ContractCertificateAsked(Record, frozen=True, kw_only=True, tag="contract-certificate-asked"):
    """Get15118EVCertificate (M01, M02). `exi_request` is the EV's own message in base64; nothing here decodes it.

    With the vault of identities it is encrypted, and so is each of `prioritized_emaids`.
    `maximum_chains` and `prioritized_emaids` are of 2.1 and of ISO 15118-20 (M01.FR.03). `deviations` and `further` are as in
    TransactionReported.
    """

    id: str
    station: str
    schema_version: str
    action: CertificateAction
    exi_request: str
    maximum_chains: int | None = None
    prioritized_emaids: tuple[str, ...] = ()
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    reply_to: ReplyTo
    received_at: Timestamp


# -- the decisions, to the gateway's route ----------------------------------------------------------------------------


class StatusFound(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was found out about one certificate of a request, which has the same place there.

    `ocsp` is the responder's answer: DER (RFC 6960) in base64, given on as it came; empty: none. `status` counts what was checked here:
    it is Failed where the answer's signature cannot be checked, and `ocsp` may be there all the same for the station to check.
    `detail` says why something failed. `next_update` is null where nothing was found out.
    """

    source: StatusSource
    name: HashData
    status: RevocationStatus = "Failed"
    next_update: Timestamp | None = None
    ocsp: str = ""
    detail: str = ""


class CertificateStatusDecided(CallDecided, frozen=True, kw_only=True, tag="certificate-status-decided"):
    """The answer to GetCertificateStatus or GetCertificateChainStatus."""

    found: tuple[StatusFound, ...]


class ContractCertificateDecided(CallDecided, frozen=True, kw_only=True, tag="contract-certificate-decided"):
    """The answer to Get15118EVCertificate: the pool's message for the EV in base64; empty where there is none, and `detail` says why.

    With the vault of identities it is encrypted; `exi_size` is its length in clear, 0 where it is not encrypted.
    `remaining`: how many contracts further requests get (M01.FR.04, FR.07); null where the request is of ISO 15118-2.
    """

    exi_response: str = ""
    exi_size: int = 0
    remaining: int | None = None
    detail: str = ""


# -- what became of them, on csms.iso15118-answers --------------------------------------------------------------------


class Iso15118Answered(Record, frozen=True, kw_only=True, tag="iso15118-answered"):
    """A station's request and what it was answered. `accepted`: everything that was asked for was found out, or the pool gave a contract.

    `found` is of requests for the state of certificates, without the responders' answers; `schema_version` to `remaining` are of
    Get15118EVCertificate, whose messages are not kept: `request_size` and `response_size` are their lengths in base64 characters.
    `late`: the station may have been told Failed meanwhile. `took_ms`: from the request's arrival on.
    """

    id: str
    request: str
    station: str
    kind: RequestKind
    accepted: bool
    detail: str = ""
    late: bool = False
    found: tuple[StatusFound, ...] = ()
    schema_version: str = ""
    action: str = ""
    request_size: int = 0
    response_size: int = 0
    remaining: int | None = None
    asked_at: Timestamp
    answered_at: Timestamp
    took_ms: int = 0


ISO15118_REQUESTS = Topic(
    name="csms.iso15118-requests",
    meaning="What stations ask for ISO 15118: the state of certificates, and contract certificates for EVs.",
    records=(CertificateStatusAsked, ContractCertificateAsked),
)
ISO15118_ANSWERS = Topic(
    name="csms.iso15118-answers",
    meaning="What became of each such request.",
    records=(Iso15118Answered,),
)

TOPICS = (ISO15118_REQUESTS, ISO15118_ANSWERS)
