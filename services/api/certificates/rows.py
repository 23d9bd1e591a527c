"""Certificates as the API takes and gives them. PURE."""

import datetime as dt
from typing import Annotated, Any

import msgspec

from schemas.certificates import CertificateChanged, CertificateStatus, RootUse
from schemas.x509 import HashData
from services.api.commands.bodies import Asking
from services.api.commands.rows import CommandView


class Install(Asking, frozen=True, kw_only=True):
    """A root certificate that a station is to install; and how the command travels."""

    use: Annotated[
        RootUse,
        msgspec.Meta(
            description="InstallCertificateUseEnumType. 1.6: of the CSMS or of the manufacturer; OEMRootCertificate is of 2.1."
        ),
    ]
    certificate: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=10_000,
            description="The certificate in PEM.",
            examples=["-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----"],
        ),
    ]


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate at a station as it is now. `certificate` is its id here, `use` its GetCertificateIdUseEnumType.

    `hash_algorithm` to `serial_number` are how OCPP names it: as the station lists it, or, before it did, by SHA-256. `subject` to
    `fingerprint` are known of certificates that were installed from here. `child_of`: the certificate in whose chain the station lists
    it. `verified_at`: when the station last listed it; null: never.
    """

    certificate: str
    station: str
    use: str
    status: CertificateStatus | str
    detail: str
    child_of: str
    hash_algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str
    subject: str
    issuer: str
    valid_from: dt.datetime | None
    expires_at: dt.datetime | None
    fingerprint: str
    requested_at: dt.datetime | None
    requested_by: str
    verified_at: dt.datetime | None
    ended_at: dt.datetime | None
    changed_at: dt.datetime


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """The command that asked the station, with its outcome, and the certificate; null where it is not known here yet."""

    certificate: Certificate | None
    command: CommandView


class CertificateFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which certificates; None does not filter. `expires_before`: those of which that is known."""

    station: str | None = None
    use: str | None = None
    status: str | None = None
    expires_before: dt.datetime | None = None


ALL_CERTIFICATES = CertificateFilter()


def certificate_of(record: CertificateChanged) -> Certificate:
    """The record as the API gives it."""
    name = record.name or HashData(hash_algorithm="", issuer_name_hash="", issuer_key_hash="", serial_number="")
    named: dict[str, Any] = {member: getattr(name, member) for member in HashData.__struct_fields__}
    rest = {member: getattr(record, member) for member in Certificate.__struct_fields__ if member not in named}
    return Certificate(**named, **rest)
