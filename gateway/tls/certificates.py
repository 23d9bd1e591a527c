"""Certificates: what a verified client certificate says of its station. PURE.

2.x part 2, A00.FR.404, 405, 509, 511: the subject has the owner's name as O and names the station as CN. A certificate may also name
it in its subject alternative names, or be registered for it by its serial number.
"""

import datetime as dt
from collections.abc import Sequence

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID, NameOID

from schemas.credentials import certificate_number

LONGEST_CHAIN = 10
"""Certificates of a chain that are looked at; TLS verifies no longer ones."""


class Unreadable(Exception):
    """These bytes are no certificate."""


class ClientCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A client certificate whose chain is verified.

    `names`: its CN, then the DNS names and URIs of its subject alternative names. `organizations`: each O of its subject. `number`: its
    serial number (`certificate_number`). `chain`: issuer and serial number of itself and of each certificate above it, as revocation
    lists name them. `der` and `issuer_der`: itself and its issuer, for OCSP; the issuer is empty where a proxy did not say it.
    `above`: from when and until when each certificate above it is valid.
    """

    names: tuple[str, ...]
    organizations: tuple[str, ...]
    number: str
    fingerprint: str
    not_before: dt.datetime
    not_after: dt.datetime
    chain: tuple[tuple[bytes, int], ...]
    ocsp_urls: tuple[str, ...] = ()
    der: bytes = b""
    issuer_der: bytes = b""
    above: tuple[tuple[dt.datetime, dt.datetime], ...] = ()


def read(chain: Sequence[bytes]) -> ClientCertificate:
    """Read a chain of DER certificates, the client's own first. Raises Unreadable."""
    try:
        certificates = [x509.load_der_x509_certificate(der) for der in chain[:LONGEST_CHAIN]]
        own = certificates[0]
        return ClientCertificate(
            names=_names(own),
            organizations=_texts(own, NameOID.ORGANIZATION_NAME),
            number=certificate_number(own.serial_number),
            fingerprint=own.fingerprint(hashes.SHA256()).hex(),
            not_before=own.not_valid_before_utc,
            not_after=own.not_valid_after_utc,
            chain=tuple((each.issuer.public_bytes(), each.serial_number) for each in certificates),
            ocsp_urls=_ocsp_urls(own),
            der=chain[0],
            issuer_der=chain[1] if len(chain) > 1 else b"",
            above=tuple((each.not_valid_before_utc, each.not_valid_after_utc) for each in certificates[1:]),
        )
    except (ValueError, IndexError, x509.DuplicateExtension) as error:
        raise Unreadable(f"the certificate cannot be read: {error}") from error


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    names = [*_texts(certificate, NameOID.COMMON_NAME)]
    alternatives = alternative_names(certificate)
    if alternatives is not None:
        names += alternatives.get_values_for_type(x509.DNSName)
        names += alternatives.get_values_for_type(x509.UniformResourceIdentifier)
    return tuple(names)


def alternative_names(certificate: x509.Certificate) -> x509.SubjectAlternativeName | None:
    """The subject alternative names of a certificate, None where it has none."""
    try:
        extension = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME)
    except x509.ExtensionNotFound:
        return None
    assert isinstance(extension.value, x509.SubjectAlternativeName)
    return extension.value


def _texts(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> tuple[str, ...]:
    values = (attribute.value for attribute in certificate.subject.get_attributes_for_oid(oid))
    return tuple(value for value in values if isinstance(value, str))


def _ocsp_urls(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = certificate.extensions.get_extension_for_oid(ExtensionOID.AUTHORITY_INFORMATION_ACCESS)
    except x509.ExtensionNotFound:
        return ()
    assert isinstance(extension.value, x509.AuthorityInformationAccess)
    return tuple(
        access.access_location.value
        for access in extension.value
        if access.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(access.access_location, x509.UniformResourceIdentifier)
    )
