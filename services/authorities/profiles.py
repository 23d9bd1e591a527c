"""Profiles: what stands in a station's certificate, by its use (2.x part 2, A00.FR.501 to FR.514; ISO 15118-2, annex F). PURE.

No extended key usage and no alternative names (A00.FR.511, FR.514). Only the key and, for V2G, the country and the domain components
are taken from the request; the subject is that of the order.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from schemas.signing import STATION, SigningOrdered

BACKDATED = timedelta(hours=1)
"""So long before its making a certificate holds: clocks of stations are behind (2.1, A02.FR.06)."""

OF_THE_REQUEST = (NameOID.COUNTRY_NAME, NameOID.DOMAIN_COMPONENT)
SERIAL_BITS = 128

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
"""A key that signs certificates here."""


class Issuer(msgspec.Struct, frozen=True, kw_only=True):
    """By whom certificates are issued, how long they hold, and where the list of revoked ones and OCSP answers are served."""

    certificate: x509.Certificate
    validity_days: int
    revocation_list_url: str = ""
    ocsp_url: str = ""


def subject(order: SigningOrdered, request: x509.CertificateSigningRequest) -> x509.Name:
    """The subject of the certificate of an order."""
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, order.common_name)]
    if order.organization:
        parts.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, order.organization))
    if order.use == STATION:
        return x509.Name(parts)
    taken = [one for oid in OF_THE_REQUEST for one in request.subject.get_attributes_for_oid(oid)]
    return x509.Name([*taken, *parts])


def built(
    order: SigningOrdered,
    request: x509.CertificateSigningRequest,
    issuer: Issuer,
    *,
    serial_number: int,
    now: datetime,
) -> x509.CertificateBuilder:
    """The certificate of an order, not signed yet. It ends with its issuer at the latest."""
    by = issuer.certificate
    begins = max(now - BACKDATED, by.not_valid_before_utc).replace(microsecond=0)
    ends = min(now + timedelta(days=issuer.validity_days), by.not_valid_after_utc).replace(microsecond=0)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject(order, request))
        .issuer_name(by.subject)
        .public_key(request.public_key())
        .serial_number(serial_number)
        .not_valid_before(begins)
        .not_valid_after(ends)
    )
    for extension, critical in _extensions(request, issuer):
        builder = builder.add_extension(extension, critical=critical)
    return builder


def _extensions(request: x509.CertificateSigningRequest, issuer: Issuer) -> Sequence[tuple[x509.ExtensionType, bool]]:
    curve = isinstance(request.public_key(), ec.EllipticCurvePublicKey)
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (usage(digital_signature=True, key_agreement=curve, key_encipherment=not curve), True),
        (x509.SubjectKeyIdentifier.from_public_key(request.public_key()), False),
        (authority_key(issuer.certificate), False),
    ]
    if issuer.revocation_list_url:
        name = x509.UniformResourceIdentifier(issuer.revocation_list_url)
        point = x509.DistributionPoint(full_name=[name], relative_name=None, reasons=None, crl_issuer=None)
        extensions.append((x509.CRLDistributionPoints([point]), False))
    if issuer.ocsp_url:
        where = x509.UniformResourceIdentifier(issuer.ocsp_url)
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, where)
        extensions.append((x509.AuthorityInformationAccess([access]), False))
    return extensions


def authority_key(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    """The identifier of the issuer's key, as its own certificate has it."""
    try:
        own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())  # type: ignore[arg-type]
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own.value)


def usage(
    *,
    digital_signature: bool = False,
    key_agreement: bool = False,
    key_encipherment: bool = False,
    signs: bool = False,
) -> x509.KeyUsage:
    """The key usage with these alone; `signs`: certificates and lists of revoked ones."""
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=key_encipherment,
        data_encipherment=False,
        key_agreement=key_agreement,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def hash_for(key: Key) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512:
    """The hash that fits the strength of a key; SHA-256 at least (A00.FR.506)."""
    bits = key.curve.key_size if isinstance(key, ec.EllipticCurvePrivateKey) else 0
    return hashes.SHA512() if bits > 384 else hashes.SHA384() if bits > 256 else hashes.SHA256()


def padding_for(key: Key) -> padding.PSS | None:
    """RSA signs by PSS (A00.FR.505); elliptic curves have no padding."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return None
    return padding.PSS(mgf=padding.MGF1(hash_for(key)), salt_length=padding.PSS.DIGEST_LENGTH)
