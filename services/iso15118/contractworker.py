"""Contract worker: reads tokens that came with a contract certificate, and asks to authorize them with what is to be said of it.

Each is judged beside the others, so that a responder that hangs delays its own contracts alone. What is under way is committed already: a
crash loses it, and its station gets the gateway's fallback, as it does for everything that takes too long.
"""

import asyncio
import logging

from cryptography import x509

from schemas.authorities import AUTHORITIES, AuthorityAnnounced
from schemas.authorization import CONTRACTS, ContractPresented
from schemas.base import Record
from schemas.codec import Decoder
from schemas.contracts import REF_CONTRACT_ROOTS
from schemas.identities import REF_IDENTITIES
from schemas.revocations import REF_REVOCATIONS
from schemas.topic import Topic
from services.iso15118.judging import Judging, Trust, roots_of
from services.iso15118.settings import Iso15118Settings
from services.iso15118.statuses import Issuers
from services.iso15118.worker import Clock, utc_now
from services.runtime.bus.consumer import BatchConsumer, Records
from services.runtime.bus.producer import Publisher
from services.runtime.bus.readpositions import Mark
from services.runtime.bus.reference import CompactedView
from services.runtime.loop.intake import taken_in
from services.runtime.process import metrics as process_metrics
from services.runtime.process.outage import Outage

log = logging.getLogger("voltbus.services")

AT_ONCE = 256
"""Contracts that are judged at once; more wait on the topic, as long as one may take at most."""

ROOTS_WITHIN_S = 10.0
"""So long a contract waits for the roots to be read, after a start; by then its station has an answer."""


class ContractWorker:
    """The worker. Any number of these share the contracts."""

    name = "iso15118-contracts"

    def __init__(self, judging: Judging, settings: Iso15118Settings, *, clock: Clock = utc_now) -> None:
        self._judging = judging
        self._clock = clock
        self._publisher = Publisher(settings, name=self.name)
        followed = (
            REF_CONTRACT_ROOTS,
            REF_REVOCATIONS,
            AUTHORITIES,
            *((REF_IDENTITIES,) if judging.vault.is_on else ()),
        )
        self._view = CompactedView(*followed, settings=settings, changed=self._note)
        self._decoder = Decoder(CONTRACTS)
        self._trust: Trust | None = None
        self._issuers: Issuers | None = None
        self._contracts = BatchConsumer(
            (CONTRACTS.name,), self.name, self.handle, settings=settings, max_records=AT_ONCE, rest_ms=20
        )
        self._room = asyncio.Semaphore(AT_ONCE)
        self._group: asyncio.TaskGroup | None = None

    @property
    def caught_up(self) -> asyncio.Event:
        """Set once roots, revocations and the vault were read."""
        return self._view.caught_up

    async def run(self, stop: asyncio.Event) -> None:
        """Judge until `stop` is set. Raises a bug."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                group.create_task(self._view.run(stop), name=f"{self.name}-reference")
                group.create_task(self._contracts.run(stop), name=f"{self.name}-contracts")
        except ExceptionGroup as ended:
            raise ended.exceptions[0] from None  # the first one caused the others' cancellation
        finally:
            await self._publisher.stop()

    def not_ready(self) -> list[str]:
        """Why no contract is judged now."""
        return [*self._contracts.not_ready(), *self._view.not_ready()]

    async def handle(self, records: Records) -> None:
        """Begin to judge a batch, each as soon as there is room. Raises Outage where a dead letter cannot be sent: then it comes again."""
        assert self._group is not None, "the worker runs"
        contracts = await taken_in(
            records, self._decoder, ContractPresented, service=self.name, sender=self._publisher, clock=self._clock
        )
        for presented in contracts:
            await self._room.acquire()
            task = self._group.create_task(self._judge(presented))
            task.add_done_callback(lambda _: self._room.release())

    def issuers(self) -> Issuers:
        """Whose word about certificates counts: authorities that sign here, roots that are trusted, and whom the hash data itself names."""
        if self._issuers is None:
            announced = self._view.all(AUTHORITIES).values()
            chains = (each.chain for each in announced if isinstance(each, AuthorityAnnounced) and each.chain)
            own = (one for chain in chains for one in x509.load_pem_x509_certificates(chain.encode()))
            self._issuers = Issuers((*roots_of(self._view.all(REF_CONTRACT_ROOTS).values()), *own), named=True)
        return self._issuers

    async def _judge(self, presented: ContractPresented) -> None:
        try:
            async with asyncio.timeout(ROOTS_WITHIN_S):
                await self._view.caught_up.wait()
            await self._publisher.publish(await self._judging.requested(presented, self._trusted()))
        except (TimeoutError, Outage) as error:
            process_metrics.OUTAGES.labels(self.name, "kafka").inc()
            why = str(error) or "the trusted roots are not read yet"
            log.warning("A contract that station %s asked about gets no decision: %s", presented.station, why)

    def _trusted(self) -> Trust:
        """What operators decided, as it is now."""
        if self._trust is None:
            roots = roots_of(self._view.all(REF_CONTRACT_ROOTS).values())
            self._trust = Trust(roots=roots, revoked=self._view.all(REF_REVOCATIONS))
        return self._trust

    def _note(self, topic: Topic, _key: str, record: Record | None, _mark: Mark) -> None:
        """Take in a change. Raises WrongKey for a vault of another key: the worker ends with what to do."""
        if topic in (REF_CONTRACT_ROOTS, AUTHORITIES):
            self._trust = self._issuers = None
        elif topic is REF_IDENTITIES and record is not None:
            self._judging.vault.apply(record)
