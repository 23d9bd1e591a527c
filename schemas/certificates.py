"""Certificates of stations: installed, listed and deleted (2.x part 2, M03 to M05; 1.6 security, M03 to M05)."""

from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.command import StationCommand, about

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

HashAlgorithm = Literal["SHA256", "SHA384", "SHA512"]


class InstallCertificate(StationCommand, frozen=True, kw_only=True):
    """Install a root certificate (M05).

    Rejected: the station does not take it (it is not valid, or there is no room); Failed: it could not install it.
    """

    title: ClassVar[str] = "Install a certificate"

    certificate_type: Annotated[
        RootUse, about("Use", "1.6: of the CSMS or of the manufacturer.", example="ManufacturerRootCertificate")
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
