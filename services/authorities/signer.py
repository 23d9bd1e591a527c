"""Signer: the worker of `authorities`. It answers orders, announces the authorities, and makes their lists of revoked certificates."""

import asyncio
import contextlib
import datetime as dt
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from schemas.authorities import OCSP_ANSWERS, AuthorityAnnounced, OcspAnswerMade
from schemas.base import Record, derived_id
from schemas.codec import Decoder
from schemas.revocations import REF_REVOCATIONS, CertificateRevoked
from schemas.signing import CERTIFICATE_ORDERS, LONGEST_DETAIL, CertificateIssued, SigningFailed, SigningOrdered
from schemas.topic import Topic
from services.authorities import metrics
from services.authorities.port import Authority, Refused, Unreachable
from services.authorities.responding import AT_ONCE as ANSWERS_AT_ONCE
from services.authorities.responding import Responding, batched
from services.authorities.settings import AuthoritiesSettings
from services.runtime.bus.consumer import BatchConsumer, Records
from services.runtime.bus.producer import Publisher
from services.runtime.bus.readpositions import Mark
from services.runtime.bus.reference import CompactedView
from services.runtime.loop.intake import taken_in
from services.runtime.process.outage import RETRY_S, Outage

AT_ONCE = 16
"""Orders that are looked after at once; each takes as long as its authority, at most until it expires."""
REMEMBERED = 2_000
"""Certificates that were made lately: an order that is read again gets the same."""
LOOK_AGAIN_S = 300.0
GATHERED_S = 1.0
"""Revocations that come within this time make one list."""
ANNOUNCED_AGAIN = dt.timedelta(hours=6)

log = logging.getLogger("voltbus.services")

