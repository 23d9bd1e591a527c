"""Certificates that stations asked for, authorities and revocations, as the API takes and gives them. PURE."""

import datetime as dt
from typing import Annotated

import msgspec

from schemas.authorities import AuthorityAnnounced, AuthorityKind, RevocationListMade
from schemas.command import PositiveId
from schemas.revocations import CertificateRevoked, RevocationReason
from schemas.signing import IssuedCertificateChanged, IssuedStatus, SigningUse
from services.api.commands.bodies import Asking
from services.api.web.bodies import Body

NOTE_LONGEST = 500
Reason = Annotated[
    RevocationReason,
    msgspec.Meta(description="CRLReason of RFC 5280; a revocation is for good.", examples=["keyCompromise"]),
]
Note = Annotated[str, msgspec.Meta(max_length=NOTE_LONGEST, description="For people.")]


class Renew(Asking, frozen=True, kw_only=True):
    """A certificate that a station is to ask for (A02); and how the command travels."""

    use: Annotated[
        SigningUse,
        msgspec.Meta(
            description="CertificateSigningUseEnumType; V2GCertificate in 1.6 is of Plug & Charge, V2G20Certificate of 2.1."
        ),
    ] = "ChargingStationCertificate"
    evse: Annotated[
        PositiveId | None,
        msgspec.Meta(description="The EVSE whose ISO 15118 controller it is for, where each has its own (A02)."),
    ] = None


class Revoke(Body, frozen=True, kw_only=True):
    """Why a certificate counts no longer."""

    reason: Reason = "unspecified"
    note: Note = ""


class RevokeAny(Body, frozen=True, kw_only=True):
    """A certificate that counts no longer, whoever issued it: the one that a station came with from its factory, say."""

    certificate: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=10_000,
            description="The certificate in PEM.",
            examples=["-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----"],
        ),
    ]
    station: Annotated[str, msgspec.Meta(max_length=48, description="Whose it is; empty: not known.")] = ""
    reason: Reason = "unspecified"
    note: Note = ""


class IssuedCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that a station asked for, as it is now. `certificate` is its id here, from the request on.

    `use`: null where the request named none: one certificate for everything. `authority`: who was asked. What the certificate says
    (`issuer` to `expires_at`) is empty before there is one. `command_id`: the CertificateSigned that was sent last.
    """

    certificate: str
    station: str
    use: str | None
    status: IssuedStatus | str
    detail: str
    subject: str
    key: str
    authority: str
    issuer: str
    serial_number: str
    fingerprint: str
    valid_from: dt.datetime | None
    expires_at: dt.datetime | None
    asked_at: dt.datetime
    command_id: str
    installed_at: dt.datetime | None
    ended_at: dt.datetime | None
    renewal_asked_at: dt.datetime | None
    changed_at: dt.datetime


class IssuedFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which certificates; None does not filter. `expires_before`: those of which that is known."""

    station: str | None = None
    status: str | None = None
    use: str | None = None
    serial_number: str | None = None
    fingerprint: str | None = None
    expires_before: dt.datetime | None = None


ALL_ISSUED = IssuedFilter()


class Revocation(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that counts no longer."""

    fingerprint: str
    serial_number: str
    issuer: str
    station: str
    reason: RevocationReason
    note: str
    expires_at: dt.datetime
    revoked_at: dt.datetime
    revoked_by: str


class RevocationList(msgspec.Struct, frozen=True, kw_only=True):
    """The newest list of revoked certificates of an authority; it is served at `path`, without a login."""

    path: str
    number: int
    entries: int
    made_at: dt.datetime
    next_at: dt.datetime


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """Who signs certificates of stations, with the certificate by which it does. `chain` is PEM, and served at `path` without a login.

    `problem`: why it cannot sign; empty where it can. `revocation_list`: null where its operator serves it elsewhere.
    """

    authority: str
    kind: AuthorityKind
    uses: tuple[SigningUse, ...]
    problem: str
    subject: str
    issuer: str
    serial_number: str
    fingerprint: str
    key: str
    valid_from: dt.datetime | None
    expires_at: dt.datetime | None
    validity_days: int
    chain: str
    path: str
    announced_at: dt.datetime
    revocation_list: RevocationList | None


class Expiring(msgspec.Struct, frozen=True, kw_only=True):
    """How many certificates of stations are in use, and how many of these expire soon."""

    in_use: int
    within_7_days: int
    within_30_days: int


def issued_of(record: IssuedCertificateChanged) -> IssuedCertificate:
    """The record as the API gives it."""
    return IssuedCertificate(**{name: getattr(record, name) for name in IssuedCertificate.__struct_fields__})


def revocation_of(record: CertificateRevoked) -> Revocation:
    """The record as the API gives it."""
    return Revocation(**{name: getattr(record, name) for name in Revocation.__struct_fields__})


def authority_of(record: AuthorityAnnounced, listed: RevocationListMade | None) -> Authority:
    """The record as the API gives it, with the newest list."""
    own = {name: getattr(record, name) for name in Authority.__struct_fields__ if hasattr(record, name)}
    made = None
    if listed is not None:
        made = RevocationList(
            path=f"/pki/{record.authority}.crl",
            number=listed.number,
            entries=listed.entries,
            made_at=listed.made_at,
            next_at=listed.next_at,
        )
    return Authority(**own, path=f"/pki/{record.authority}.pem", revocation_list=made)
