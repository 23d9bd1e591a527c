"""Built-in: an authority whose key this process holds, or a token; for operators without a public key infrastructure of their own."""

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from schemas.authorities import AuthorityAnnounced, OcspAnswerMade, RevocationListMade
from schemas.revocations import CertificateRevoked
from schemas.settings import BadSetting
from schemas.signing import CertificateIssued, SigningOrdered
from schemas.x509 import names_of
from services.authorities import chains
from services.authorities.answers import About, abouts, answer, issuer_key_hash
from services.authorities.config import BuiltIn, Pkcs11
from services.authorities.port import Refused, Unreachable, certificate_of, kind_of_key, request_of
from services.authorities.profiles import (
    SERIAL_BITS,
    Issuer,
    Key,
    authority_key,
    built,
    hash_for,
    padding_for,
)
from services.authorities.tokenkeys import TokenAway
from services.runtime.process.outage import Outage

Held = tuple[Key, Callable[[], None] | None]
"""A key, and what ends the session with the token that has it."""


class BuiltInAuthority:
    """Signs with a key of ours. Raises BadSetting where key and certificates do not fit."""

    def __init__(
        self, name: str, config: BuiltIn | Pkcs11, folder: Path, *, held: Held | None = None, ocsp_url: str = ""
    ) -> None:
        """`held`: the key of a token; without it the key is a file."""
        self.name = name
        self._config = config
        self._key, self._ends = held if held is not None else (_key_of(config, folder), None)
        self._own, *rest = certificates_in(folder / config.certificate)
        if config.root:
            rest += certificates_in(folder / config.root)
        self._above = chains.above(self._own, rest)
        if _public(self._key.public_key()) != _public(self._own.public_key()):
            raise BadSetting(
                f"authority {name}: the key {getattr(config, 'key', '')} is not that of the certificate {config.certificate}"
            )
        if not chains.is_authority(self._own):
            raise BadSetting(f"authority {name}: the certificate {config.certificate} may not sign others")
        self._issuer = Issuer(
            certificate=self._own,
            validity_days=config.validity_days,
            revocation_list_url=config.revocation_list_url,
            ocsp_url=config.ocsp_url or ocsp_url,
        )

    async def sign(self, order: SigningOrdered, now: datetime) -> CertificateIssued:
        """The certificate of an order, with a random serial number. Raises Refused."""
        request = request_of(order)
        if order.use not in self._config.uses:
            raise Refused(f"This authority signs no {order.use}.")
        if problem := self._problem(now):
            raise Refused(problem)
        serial_number = secrets.randbits(SERIAL_BITS) or 1
        builder = built(order, request, self._issuer, serial_number=serial_number, now=now)
        try:
            leaf = builder.sign(self._key, hash_for(self._key), rsa_padding=padding_for(self._key))
        except TokenAway as why:
            raise Unreachable(str(why)) from why
        return certificate_of(order, leaf, [self._own, *self._above], authority=self.name, now=now)

    async def announce(self, now: datetime) -> AuthorityAnnounced:
        """The authority as it is now."""
        own, root = self._own, [self._own, *self._above][-1]
        return AuthorityAnnounced(
            authority=self.name,
            kind="built-in" if isinstance(self._config, BuiltIn) else "pkcs11",
            uses=self._config.uses,
            subject=own.subject.rfc4514_string(),
            issuer=own.issuer.rfc4514_string(),
            serial_number=format(own.serial_number, "x"),
            fingerprint=own.fingerprint(SHA256()).hex(),
            key=kind_of_key(own),
            valid_from=own.not_valid_before_utc,
            expires_at=own.not_valid_after_utc,
            chain=chains.pem([own, *self._above]),
            roots=names_of(root) if chains.is_root(root) else (),
            validity_days=self._config.validity_days,
            problem=self._problem(now),
            announced_at=now,
        )

    def revocation_list(
        self, revoked: Iterable[CertificateRevoked], now: datetime, next_at: datetime
    ) -> RevocationListMade | None:
        """The certificates that it issued, that were revoked and have not expired (RFC 5280, 5)."""
        mine = self._own.subject.rfc4514_string()
        listed = [one for one in revoked if one.issuer == mine and one.expires_at > now]
        number = int(now.timestamp() * 1000)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._own.subject)
            .last_update(now)
            .next_update(next_at)
            .add_extension(x509.CRLNumber(number), critical=False)
            .add_extension(authority_key(self._own), critical=False)
        )
        for one in sorted(listed, key=lambda each: each.serial_number):
            builder = builder.add_revoked_certificate(_entry(one))
        try:
            signed = builder.sign(self._key, hash_for(self._key), rsa_padding=padding_for(self._key))
        except TokenAway as why:
            raise Outage(str(why)) from why
        return RevocationListMade(
            authority=self.name,
            number=number,
            der=signed.public_bytes(Encoding.DER),
            entries=len(listed),
            made_at=now,
            next_at=next_at,
        )

    def ocsp_answer(self, about: About, now: datetime, next_at: datetime) -> OcspAnswerMade | None:
        """The answer about a certificate; None where this authority has not issued it, or names no responder in its certificates."""
        if not self._issuer.ocsp_url or issuer_key_hash(self._own, about.algorithm) != about.issuer_key_hash:
            return None
        try:
            return answer(about, self._own, self._key, authority=self.name, now=now, next_at=next_at)
        except TokenAway as why:
            raise Outage(str(why)) from why

    def asked_about(self, issued: CertificateIssued) -> tuple[About, ...]:
        """How a certificate that it issued is asked for; nothing where it names no responder."""
        return abouts(issued, self._own) if self._issuer.ocsp_url else ()

    async def close(self) -> None:
        """Close the session with a token."""
        if self._ends is not None:
            self._ends()

    def _problem(self, now: datetime) -> str:
        if self._own.not_valid_after_utc <= now:
            return f"The certificate of the authority expired at {self._own.not_valid_after_utc:%Y-%m-%d %H:%M} UTC."
        if self._own.not_valid_before_utc > now:
            return (
                f"The certificate of the authority holds from {self._own.not_valid_before_utc:%Y-%m-%d %H:%M} UTC on."
            )
        return ""


