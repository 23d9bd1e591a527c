"""Authorities: who signs the certificates of stations, and the lists of those that they revoked (2.x part 2, A00.FR.5xx, 6xx; RFC 5280)."""

from collections.abc import Iterable
from typing import Literal

from schemas.base import Record, Timestamp
from schemas.signing import SigningUse
from schemas.topic import Topic
from schemas.x509 import HashData

AuthorityKind = Literal["built-in", "pkcs11", "est", "acme"]
"""`built-in`: the key is a file of the worker `authorities`; `pkcs11`: it is in a token (HSM). `est`, `acme`: an authority elsewhere,
spoken with by RFC 7030 or RFC 8555."""


OCSP_PATH = "/pki/ocsp"
"""Where the API serves OCSP answers, below its public address."""

OcspAlgorithm = Literal["SHA1", "SHA256"]
"""The algorithms by which certificates are asked for: SHA-1 by most programs (RFC 5019), SHA-256 by stations (OCPP has SHA-384 and SHA-512
as well; these are not served)."""


class AuthorityAnnounced(Record, frozen=True, kw_only=True, tag="authority-announced"):
    """An authority that signs now, with the certificate by which it does. Its key is nowhere but with itself.

    `chain` is PEM: the issuing certificate, then those above it. `roots` are the names of its root by algorithm, by which a 2.1 station
    asks for it (A02.FR.27). `problem`: why it cannot sign at present; empty where it can.
    """

    authority: str
    kind: AuthorityKind
    uses: tuple[SigningUse, ...]
    subject: str = ""
    issuer: str = ""
    serial_number: str = ""
    fingerprint: str = ""
    key: str = ""
    valid_from: Timestamp | None = None
    expires_at: Timestamp | None = None
    chain: str = ""
    roots: tuple[HashData, ...] = ()
    validity_days: int = 0
    problem: str = ""
    announced_at: Timestamp


class RevocationListMade(Record, frozen=True, kw_only=True, tag="revocation-list-made"):
    """The list of revoked certificates of an authority, signed by it. `der` is what is served; `number` only grows (RFC 5280, 5.2.3)."""

    authority: str
    number: int
    der: bytes
    entries: int
    made_at: Timestamp
    next_at: Timestamp


class OcspAnswerMade(Record, frozen=True, kw_only=True, tag="ocsp-answer-made"):
    """The answer of our OCSP responder about a certificate, signed by its issuer: `der` is what is served until `next_at` (RFC 6960).

    There are two for each certificate, for a request names it by hashes of one algorithm and the answer has to repeat them. `answer` is
    the key (`answer_key`). `status` is good or revoked. `expires_at` is the certificate's; the answer is forgotten then.
    """

    answer: str
    authority: str
    station: str
    fingerprint: str
    serial_number: str
    algorithm: OcspAlgorithm
    issuer_key_hash: str
    status: Literal["good", "revoked"]
    der: bytes
    made_at: Timestamp
    next_at: Timestamp
    expires_at: Timestamp


def answer_key(algorithm: str, issuer_key_hash: str, serial_number: str) -> str:
    """The key of an answer: the hash of the issuer's key and the serial number, both in lower-case hexadecimal."""
    return f"{algorithm}-{issuer_key_hash}-{serial_number}"


def authority_for(
    announced: Iterable[AuthorityAnnounced], use: SigningUse, root: HashData | None = None
) -> AuthorityAnnounced | None:
    """The authority for a use, below the root where one is named; None where there is none. Of several the first by name."""
    fitting = (
        one for one in announced if use in one.uses and (root is None or any(name.is_that(root) for name in one.roots))
    )
    return min(fitting, key=lambda one: one.authority, default=None)


AUTHORITIES = Topic(
    name="csms.certificate-authorities",
    meaning="Who signs the certificates of stations, with the certificate by which it does; current state by name.",
    records=(AuthorityAnnounced,),
    key="authority",
    retention_s=None,
)
REVOCATION_LISTS = Topic(
    name="csms.revocation-lists",
    meaning="The newest list of revoked certificates of each authority.",
    records=(RevocationListMade,),
    key="authority",
    retention_s=None,
)

OCSP_ANSWERS = Topic(
    name="csms.ocsp-answers",
    meaning="The newest answer of our OCSP responder about each certificate that was signed here.",
    records=(OcspAnswerMade,),
    key="answer",
    retention_s=None,
)

TOPICS = (AUTHORITIES, REVOCATION_LISTS, OCSP_ANSWERS)