Clock = Callable[[], dt.datetime]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Signer:
    """The worker. Any number of these share the orders; each needs the same authorities."""

    name = "authorities"

    def __init__(
        self, authorities: Mapping[str, Authority], settings: AuthoritiesSettings, *, clock: Clock = _now
    ) -> None:
        self._authorities = authorities
        self._settings = settings
        self._clock = clock
        self._publisher = Publisher(settings, name=self.name)
        self._revoked = asyncio.Event()
        self._responding = Responding(authorities, hours=settings.ocsp_answer_hours)
        self._view = CompactedView(REF_REVOCATIONS, OCSP_ANSWERS, settings=settings, changed=self._note)
        self._orders = BatchConsumer(
            (CERTIFICATE_ORDERS.name,), self.name, self.handle, settings=settings, max_records=AT_ONCE, rest_ms=20
        )
        self._decoder = Decoder(CERTIFICATE_ORDERS)
        self._made: OrderedDict[str, CertificateIssued] = OrderedDict()
        self._announced: dict[str, AuthorityAnnounced] = {}
        self._lists: dict[str, dt.datetime] = {}
        self._pending = False

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set. Raises a bug."""
        if not self._authorities:
            await stop.wait()
            return
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._view.run(stop), name="authorities-reference")
                group.create_task(self._orders.run(stop), name="authorities-orders")
                group.create_task(self._keep(stop), name="authorities-lists")
        except ExceptionGroup as ended:
            raise ended.exceptions[0] from None  # the first one caused the others' cancellation
        finally:
            await self._publisher.stop()
            for authority in self._authorities.values():
                await authority.close()

    def not_ready(self) -> list[str]:
        """Why no order is answered now. An authority that cannot be asked is no reason: its orders fail, and metrics say so."""
        return [*self._orders.not_ready(), *self._view.not_ready()] if self._authorities else []

    # -- orders -------------------------------------------------------------------------------------------------------

    async def handle(self, records: Records) -> None:
        """Answer a batch of orders. Raises Outage: then the batch comes again."""
        orders = await taken_in(
            records, self._decoder, SigningOrdered, service=self.name, sender=self._publisher, clock=self._clock
        )
        await asyncio.gather(*(self._answer(order) for order in orders))

    async def _answer(self, order: SigningOrdered) -> None:
        result = await self.answered(order)
        first: list[Record] = []
        if isinstance(result, CertificateIssued) and order.id not in self._made:
            first += self._responding.first(result, self._clock())
        await self._publisher.publish(result, *first)
        if isinstance(result, CertificateIssued):
            self._made[order.id] = result
            while len(self._made) > REMEMBERED:
                self._made.popitem(last=False)

    async def answered(self, order: SigningOrdered) -> CertificateIssued | SigningFailed:
        """The certificate of an order; or the reason why there is none by the time that it expires."""
        if (made := self._made.get(order.id)) is not None:
            return made
        authority = self._authorities.get(order.authority)
        if authority is None:
            return self._failed(order, "refused", "The authority is not set up in the worker that has the orders.")
        why = "The order was read too late."
        while (now := self._clock()) < order.expires_at:
            started = time.monotonic()
            try:
                issued = await authority.sign(order, now)
            except Refused as refusal:
                return self._failed(order, "refused", str(refusal))
            except Unreachable as trouble:
                metrics.TROUBLE.labels(order.authority).inc()
                why = str(trouble)
                left_s = (order.expires_at - self._clock()).total_seconds()
                await asyncio.sleep(max(0.0, min(trouble.wait_s, left_s)))
                continue
            metrics.SECONDS.labels(order.authority).observe(time.monotonic() - started)
            metrics.SIGNED.labels(order.authority, "signed").inc()
            return issued
        return self._failed(order, "given-up", why)

    def _failed(self, order: SigningOrdered, outcome: str, why: str) -> SigningFailed:
        metrics.SIGNED.labels(order.authority, outcome).inc()
        return SigningFailed(
            id=derived_id(order.id, "signing-failed"),
            station=order.station,
            order=order.id,
            authority=order.authority,
            detail=why[:LONGEST_DETAIL],
            failed_at=self._clock(),
        )

    # -- authorities and lists ----------------------------------------------------------------------------------------

    async def _keep(self, stop: asyncio.Event) -> None:
        """Announce the authorities when they change, and make lists when certificates are revoked, or the last list is half old."""
        await _either(self._view.caught_up, stop, within_s=None)
        list_at = self._clock()
        while not stop.is_set():
            self._revoked.clear()
            self._count_lists()
            try:
                await self._announce()
                await self._answers()
                now = self._clock()
                if now >= list_at or self._pending:
                    await self._list(now)
                    self._pending = False
                    list_at = now + dt.timedelta(hours=self._settings.revocation_list_hours) / 2
                    self._count_lists()
            except Outage as why:
                log.warning("Announcements, lists of revoked certificates and OCSP answers wait: %s", why)
                await _either(stop, within_s=RETRY_S)
                continue
            await _either(self._revoked, stop, within_s=LOOK_AGAIN_S)
            if self._revoked.is_set():
                await _either(stop, within_s=GATHERED_S)

    async def _announce(self) -> None:
        for name, authority in self._authorities.items():
            now = self._clock()
            announced = await authority.announce(now)
            metrics.READY.labels(name).set(0 if announced.problem else 1)
            if announced.expires_at is not None:
                metrics.EXPIRES.labels(name).set((announced.expires_at - now).total_seconds())
            last = self._announced.get(name)
            same = last is not None and replace(last, announced_at=now) == announced
            if last is None or not same or now - last.announced_at > ANNOUNCED_AGAIN:
                await self._publisher.publish(announced)
                self._announced[name] = announced

    async def _list(self, now: dt.datetime) -> None:
        revoked = [one for one in self._view.all(REF_REVOCATIONS).values() if isinstance(one, CertificateRevoked)]
        next_at = now + dt.timedelta(hours=self._settings.revocation_list_hours)
        for name, authority in self._authorities.items():
            made = authority.revocation_list(revoked, now, next_at)
            if made is not None:
                await self._publisher.publish(made)
                self._lists[name] = made.next_at

    async def _answers(self) -> None:
        """Make OCSP answers again that are old or of certificates that were revoked, some at a time; forget those of expired ones."""
        held, revoked, now = self._view.all(OCSP_ANSWERS), self._view.all(REF_REVOCATIONS), self._clock()
        await self._publisher.send(self._responding.forgotten(held, now))
        for some in batched(self._responding.stale(held, revoked, now), ANSWERS_AT_ONCE):
            made = self._responding.renewed(some, revoked, now)
            await self._publisher.publish(*made)
            metrics.OCSP_ANSWERS.inc(len(made))
            await asyncio.sleep(0)
        ends = (each.next_at for each in held.values() if isinstance(each, OcspAnswerMade) and each.expires_at > now)
        metrics.OCSP_ANSWERS_END.set((min(ends, default=now + dt.timedelta(days=30)) - now).total_seconds())

    def _count_lists(self) -> None:
        now = self._clock()
        for name, ends_at in self._lists.items():
            metrics.LIST_ENDS.labels(name).set((ends_at - now).total_seconds())

    def _note(self, topic: Topic, key: str, record: Record | None, mark: Mark) -> None:
        if topic is OCSP_ANSWERS:
            return
        self._pending = True
        self._revoked.set()


async def _either(*events: asyncio.Event, within_s: float | None) -> None:
    """Wait until one of these is set, or for so long."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        for wait in waits:
            with contextlib.suppress(asyncio.CancelledError):
                await wait
