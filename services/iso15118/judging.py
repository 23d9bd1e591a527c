"""Judging: from a contract certificate that an EV showed to the request to authorize its token, in time (C07)."""

import asyncio
import base64
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec
from cryptography import x509
from msgspec.structs import replace

from schemas.authorization import AuthorizationRequested, ContractCertificate, ContractPresented, ContractVerdict
from schemas.base import Record, derived_id
from schemas.contracts import ContractRootTrusted
from schemas.emaids import same_contract
from schemas.identities import is_pseudonym
from schemas.identityvault import NO_VAULT, NoPeriodKey, Vault
from schemas.iso15118 import StatusCheck, StatusFound
from schemas.ocsp import BadAnswer, question_by_name, read_answer
from schemas.revocations import CertificateRevoked
from services.iso15118 import metrics
from services.iso15118.asking import Statuses
from services.iso15118.chains import Judged, judge
from services.iso15118.revocation import Unconfirmed, Wanted, of_chain, of_hashes, verdict

AUTHORITIES_MOST = 100
"""Authorities of chains that are remembered, so that answers about certificates of which only hashes are known can be checked."""

UNREADABLE = (
    "The chain cannot be read: somebody whom it names was erased, its month is over, or identities_key_file is not the"
    " gateways' one here."
)
NO_HASHES = "There is neither a chain nor a hash of a certificate."


UNREAD = ContractCertificate()
"""Stands for the certificate. A service of before verdicts refuses a token that comes with one, and does not know the verdict."""


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """What operators decided: below which roots contracts count, and which certificates are revoked."""

    roots: tuple[x509.Certificate, ...] = ()
    revoked: Mapping[str, Record] = {}

    def revokes(self, fingerprint: str) -> bool:
        """Whether an operator revoked the certificate with this SHA-256."""
        return isinstance(self.revoked.get(fingerprint), CertificateRevoked)


def roots_of(records: Iterable[Record]) -> tuple[x509.Certificate, ...]:
    """The certificates of the roots that are trusted."""
    return tuple(
        x509.load_pem_x509_certificate(each.certificate.encode())
        for each in records
        if isinstance(each, ContractRootTrusted)
    )


class Judging:
    """Judges contract certificates, each within `check_s` after it arrived at the gateway."""

    def __init__(
        self,
        statuses: Statuses,
        *,
        check_s: float,
        unconfirmed: Unconfirmed,
        clock: Callable[[], datetime],
        vault: Vault = NO_VAULT,
    ) -> None:
        self._statuses = statuses
        self._check = timedelta(seconds=check_s)
        self._unconfirmed: Unconfirmed = unconfirmed
        self._clock = clock
        self.vault = vault
        self._authorities: OrderedDict[x509.Certificate, None] = OrderedDict()

    async def requested(self, presented: ContractPresented, trust: Trust) -> AuthorizationRequested:
        """The request to authorize the token, with what was found out about its certificate."""
        found = await self._verdict(presented, trust)
        now = self._clock()
        metrics.CONTRACTS.labels(found.status).inc()
        metrics.CONTRACT_SECONDS.observe(max(0.0, (now - presented.received_at).total_seconds()))
        return AuthorizationRequested(
            id=derived_id(presented.id, "judged"),
            token=presented.token,
            id_token=presented.id_token,
            station=presented.station,
            deviations=presented.deviations,
            further=presented.further,
            reply_to=presented.reply_to,
            received_at=presented.received_at,
            purpose="authorize",
            certificate=UNREAD,
            contract=found,
        )

    async def _verdict(self, presented: ContractPresented, trust: Trust) -> ContractVerdict:
        certificate = presented.certificate
        if not certificate.chain:
            if not certificate.hashes:
                return ContractVerdict(status="NoCertificateAvailable", detail=NO_HASHES)
            wanted = of_hashes(certificate.hashes, (*trust.roots, *self._authorities))
            return await self._asked(None, wanted, presented, trust)
        chain = self.vault.opened(certificate.chain)
        if chain is None:
            return ContractVerdict(status="CertChainError", detail=UNREADABLE)
        is_its_name = partial(self._names, presented)
        judged = judge(chain, is_its_name, trust.roots, presented.received_at)
        if judged.status != "Accepted":
            return ContractVerdict(status=judged.status, detail=judged.detail)
        self._remember(link.issuer for link in judged.links)
        return await self._asked(judged, of_chain(judged.links, certificate.hashes), presented, trust)

    def _remember(self, authorities: Iterable[x509.Certificate]) -> None:
        for each in authorities:
            self._authorities[each] = None
            self._authorities.move_to_end(each)
        while len(self._authorities) > AUTHORITIES_MOST:
            self._authorities.popitem(last=False)

    def _names(self, presented: ContractPresented, common_name: str) -> bool:
        """Whether the common name of a certificate is the token that came with it, or stands behind its pseudonym."""
        token = presented.id_token.value
        if not is_pseudonym(token):
            return same_contract(common_name, token)
        if token in self.vault.identities_of(common_name, "token"):
            return True
        try:
            return self.vault.pseudonym(common_name, "token", self.vault.period_at(presented.received_at)) == token
        except NoPeriodKey:
            return False

    async def _asked(
        self, judged: Judged | None, wanted: Sequence[Wanted], presented: ContractPresented, trust: Trust
    ) -> ContractVerdict:
        """The verdict after responders and lists were asked about all certificates at once."""
        until = presented.received_at + self._check
        statuses = await asyncio.gather(*(self._status(each, trust, until) for each in wanted))
        return verdict(judged, zip(wanted, statuses, strict=True), unconfirmed=self._unconfirmed)

    async def _status(self, wanted: Wanted, trust: Trust, until: datetime) -> StatusFound | None:
        if wanted.fingerprint and trust.revokes(wanted.fingerprint):
            return StatusFound(source="CRL", name=wanted.name, status="Revoked")
        last: StatusFound | None = None
        try:
            async with asyncio.timeout(max(0.0, (until - self._clock()).total_seconds())):
                for check in wanted.checks:
                    last = suspected(check, await self._statuses.find(check, wanted.issuers), self._clock())
                    if last.status in ("Good", "Revoked"):
                        return last
        except TimeoutError:
            return last
        return last


def suspected(check: StatusCheck, found: StatusFound, now: datetime) -> StatusFound:
    """The same, but revoked where a responder says so whose signature cannot be checked: to refuse is the safe side."""
    if found.status != "Failed" or not found.ocsp:
        return found
    try:
        answer = read_answer(base64.b64decode(found.ocsp), question_by_name(check.name), None, now)
    except BadAnswer:
        return found
    return replace(found, status="Revoked") if answer.status == "revoked" else found
