"""Signing: certificates that stations ask for, from the request to what became of it (2.x part 2, A02, A03; 1.6 security, A02, A03).

A station sends a request that it has signed with its new key (`schemas.csr`). It is decided here; an authority (`schemas.authorities`)
makes the certificate; the station is sent it with `CertificateSigned`.
"""

from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import CallDecided, Record, ReplyTo, Timestamp
from schemas.command import StationCommand, about
from schemas.topic import BILLS_KEPT_S, Topic
from schemas.x509 import HashData

SigningUse = Literal["ChargingStationCertificate", "V2GCertificate", "V2G20Certificate"]
"""CertificateSigningUseEnumType of 2.1; 2.0.1 has the first two, and 1.6 the second by Plug & Charge."""

STATION: SigningUse = "ChargingStationCertificate"


def known_use(word: str | None) -> SigningUse | None:
    """The word as a use; None for one that is none."""
    return next((use for use in TRIGGERS if use == word), None)


TRIGGERS: dict[SigningUse, str] = {
    "ChargingStationCertificate": "SignChargingStationCertificate",
    "V2GCertificate": "SignV2GCertificate",
    "V2G20Certificate": "SignV2G20Certificate",
}
"""What a station is asked to send for a certificate of each use (MessageTriggerEnumType, A02)."""

LONGEST_CSR = 5_500
LONGEST_CHAIN = 10_000
LONGEST_DETAIL = 500

# -- commands (members of schemas.commands.Command) -------------------------------------------------------------------


class CertificateSigned(StationCommand, frozen=True, kw_only=True):
    """Send a station the certificate that it asked for (A02, A03).

    Rejected: the station does not take it; it reports InvalidChargingStationCertificate as well (A02.FR.07).
    """

    title: ClassVar[str] = "Send a signed certificate"

    certificate_chain: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=LONGEST_CHAIN),
        about(
            "Certificate",
            "PEM; its issuers follow it, without the root.",
            example="-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----",
        ),
    ]
    certificate_type: Annotated[
        SigningUse | None,
        about("Use", "As the station asked; empty: it named none.", example="ChargingStationCertificate"),
    ] = None
    request_id: Annotated[int | None, about("Request", "2.1: the number of the station's request.", advanced=True)] = (
        None
    )


# -- facts from the gateway, on csms.certificates ---------------------------------------------------------------------


class SignatureAsked(Record, frozen=True, kw_only=True, tag="signature-asked"):
    """SignCertificate. `csr` is PEM as it came. `use` is a SigningUse, or whatever word the station has; null where it names none: one
    certificate for everything.

    `request_id` and `root`, the root under which it is to be, are of 2.1. `deviations` and `further` are as in TransactionReported.
    """

    id: str
    station: str
    csr: str
    use: str | None = None
    request_id: int | None = None
    root: HashData | None = None
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    reply_to: ReplyTo
    received_at: Timestamp


# -- the decision, to the gateway's route -----------------------------------------------------------------------------


class SigningDecided(CallDecided, frozen=True, kw_only=True, tag="signing-decided"):
    """The answer to SignCertificate (A02.FR.11, FR.12). Where it is refused, `reason_code` and `detail` say why (appendix 5)."""

    accepted: bool
    reason_code: str = ""
    detail: str = ""


# -- between the service and the authorities --------------------------------------------------------------------------


class SigningOrdered(Record, frozen=True, kw_only=True, tag="signing-ordered"):
    """Have this request signed until `expires_at`. It was checked. `common_name` and `organization` are to be the certificate's subject.

    `authority` is the one that was announced for it.
    """

    id: str
    station: str
    authority: str
    use: SigningUse
    csr: str
    common_name: str
    organization: str = ""
    ordered_at: Timestamp
    expires_at: Timestamp


class CertificateIssued(Record, frozen=True, kw_only=True, tag="certificate-issued"):
    """An authority made the certificate of an order. `chain` is PEM: the certificate, then its issuers without the root.

    An order that was read twice may have two certificates: the first counts.
    """

    id: str
    station: str
    order: str
    authority: str
    chain: str
    serial_number: str
    fingerprint: str
    subject: str
    issuer: str
    valid_from: Timestamp
    expires_at: Timestamp
    issued_at: Timestamp


class SigningFailed(Record, frozen=True, kw_only=True, tag="signing-failed"):
    """An order has no certificate: the authority refused it, or could not be reached in time."""

    id: str
    station: str
    order: str
    authority: str
    detail: str
    failed_at: Timestamp


# -- what the service says, on csms.issued-certificates ---------------------------------------------------------------

IssuedStatus = Literal[
    "refused",
    "ordered",
    "failed",
    "issued",
    "undelivered",
    "rejected",
    "installed",
    "superseded",
    "discarded",
    "expired",
    "revoked",
    "unused",
]
"""`refused`: the request was not accepted. `ordered`: the authority has not answered yet. `failed`: it made no certificate. `issued`: the
certificate is on its way to the station. `undelivered`: the station took no answer. `rejected`: the station does not take it. `installed`:
the station uses it. `superseded`: it has a newer one. `discarded`: it went back to the one before (2.1, A02.FR.29). `unused`: made, and
never sent. `detail` has the reason."""

IN_USE: frozenset[IssuedStatus] = frozenset({"issued", "undelivered", "installed"})
"""The station has the certificate, or may come to have it."""


class IssuedCertificateChanged(Record, frozen=True, kw_only=True, tag="issued-certificate-changed"):
    """A certificate that a station asked for, as a whole, after a change; the newest `revision` stands for all before.

    `use` is null where the station named none. `key` is the kind of its key (`EC 256`). What the certificate says (`serial_number` to
    `expires_at`) is empty before there is one. `renewal_asked_at`: when the station was last asked for its successor.
    """

    id: str
    certificate: str
    station: str
    revision: int
    use: SigningUse | None = None
    status: IssuedStatus
    detail: str = ""
    subject: str = ""
    key: str = ""
    authority: str = ""
    issuer: str = ""
    serial_number: str = ""
    fingerprint: str = ""
    valid_from: Timestamp | None = None
    expires_at: Timestamp | None = None
    asked_at: Timestamp
    command_id: str = ""
    installed_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    renewal_asked_at: Timestamp | None = None
    changed_at: Timestamp


CERTIFICATE_ORDERS = Topic(
    name="csms.certificate-orders",
    meaning="Requests of stations that an authority is to sign.",
    records=(SigningOrdered,),
)
CERTIFICATE_RESULTS = Topic(
    name="csms.certificate-results",
    meaning="What authorities made of the orders: a certificate each, or the reason why there is none.",
    records=(CertificateIssued, SigningFailed),
)
ISSUED_CERTIFICATES = Topic(
    name="csms.issued-certificates",
    meaning="Each certificate that a station asked for as a whole, after every change.",
    records=(IssuedCertificateChanged,),
    retention_s=BILLS_KEPT_S,
)

TOPICS = (CERTIFICATE_ORDERS, CERTIFICATE_RESULTS, ISSUED_CERTIFICATES)
