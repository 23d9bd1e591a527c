"""EST: an authority elsewhere, spoken with by Enrollment over Secure Transport (RFC 7030: cacerts, simpleenroll).

We are a registration authority: stations prove their keys by the signature of their requests, and we are known to the server by a client
certificate or a password. A renewal is a new enrolment, for simplereenroll is for the holder of the old key (RFC 7030, 4.2.2).
"""

import base64
import binascii
import ssl
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates
from msgspec.structs import replace

from schemas.authorities import AuthorityAnnounced
from schemas.settings import BadSetting
from schemas.signing import CertificateIssued, SigningOrdered
from services.authorities import chains
from services.authorities.announcing import announced
from services.authorities.config import Est
from services.authorities.elsewhere import Answer, Elsewhere, roots_in, text_of, tls_to
from services.authorities.port import OthersTellRevocations, Refused, Unreachable, certificate_of, request_of


class EstAuthority(OthersTellRevocations):
    """Has certificates made by an EST server. Raises BadSetting for files that cannot be used."""

    def __init__(self, name: str, config: Est, folder: Path) -> None:
        self.name = name
        self._config = config
        self._headers = _authorization(config, folder)
        self._roots = roots_in(name, folder / (config.roots or config.trust))
        self._server = Elsewhere(_tls(name, config, folder), timeout_s=config.timeout_s)
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
        if not chains.above(leaf, [*others, *self._known]):  # it has another issuing certificate now
            self._known = await self._authorities()
        try:
            issuers = chains.below(leaf, [*others, *self._known], self._roots, now)
        except chains.BadChain as why:
            raise Refused(
                f"The certificate of the certificate authority cannot be used: {why} (cacerts, and the roots of"
                f" {self._config.roots or self._config.trust})."
            ) from why
        return certificate_of(order, leaf, issuers, authority=self.name, now=now)

    async def announce(self, now: datetime) -> AuthorityAnnounced:
        """The authority as its server names it; with the reason where that cannot be asked."""
        try:
            self._known = await self._authorities()
        except (Unreachable, Refused) as why:
            if not self._known:
                return replace(announced(self.name, "est", self._config.uses, (), now), problem=str(why))
        return announced(self.name, "est", self._config.uses, self._known, now)

    async def close(self) -> None:
        """Close every connection."""
        await self._server.close()

    async def _authorities(self) -> list[x509.Certificate]:
        """What the server names, as far as it is below our roots: others have no say here. Raises Refused, Unreachable."""
        named = _certificates(await self._ask("GET", "cacerts"))
        known = [*self._roots, *named]
        found = [
            one
            for one in named
            if one in self._roots or chains.above(one, known)[-1:] in [[root] for root in self._roots]
        ]
        if not found:
            raise Refused(
                "The certificate authority names none below the roots that are trusted here (cacerts, roots)."
            )
        return found

    async def _ask(self, method: str, what: str, body: bytes = b"") -> bytes:
        """The answer to a request. Raises Refused, Unreachable."""
        headers = dict(self._headers)
        if body:
            headers |= {"Content-Type": "application/pkcs10", "Content-Transfer-Encoding": "base64"}
        url = f"{self._config.url.rstrip('/')}/{what}"
        return _read(await self._server.ask(method, url, headers.items(), body))


def _read(answer: Answer) -> bytes:
    """The body of an answer that has what was asked for. Raises Refused, Unreachable (RFC 7030, 4.2.3)."""
    if answer.status == HTTPStatus.OK:
        return answer.body
    if answer.status in (HTTPStatus.ACCEPTED, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        raise Unreachable("The certificate authority has not decided yet.", wait_s=answer.wait_s(2.0))
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unreachable(f"The certificate authority answered {answer.shown}.")
    raise Refused(f"The certificate authority answered {answer.shown}.")


def _certificates(body: bytes) -> list[x509.Certificate]:
    """The certificates of a certs-only answer in base64 (RFC 7030, 4.1.3). Raises Refused."""
    try:
        return load_der_pkcs7_certificates(base64.b64decode(body))
    except (ValueError, binascii.Error, UnsupportedAlgorithm) as error:
        raise Refused("The certificate authority answered what are no certificates (PKCS #7).") from error


def _tls(name: str, config: Est, folder: Path) -> ssl.SSLContext:
    """TLS to the server: it is trusted by the roots of the file alone (RFC 7030, 3.6.1)."""
    context = tls_to(name, folder / config.trust)
    if config.client_certificate:
        password = text_of(folder / config.client_key_password_file) if config.client_key_password_file else ""
        try:
            context.load_cert_chain(folder / config.client_certificate, folder / config.client_key, password)
        except (OSError, ValueError) as error:
            raise BadSetting(f"authority {name}: its certificates cannot be used: {error}") from error
    return context


def _authorization(config: Est, folder: Path) -> dict[str, str]:
    if not config.user:
        return {}
    password = text_of(folder / config.password_file) if config.password_file else ""
    return {"Authorization": "Basic " + base64.b64encode(f"{config.user}:{password}".encode()).decode()}
