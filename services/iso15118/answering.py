"""Answering: from a station's request to what it is answered, in time, and to the record of that."""

import asyncio
import base64
import binascii
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.base import Record, derived_id
from schemas.identityvault import NO_VAULT, Vault
from schemas.iso15118 import (
    CertificateStatusAsked,
    CertificateStatusDecided,
    ContractCertificateAsked,
    ContractCertificateDecided,
    Iso15118Answered,
    RequestKind,
    StatusCheck,
    StatusFound,
)
from services.iso15118 import metrics
from services.iso15118.asking import Statuses
from services.iso15118.contracts import Given, Waiting
from services.iso15118.opening import kept_text, opened, sealed
from services.iso15118.port import ISO_20, SCHEMA_VERSIONS, ContractPool, NoContract, PoolTrouble
from services.iso15118.statuses import Issuers, failed

IN_TIME = "Nothing was found out in time."
NO_POOL = "No contract pool is set up (contract_pool)."

Asked = CertificateStatusAsked | ContractCertificateAsked


class Answering:
    """Answers requests, each within `answer_s` after it arrived at the gateway. `issuers`: whose word counts besides the deployment's.

    `vault_read` is set once the vault of identities was read: EVs' messages are encrypted by it.
    """

    def __init__(
        self,
        statuses: Statuses,
        pool: ContractPool | None,
        *,
        answer_s: float,
        clock: Callable[[], datetime],
        issuers: Callable[[], Issuers] = Issuers,
        vault: Vault = NO_VAULT,
        vault_read: asyncio.Event | None = None,
    ) -> None:
        self._statuses = statuses
        self._pool = pool
        self._answer = timedelta(seconds=answer_s)
        self._clock = clock
        self._issuers = issuers
        self._vault = vault
        self._vault_read = vault_read
        self._waiting = Waiting()

    async def answered(self, asked: Asked) -> tuple[Record, Record]:
        """The decision for the gateway, and the record of it."""
        late = self._left_s(asked) <= 0
        decided: Record
        if isinstance(asked, CertificateStatusAsked):
            decided, record = await self._status(asked)
        else:
            decided, record = await self._contract(asked)
        now = self._clock()
        took_ms = max(0, int((now - asked.received_at).total_seconds() * 1000))
        metrics.REQUESTS.labels(record.kind, "late" if late else "accepted" if record.accepted else "failed").inc()
        metrics.SECONDS.labels(record.kind).observe(took_ms / 1000)
        return decided, replace(record, late=late, answered_at=now, took_ms=took_ms)

    async def close(self) -> None:
        """Close every connection."""
        await self._statuses.close()
        if self._pool is not None:
            await self._pool.close()

    def _left_s(self, asked: Asked) -> float:
        return (asked.received_at + self._answer - self._clock()).total_seconds()

    # -- the state of certificates ------------------------------------------------------------------------------------

    async def _status(self, asked: CertificateStatusAsked) -> tuple[CertificateStatusDecided, Iso15118Answered]:
        found = tuple(await asyncio.gather(*(self._found(asked, check) for check in asked.checks)))
        decided = CertificateStatusDecided(
            id=derived_id(asked.id, "decided"), station=asked.station, reply_to=asked.reply_to, found=found
        )
        accepted = all(each.status != "Failed" for each in found) if asked.chain else bool(found and found[0].ocsp)
        record = _record(asked, "chain-status" if asked.chain else "certificate-status")
        detail = "" if accepted else next((each.detail for each in found if each.detail), "")
        kept = tuple(replace(each, ocsp="") for each in found)
        return decided, replace(record, accepted=accepted, detail=detail, found=kept)

    async def _found(self, asked: CertificateStatusAsked, check: StatusCheck) -> StatusFound:
        try:
            async with asyncio.timeout(max(0.0, self._left_s(asked))):
                return await self._statuses.find(check, self._issuers())
        except TimeoutError:
            return failed(check, IN_TIME)

    # -- contracts ----------------------------------------------------------------------------------------------------

    async def _contract(self, asked: ContractCertificateAsked) -> tuple[ContractCertificateDecided, Iso15118Answered]:
        decided = ContractCertificateDecided(
            id=derived_id(asked.id, "decided"), station=asked.station, reply_to=asked.reply_to
        )
        request_size, said = len(asked.exi_request), ""
        try:
            await self._vault_is_read(asked)
            clear = opened(asked, self._vault)
            request_size = len(clear.exi_request)
            given = await self._given(clear)
            decided = replace(decided, exi_response=given.exi_response, remaining=given.remaining)
            decided = sealed(decided, self._vault, self._clock())
        except NoContract as why:
            decided, said = replace(decided, detail=str(why)), self._said(why)
        except PoolTrouble as why:
            metrics.POOL_FAILURES.inc()
            decided = replace(decided, exi_response="", detail=str(why))
        record = replace(
            _record(asked, "contract-certificate"),
            accepted=bool(decided.exi_response),
            detail=f"{decided.detail} {said}".strip(),
            schema_version=asked.schema_version,
            action=asked.action,
            request_size=request_size,
            response_size=decided.exi_size or len(decided.exi_response),
            remaining=decided.remaining,
        )
        return decided, record

    def _said(self, why: NoContract) -> str:
        """The pool's own words as they may be stored; none where they cannot be encrypted."""
        try:
            return kept_text(why.said, self._vault, self._clock())
        except PoolTrouble:
            return ""

    async def _vault_is_read(self, asked: ContractCertificateAsked) -> None:
        """Wait until the vault was read, after a start. Raises PoolTrouble."""
        if self._vault_read is None or self._vault_read.is_set():
            return
        try:
            async with asyncio.timeout(max(0.0, self._left_s(asked))):
                await self._vault_read.wait()
        except TimeoutError as error:
            raise PoolTrouble("The vault of identities is not read yet.") from error

    async def _given(self, asked: ContractCertificateAsked) -> Given:
        """Raises NoContract, PoolTrouble."""
        if self._pool is None:
            raise NoContract(NO_POOL)
        if why := unfit(asked):
            raise NoContract(why)
        if asked.schema_version == ISO_20:  # which knows no update (M02.FR.02)
            asked = replace(asked, action="Install")
        if (given := self._waiting.next(asked, self._clock())) is not None:
            return given
        try:
            async with asyncio.timeout(max(0.0, self._left_s(asked))):
                contracts = await self._pool.contracts(asked)
        except TimeoutError as error:
            raise PoolTrouble("The contract pool did not answer in time.") from error
        return self._waiting.first(asked, contracts, self._clock())


def unfit(asked: ContractCertificateAsked) -> str:
    """Why no pool is asked; empty where one is."""
    if asked.schema_version not in SCHEMA_VERSIONS:
        return f"No pool knows messages of {asked.schema_version!r}: {' and '.join(SCHEMA_VERSIONS)} are known."
    try:
        base64.b64decode(asked.exi_request, validate=True)
    except (binascii.Error, ValueError):
        return "exiRequest is not base64."
    return ""


def _record(asked: Asked, kind: RequestKind) -> Iso15118Answered:
    return Iso15118Answered(
        id=derived_id(asked.id, "answered"),
        request=asked.id,
        station=asked.station,
        kind=kind,
        accepted=False,
        asked_at=asked.received_at,
        answered_at=asked.received_at,
    )
