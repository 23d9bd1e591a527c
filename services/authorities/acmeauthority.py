"""ACME: an authority elsewhere, spoken with by Automatic Certificate Management Environment (RFC 8555, 7.4): order, finalize, certificate.

A station's name is no public host name, so that nobody can answer a challenge for it: the server has to have authorized our account for
these names before (7.1.3: an order whose authorizations are valid is ready).
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from acme import messages
from cryptography import x509
from cryptography.x509.oid import NameOID
from msgspec.structs import replace

from schemas.authorities import AuthorityAnnounced
from schemas.signing import CertificateIssued, SigningOrdered
from services.authorities import chains
from services.authorities.acmeclient import AcmeClient
from services.authorities.acmemessages import Authorization, Order, read, unproven
from services.authorities.announcing import announced
from services.authorities.config import Acme
from services.authorities.elsewhere import Answer, roots_in
from services.authorities.port import OthersTellRevocations, Refused, Unreachable, certificate_of, request_of

BEGUN = 1_000
"""So many orders are remembered that the server works on, to be looked after again."""

MOST_AUTHORIZATIONS = 5
FIRST_WAIT_S = 1.0
LONGEST_STEP_S = 10.0

Sleep = Callable[[float], Awaitable[None]]


class AcmeAuthority(OthersTellRevocations):
    """Has certificates made by an ACME server. Raises BadSetting for files that cannot be used."""

    def __init__(self, name: str, config: Acme, folder: Path, *, sleep: Sleep = asyncio.sleep) -> None:
        self.name = name
        self._config = config
        self._roots = roots_in(name, folder / config.roots)
        self._client = AcmeClient(name, config, folder)
        self._kind = messages.IdentifierType(config.identifier)
        self._sleep = sleep
        self._issuers: list[x509.Certificate] = []
        self._begun: OrderedDict[str, str] = OrderedDict()
        self._known = False

    async def sign(self, order: SigningOrdered, now: datetime) -> CertificateIssued:
        """The certificate of an order. Raises Refused, Unreachable; after Unreachable the same order at the server goes on."""
        request = request_of(order)
        if order.use not in self._config.uses:
            raise Refused(f"This authority signs no {order.use}.")
        try:
            done = await self._done(order, request)
            leaf, *others = _certificates(await self._client.ask(done))
            issued = self._checked(order, leaf, others, now)
        except Refused:
            self._begun.pop(order.id, None)
            raise
        self._begun.pop(order.id, None)
        return issued

    async def announce(self, now: datetime) -> AuthorityAnnounced:
        """The authority by its roots, and the issuers of the last certificate; with the reason where it has never been asked in vain."""
        told = announced(self.name, "acme", self._config.uses, [*self._issuers, *self._roots], now)
        try:
            await self._client.directory(anew=True)
            await self._client.account()
        except (Unreachable, Refused) as why:
            return told if self._known else replace(told, problem=str(why))
        self._known = True
        return told

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()

    # -- orders -------------------------------------------------------------------------------------------------------

    async def _done(self, order: SigningOrdered, request: x509.CertificateSigningRequest) -> str:
        """Where the certificate of the order is, when the server has made it (7.1.6). Raises Refused, Unreachable."""
        url, answer = await self._begin(order, request)
        finalized, waited_s, step_s = False, 0.0, FIRST_WAIT_S
        while True:
            found = read(answer.body, Order, "order")
            match found.status:
                case "valid" if found.certificate:
                    return found.certificate
                case "pending":
                    await self._authorized(found)
                case "ready" if not finalized:
                    finalized = True
                    answer = await self._client.ask(found.finalize, messages.CertificateRequest(csr=request))
                    continue
                case "ready" | "processing":
                    pass
                case _:
                    raise Refused(_ended(found))
            wait_s = answer.wait_s(step_s)
            if waited_s + wait_s > self._config.order_wait_s:
                raise Unreachable("The certificate authority has not decided yet.", wait_s=wait_s)
            await self._sleep(wait_s)
            waited_s, step_s = waited_s + wait_s, min(step_s * 2, LONGEST_STEP_S)
            answer = await self._client.ask(url)

    async def _begin(self, order: SigningOrdered, request: x509.CertificateSigningRequest) -> tuple[str, Answer]:
        """The order at the server: that which was begun, or a new one."""
        if (url := self._begun.get(order.id)) is not None:
            return url, await self._client.ask(url)
        name = messages.Identifier(typ=self._kind, value=_name(order, request))
        new = messages.NewOrder(identifiers=[name], profile=self._config.profile or None)
        url, answer = await self._client.ask_new((await self._client.directory()).new_order, new)
        self._begun[order.id] = url
        while len(self._begun) > BEGUN:
            self._begun.popitem(last=False)
        return url, answer

    async def _authorized(self, found: Order) -> None:
        """Raises Refused where an order waits for a proof that nobody gives."""
        for url in (found.authorizations or ())[:MOST_AUTHORIZATIONS]:
            authorization = read((await self._client.ask(url)).body, Authorization, "authorization")
            if why := unproven(authorization):
                raise Refused(why)

    def _checked(
        self, order: SigningOrdered, leaf: x509.Certificate, others: list[x509.Certificate], now: datetime
    ) -> CertificateIssued:
        try:
            issuers = chains.below(leaf, others, self._roots, now)
        except chains.BadChain as why:
            raise Refused(f"The certificate of the certificate authority cannot be used: {why}.") from why
        issued = certificate_of(order, leaf, issuers, authority=self.name, now=now)
        self._issuers = [one for one in issuers if one not in self._roots]
        return issued


def _ended(found: Order) -> str:
    if found.status == "valid":
        return "The certificate authority says that the order is valid, and names no certificate."
    why = f" {found.error.text}" if found.error is not None else ""
    return f"The order is {found.status} at the certificate authority.{why}"


def _name(order: SigningOrdered, request: x509.CertificateSigningRequest) -> str:
    """The only name of a request: a server compares the names of the order with all of the request (7.4). Raises Refused."""
    if not request.subject.get_attributes_for_oid(NameOID.COMMON_NAME):
        raise Refused(
            "The request has no common name, and an ACME server makes certificates for names of requests alone."
        )
    try:
        others = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return order.common_name
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise Refused("The extensions of the request cannot be read.") from error
    own = order.common_name.casefold()
    if any(not isinstance(one, x509.DNSName) or one.value.casefold() != own for one in others):
        raise Refused(
            "The request has other alternative names than its common name, as a station's must not (A00.FR.511)."
        )
    return order.common_name


def _certificates(answer: Answer) -> list[x509.Certificate]:
    try:
        return chains.load(answer.body)
    except chains.BadChain as error:
        raise Refused("The certificate authority answered what are no certificates in PEM.") from error
