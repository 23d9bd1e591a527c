"""EST: an authority elsewhere, spoken with by Enrollment over Secure Transport (RFC 7030: cacerts, simpleenroll).

We are a registration authority: stations prove their keys by the signature of their requests, and we are known to the server by a client
certificate or a password. A renewal is a new enrolment, for simplereenroll is for the holder of the old key (RFC 7030, 4.2.2).
"""

import asyncio
import base64
import binascii
import ssl
from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

import httpcore
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates

from schemas.authorities import AuthorityAnnounced, OcspAnswerMade, RevocationListMade
from schemas.revocations import CertificateRevoked
from schemas.settings import BadSetting
from schemas.signing import CertificateIssued, SigningOrdered
from schemas.x509 import names_of
from services.authorities import chains
from services.authorities.answers import About
from services.authorities.config import Est
from services.authorities.port import Refused, Unreachable, certificate_of, kind_of_key, request_of

LARGEST_ANSWER_BYTES = 262_144
LONGEST_WAIT_S = 60.0
SHOWN = 200


class EstAuthority:
    """Has certificates made by an EST server. Raises BadSetting for files that cannot be used."""

    def __init__(self, name: str, config: Est, folder: Path) -> None:
        self.name = name
        self._config = config
        self._headers = _authorization(config, folder)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_tls(name, config, folder), max_connections=4, keepalive_expiry=30.0
        )
        self._known: list[x509.Certificate] = []

    async def sign(self, order: SigningOrdered, now: datetime) -> CertificateIssued:
        """The certificate of an order. Raises Refused, Unreachable."""
        request = request_of(order)
        if order.use not in self._config.uses:
            raise Refused(f"This authority signs no {order.use}.")
        if not self._known:
            self._known = await self._authorities()
        body = base64.encodebytes(request.public_bytes(Encoding.DER))
        made = _certificates(await self._ask("POST", "simpleenroll", body))
        if not made:
            raise Refused("The certificate authority answered without a certificate.")
        leaf, *others = made
        issuers = chains.above(leaf, [*others, *self._known])
        if not issuers:  # it has another issuing certificate now
            self._known = await self._authorities()
            issuers = chains.above(leaf, [*others, *self._known])
        if not issuers:
            raise Refused("The certificate is not signed by an authority that the server names (cacerts).")
        return certificate_of(order, leaf, issuers, authority=self.name, now=now)

    async def announce(self, now: datetime) -> AuthorityAnnounced:
        """The authority as its server names it; with the reason where that cannot be asked."""
        plain = AuthorityAnnounced(authority=self.name, kind="est", uses=self._config.uses, announced_at=now)
        try:
            self._known = await self._authorities()
        except (Unreachable, Refused) as why:
            if not self._known:
                return AuthorityAnnounced(
                    authority=self.name, kind="est", uses=self._config.uses, problem=str(why), announced_at=now
                )
        issuers = sorted(
            (one for one in self._known if not chains.is_root(one)), key=lambda one: one.not_valid_after_utc
        )
        first = next(iter(issuers or self._known), None)
        if first is None:
            return plain
        roots = [one for one in self._known if chains.is_root(one)]
        return AuthorityAnnounced(
            authority=self.name,
            kind="est",
            uses=self._config.uses,
            subject=first.subject.rfc4514_string(),
            issuer=first.issuer.rfc4514_string(),
            serial_number=format(first.serial_number, "x"),
            key=kind_of_key(first),
            valid_from=first.not_valid_before_utc,
            expires_at=first.not_valid_after_utc,
            chain=chains.pem(self._known),
            roots=tuple(name for root in roots for name in names_of(root)),
            announced_at=now,
        )

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

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.aclose()

    async def _authorities(self) -> list[x509.Certificate]:
        return _certificates(await self._ask("GET", "cacerts"))

    async def _ask(self, method: str, what: str, body: bytes = b"") -> bytes:
        """The answer to a request. Raises Refused, Unreachable."""
        headers = dict(self._headers)
        if body:
            headers |= {"Content-Type": "application/pkcs10", "Content-Transfer-Encoding": "base64"}
        url = f"{self._config.url.rstrip('/')}/{what}"
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), self._config.timeout_s)
        try:
            async with asyncio.timeout(self._config.timeout_s):
                async with self._pool.stream(
                    method, url, headers=list(headers.items()), content=body, extensions={"timeout": timeout}
                ) as answer:
                    return _read(answer.status, answer.headers, await _body(answer))
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise Unreachable(
                f"The certificate authority gave no answer within {self._config.timeout_s:g} s."
            ) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise Unreachable(
                f"The certificate authority cannot be reached: {error or type(error).__name__}."
            ) from error


async def _body(answer: httpcore.Response) -> bytes:
    found = b""
    async for chunk in answer.aiter_stream():
        found += chunk
        if len(found) > LARGEST_ANSWER_BYTES:
            raise Refused(f"The certificate authority answered more than {LARGEST_ANSWER_BYTES} bytes.")
    return found


def _read(status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> bytes:
    """The body of an answer that has what was asked for. Raises Refused, Unreachable (RFC 7030, 4.2.3)."""
    if status == HTTPStatus.OK:
        return body
    if status == HTTPStatus.ACCEPTED or status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        wait = next((value for name, value in headers if name.lower() == b"retry-after"), b"")
        wait_s = float(wait) if wait.isdigit() else 2.0
        raise Unreachable(
            "The certificate authority has not decided yet.", wait_s=min(max(wait_s, 1.0), LONGEST_WAIT_S)
        )
    said = body[:SHOWN].decode(errors="replace").strip()
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unreachable(f"The certificate authority answered {status}{f': {said}' if said else ''}.")
    raise Refused(f"The certificate authority answered {status}{f': {said}' if said else ''}.")


def _certificates(body: bytes) -> list[x509.Certificate]:
    """The certificates of a certs-only answer in base64 (RFC 7030, 4.1.3). Raises Refused."""
    try:
        return load_der_pkcs7_certificates(base64.b64decode(body))
    except (ValueError, binascii.Error, UnsupportedAlgorithm) as error:
        raise Refused("The certificate authority answered what are no certificates (PKCS #7).") from error


def _tls(name: str, config: Est, folder: Path) -> ssl.SSLContext:
    """TLS to the server: it is trusted by the roots of the file alone (RFC 7030, 3.6.1)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(folder / config.trust)
        if config.client_certificate:
            password = _text(folder / config.client_key_password_file) if config.client_key_password_file else None
            context.load_cert_chain(folder / config.client_certificate, folder / config.client_key, password or "")
    except (OSError, ValueError) as error:
        raise BadSetting(f"authority {name}: its certificates cannot be used: {error}") from error
    return context


def _authorization(config: Est, folder: Path) -> dict[str, str]:
    if not config.user:
        return {}
    password = _text(folder / config.password_file) if config.password_file else ""
    return {"Authorization": "Basic " + base64.b64encode(f"{config.user}:{password}".encode()).decode()}


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        raise BadSetting(f"{path} cannot be read: {error.strerror}") from error
