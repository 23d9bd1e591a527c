"""Port: what every authority can do, and how it fails. PURE."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from schemas.authorities import AuthorityAnnounced, OcspAnswerMade, RevocationListMade
from schemas.base import derived_id
from schemas.csr import BadRequest, key_bytes, load_csr, read_csr
from schemas.revocations import CertificateRevoked
from schemas.signing import LONGEST_CHAIN, CertificateIssued, SigningOrdered
from services.authorities import chains
from services.authorities.answers import About


class Refused(Exception):
    """The authority makes no certificate for an order, whatever is tried; the message says why."""


class Unreachable(Exception):
    """The authority cannot be asked now, or has not made up its mind; try again after `wait_s`."""

    def __init__(self, why: str, *, wait_s: float = 2.0) -> None:
        super().__init__(why)
        self.wait_s = wait_s


class Authority(Protocol):
    """Signs the certificates of stations."""

    name: str

    async def sign(self, order: SigningOrdered, now: datetime) -> CertificateIssued:
        """The certificate of an order. Raises Refused, Unreachable."""

    async def announce(self, now: datetime) -> AuthorityAnnounced:
        """The authority as it is now; a `problem` where it cannot sign."""

    def revocation_list(
        self, revoked: Iterable[CertificateRevoked], now: datetime, next_at: datetime
    ) -> RevocationListMade | None:
        """Its list of revoked certificates; None where others make it. Raises Outage where its key is away."""

    def ocsp_answer(self, about: About, now: datetime, next_at: datetime) -> OcspAnswerMade | None:
        """The answer of our responder about a certificate; None where others answer, or it is not of this authority. Raises Outage."""

    def asked_about(self, issued: CertificateIssued) -> tuple[About, ...]:
        """How our responder is asked about a certificate that this authority issued; nothing where others answer."""

    async def close(self) -> None:
        """Close what is open."""


class OthersTellRevocations:
    """What authorities that are not here have in common: their operators make their lists and OCSP answers."""

    def revocation_list(
        self, revoked: Iterable[CertificateRevoked], now: datetime, next_at: datetime
    ) -> RevocationListMade | None:
        """None: its operator makes it."""
        return None

    def ocsp_answer(self, about: About, now: datetime, next_at: datetime) -> OcspAnswerMade | None:
        """None: its operator's responder answers."""
        return None

    def asked_about(self, issued: CertificateIssued) -> tuple[About, ...]:
        """Nothing, for the same reason."""
        return ()


def request_of(order: SigningOrdered) -> x509.CertificateSigningRequest:
    """The request of an order, checked again: whoever can write to Kafka cannot have a certificate without its key. Raises Refused."""
    try:
        asked = read_csr(order.csr)
    except BadRequest as reason:
        raise Refused(f"The request cannot be signed: {reason}.") from reason
    if asked.common_name not in ("", order.common_name):
        raise Refused("The order is for another name than the request.")
    return load_csr(order.csr)


def certificate_of(
    order: SigningOrdered, leaf: x509.Certificate, issuers: list[x509.Certificate], *, authority: str, now: datetime
) -> CertificateIssued:
    """The record of a certificate that was made. Raises Refused where it is not for the order, or too long for a message."""
    names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    own = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if own != key_bytes(load_csr(order.csr)) or [one.value for one in names] != [order.common_name]:
        raise Refused("The authority made a certificate for another key or name.")
    if others := sorted(name for name in _alternatives(leaf) if name.casefold() != order.common_name.casefold()):
        raise Refused(
            f"The authority made a certificate that is also for {others[0]!r}, which is not the station's name."
        )
    chain = chains.served(leaf, issuers)
    if len(chain) > LONGEST_CHAIN:
        raise Refused(
            f"The certificate and its issuers have {len(chain)} characters, and a message holds {LONGEST_CHAIN}."
        )
    fingerprint = leaf.fingerprint(SHA256()).hex()
    return CertificateIssued(
        id=derived_id(order.id, "certificate-issued", fingerprint),
        station=order.station,
        order=order.id,
        authority=authority,
        chain=chain,
        serial_number=format(leaf.serial_number, "x"),
        fingerprint=fingerprint,
        subject=leaf.subject.rfc4514_string(),
        issuer=leaf.issuer.rfc4514_string(),
        valid_from=leaf.not_valid_before_utc,
        expires_at=leaf.not_valid_after_utc,
        issued_at=now,
    )


def _alternatives(leaf: x509.Certificate) -> list[str]:
    """The alternative names by which a gateway takes a certificate for a station's."""
    try:
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise Refused("The authority made a certificate whose extensions cannot be read.") from error
    return found.get_values_for_type(x509.DNSName) + found.get_values_for_type(x509.UniformResourceIdentifier)


def kind_of_key(certificate: x509.Certificate) -> str:
    """The kind of a certificate's key, for people (`EC 256`)."""
    key = certificate.public_key()
    return f"{'RSA' if isinstance(key, rsa.RSAPublicKey) else 'EC'} {getattr(key, 'key_size', '?')}"
