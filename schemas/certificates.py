"""Certificates of stations: installed, listed and deleted (2.x part 2, M03 to M05; 1.6 security, M03 to M05)."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import Record, Timestamp
from schemas.command import StationCommand, about
from schemas.facts import FactReported
from schemas.signing import SignatureAsked
from schemas.topic import Topic
from schemas.x509 import HashData

RootUse = Literal[
    "CSMSRootCertificate",
    "ManufacturerRootCertificate",
    "V2GRootCertificate",
    "MORootCertificate",
    "OEMRootCertificate",
]
"""2.x InstallCertificateUseEnumType; OEMRootCertificate is of 2.1, and 1.6 has the first two."""

CertificateUse = Literal[
    "CSMSRootCertificate",
    "ManufacturerRootCertificate",
    "V2GRootCertificate",
    "MORootCertificate",
    "OEMRootCertificate",
    "V2GCertificateChain",
]
"""2.x GetCertificateIdUseEnumType."""

ONE_AT_A_TIME: Mapping[str | None, tuple[RootUse, ...]] = {
    "1.6": ("CSMSRootCertificate", "ManufacturerRootCertificate")
}
"""The uses that a version has, where it lists those of one use at a time (1.6 security, M03)."""

INSTALLED_AS: Mapping[str | None, tuple[RootUse, ...]] = {
    "1.6": (*ONE_AT_A_TIME["1.6"], "V2GRootCertificate", "MORootCertificate")
}
"""The uses for which a version installs certificates, where these are not all: 1.6 has the last two by Plug & Charge."""

HashAlgorithm = Literal["SHA256", "SHA384", "SHA512"]


class InstallCertificate(StationCommand, frozen=True, kw_only=True):
    """Install a root certificate (M05).

    Rejected: the station does not take it (it is not valid, or there is no room); Failed: it could not install it.
    """

    title: ClassVar[str] = "Install a certificate"

    certificate_type: Annotated[
        RootUse,
        about(
            "Use",
            "1.6: of the CSMS or of the manufacturer; V2G and MO where it has Plug & Charge.",
            example="ManufacturerRootCertificate",
        ),
    ]
    certificate: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=10_000),
        about("Certificate", "PEM.", example="-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----"),
    ]


class GetInstalledCertificates(StationCommand, frozen=True, kw_only=True):
    """List the certificates that a station has (M03). NotFound: it has none of these; 1.6 is asked for one use at a time."""

    title: ClassVar[str] = "List certificates"

    certificate_type: Annotated[
        tuple[CertificateUse, ...],
        msgspec.Meta(max_length=6),
        about("Uses", "Empty: all (2.x).", example=["ManufacturerRootCertificate"]),
    ] = ()


class DeleteCertificate(StationCommand, frozen=True, kw_only=True):
    """Delete a certificate, named as the station lists it, with the very algorithm that it uses (M04, M04.FR.07).

    NotFound: the station has no such certificate; Failed: it keeps it, for it uses it, say.
    """

    title: ClassVar[str] = "Delete a certificate"

    hash_algorithm: Annotated[HashAlgorithm, about("Hash algorithm", example="SHA256")]
    issuer_name_hash: Annotated[
        str, msgspec.Meta(min_length=1, max_length=128), about("Hash of the issuer's name", example="c2f1")
    ]
    issuer_key_hash: Annotated[
        str, msgspec.Meta(min_length=1, max_length=128), about("Hash of the issuer's key", example="d408")
    ]
    serial_number: Annotated[str, msgspec.Meta(min_length=1, max_length=40), about("Serial number", example="1f")]


# -- what the service says, on csms.certificate-states -----------------------------------------------------------------

CertificateStatus = Literal["requested", "installed", "unconfirmed", "refused", "deleted", "gone"]
"""`requested`: the station has not answered yet. `unconfirmed`: nobody knows whether the station has it, for no answer came. `refused`: the
station does not have it; `detail` has its word. `gone`: the station listed the certificates of this use, and has it no more."""

PRESENT: frozenset[CertificateStatus] = frozenset({"requested", "installed", "unconfirmed"})
"""The station has the certificate, or may come to have it."""


class CertificateChanged(Record, frozen=True, kw_only=True, tag="certificate-changed"):
    """A certificate at a station as a whole, after a change; the newest `revision` stands for all before.

    `use` is its GetCertificateIdUseEnumType; `child_of` is the id of the certificate in whose chain the station lists it, empty for the
    first. `name` is how the station lists it, or would by SHA-256 as far as is known. What the certificate itself says (`subject` to
    `fingerprint`) is known where it was installed from here. `verified_at`: when the station last listed it; null: never.
    """

    id: str
    certificate: str
    station: str
    revision: int
    use: str
    status: CertificateStatus
    detail: str = ""
    child_of: str = ""
    name: HashData | None = None
    subject: str = ""
    issuer: str = ""
    valid_from: Timestamp | None = None
    expires_at: Timestamp | None = None
    fingerprint: str = ""
    requested_at: Timestamp | None = None
    requested_by: str = ""
    verified_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    changed_at: Timestamp


CERTIFICATES = Topic(
    name="csms.certificates",
    meaning="What stations ask about certificates and contracts: to have them signed, made and checked.",
    records=(SignatureAsked, FactReported),
)
CERTIFICATE_STATES = Topic(
    name="csms.certificate-states",
    meaning="Each certificate at each station as a whole, after every change.",
    records=(CertificateChanged,),
)

TOPICS = (CERTIFICATES, CERTIFICATE_STATES)