def _entry(one: CertificateRevoked) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(int(one.serial_number, 16)).revocation_date(one.revoked_at)
    if one.reason != "unspecified":  # RFC 5280, 5.3.1: it is left out then
        builder = builder.add_extension(x509.CRLReason(x509.ReasonFlags(one.reason)), critical=False)
    return builder.build()


def _key_of(config: BuiltIn | Pkcs11, folder: Path) -> Key:
    if isinstance(config, Pkcs11):
        raise TypeError("the key of a token is opened by pkcs11token.hardware_key")
    return load_key(folder / config.key, folder / config.key_password_file if config.key_password_file else None)


def load_key(path: Path, password_file: Path | None) -> Key:
    """A key that signs, from a PEM file. Raises BadSetting."""
    try:
        password = password_file.read_bytes().strip() if password_file is not None else None
        key = load_pem_private_key(path.read_bytes(), password)
    except OSError as error:
        raise BadSetting(f"{error.filename} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadSetting(f"the key {path} cannot be used: {error}") from error
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise BadSetting(f"the key {path} is neither RSA nor of an elliptic curve")
    return key


def certificates_in(path: Path) -> list[x509.Certificate]:
    """The certificates of a PEM file. Raises BadSetting."""
    try:
        return chains.load(path.read_bytes())
    except OSError as error:
        raise BadSetting(f"{path} cannot be read: {error.strerror}") from error
    except chains.BadChain as error:
        raise BadSetting(f"{path} cannot be used: {error}") from error


def _public(key: object) -> bytes:
    data: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return data
