"""Fakes of the ports, shipped beside them: a world in memory for tests of the API and of the console."""

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping

import msgspec

from schemas.audit import AuditRecorded
from schemas.base import Record
from schemas.commands import CommandRequested, CommandSettled
from schemas.provisioning import ChangeProposed, ChangeSettled, ProvisioningState
from schemas.reports import ReportChanged
from schemas.routing import route
from schemas.topic import Topic
from services.api.audit.fakes import FakeAudit
from services.api.audit.writing import AuditLog
from services.api.batteries.fakes import FakeBatteries
from services.api.boottemplates.fakes import FakeBoots
from services.api.cdrs.fakes import FakeCdrs
from services.api.certificates.fakes import FakeCertificates
from services.api.chargingprofiles.fakes import FakeProfiles
from services.api.commands.fakes import FakeCommands
from services.api.config import Config
from services.api.conversations.fakes import FakeConversations
from services.api.demandresponse.fakes import FakeDemandResponse
from services.api.der.fakes import FakeDER
from services.api.devicemodel.fakes import FakeVariables
from services.api.diagnostics.fakes import FakeFiles, FakeLogs
from services.api.displays.fakes import FakeDisplays
from services.api.energy.fakes import FakeEnergy
from services.api.firmware.fakes import FakeFirmware
from services.api.identities.keeping import no_keeper
from services.api.inbox.fakes import FakeInbox
from services.api.iso15118.fakes import FakeIso15118
from services.api.live.hub import Hub
from services.api.live.memory import CommandMemory
from services.api.live.proposals import Proposals
from services.api.locallists.fakes import FakeLocalLists
from services.api.monitoring.fakes import FakeMonitoring
from services.api.overview.fakes import FakeOverview
from services.api.payments.fakes import FakePayments
from services.api.ports import Ports
from services.api.reports.fakes import FakeReports
from services.api.reports.waits import ReportMemory
from services.api.reservations.fakes import FakeReservations
from services.api.security.fakes import FakeSecurity
from services.api.securityoperations.fakes import FakeSecurityOperations
from services.api.sessionlimits.fakes import FakeSessionLimits
from services.api.sessions.fakes import FakeSessions
from services.api.signing.fakes import FakeSigning
from services.api.stations.fakes import FakeStations
from services.api.stationtariffs.fakes import FakeStationTariffs
from services.api.tokens.fakes import FakeTokens
from services.api.vendors.fakes import FakeVendors
from services.api.web.oidc import Web
from services.api.webhooks.fakes import FakeWebhooks
from services.provisioning.core import step as settle
from services.reports.asking import asked_in
from services.runtime.process.outage import Outage

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
KEY = "an-operator-key-of-tests"
SETTLED_WITHIN_S = 5.0


class FakeBus:
    """Kafka, the views that read it back and the services behind it: what is published is there at once.

    `settles`: the outcome that every command gets as soon as it is asked for; None: it stays pending. A report that an accepted one
    asks for is whole then, unless something else is known of it. `away`: every
    publication is an outage; `audit_away`: those of the audit log are, whose entries are in `audited`.
    `applies`: what services make of each record. `comes`: what is on Kafka and was not read here yet.
    """

    def __init__(self, memory: CommandMemory, reports: ReportMemory) -> None:
        self.published: list[Record] = []
        self.away = False
        self.audited: list[AuditRecorded] = []
        self.audit_away = False
        self.may_have_left = True
        self.settles: CommandSettled | None = None
        self.applies: Callable[[Record], None] = lambda _: None
        self.comes: list[Record] = []
        self.listening: list[Proposals] = []
        self._changes: dict[str, ProvisioningState] = {}
        self._memory = memory
        self._reports = reports
        self._newest: defaultdict[str, dict[str, Record]] = defaultdict(dict)

    async def publish(self, *records: Record) -> None:
        """Keep the records; settle commands."""
        if records and all(isinstance(record, AuditRecorded) for record in records):
            self._audit(records)
            return
        if self.away:
            raise Outage("Kafka does not answer", may_have_left=self.may_have_left)
        for record in records:
            if isinstance(record, ChangeProposed):
                self._settle(record)
                continue
            self.published.append(record)
            self.applies(record)
            routed = route(record)
            self._newest[routed.topic][routed.key.decode()] = record
            if self.settles is not None and isinstance(record, CommandRequested):
                settled = msgspec.structs.replace(self.settles, command_id=record.id, station=record.station)
                self._memory.settled(settled)
                self._report(record)

    def _audit(self, entries: tuple[Record, ...]) -> None:
        if self.audit_away:
            raise Outage("Kafka does not answer")
        self.audited += [entry for entry in entries if isinstance(entry, AuditRecorded)]

    def _report(self, request: CommandRequested) -> None:
        asked = asked_in(request)
        if asked is None or self._reports.find(request.id) is not None:
            return
        whole = ReportChanged(
            id=request.id,
            report=request.id,
            station=request.station,
            revision=1,
            message=asked.message,
            request_id=asked.request_id,
            status="whole",
            requested_at=request.requested_at,
            changed_at=request.requested_at,
        )
        self._reports.changed(whole)

    def _settle(self, proposal: ChangeProposed) -> None:
        """Decide as the service does: publish what is accepted, and pass the answer to every API on this bus."""
        state = self._changes.get(proposal.key, ProvisioningState())
        self._changes[proposal.key], outputs = settle(state, proposal, references=self._newest)
        for output in outputs:
            if isinstance(output, ChangeSettled):
                for proposals in self.listening:
                    proposals.heard(output)
            else:
                self.published.append(output)
                self.hold(output)

    def hold(self, record: Record) -> None:
        """Have a record in a compacted topic, as a service would have put it there."""
        routed = route(record)
        self._newest[routed.topic][routed.key.decode()] = record

    def get(self, topic: Topic, key: str) -> Record | None:
        """The newest record of a key."""
        return self._newest[topic.name].get(key)

    def all(self, topic: Topic) -> Mapping[str, Record]:
        """Every key with its newest record."""
        return self._newest[topic.name]

    async def caught_up(self) -> bool:
        """What is published is read, and so is what services say as soon as somebody waits for it (`comes`)."""
        for record in self.comes:
            self.hold(record)
        self.comes.clear()
        return True

    async def read_back(self, record: Record) -> bool:
        """What was published is there."""
        return record in self.published


class FakeReads(
    FakeOverview,
    FakeStations,
    FakeSessions,
    FakeSessionLimits,
    FakeCommands,
    FakeCdrs,
    FakeFirmware,
    FakeInbox,
    FakeTokens,
    FakeReservations,
    FakeVariables,
    FakeMonitoring,
    FakeSecurity,
    FakeSecurityOperations,
    FakeCertificates,
    FakeIso15118,
    FakeSigning,
    FakeDER,
    FakeDemandResponse,
    FakeBatteries,
    FakeReports,
    FakeLocalLists,
    FakeLogs,
    FakeDisplays,
    FakeProfiles,
    FakeEnergy,
    FakeBoots,
    FakeConversations,
    FakeStationTariffs,
    FakePayments,
    FakeWebhooks,
    FakeVendors,
    FakeAudit,
):
    """ClickHouse with a few rows: the fakes of each noun."""


class FakeOutside:
    """No OpenID provider is there."""

    async def get(self, url: str) -> bytes:
        """Nothing answers."""
        raise Outage(f"nothing answers at {url}")

    async def post(self, url: str, form: Mapping[str, str]) -> bytes:
        """Nothing answers."""
        raise Outage(f"nothing answers at {url}")


class World:
    """Everything around the API, in memory. `now` is moved by hand; ids count up."""

    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config(key=KEY, password_cost=4)
        self.now = NOON
        self.reasons: list[str] = []
        self.reads = FakeReads()
        self.memory = CommandMemory(
            recent_limit=self.config.recent_commands, waiting_limit=self.config.waiting_commands
        )
        self.reports = ReportMemory(
            recent_limit=self.config.recent_commands, waiting_limit=self.config.waiting_commands
        )
        self.bus = FakeBus(self.memory, self.reports)
        self.reads.audit_rows = self.bus.audited
        self.files = FakeFiles()
        self.outside: Web = FakeOutside()
        self.identities = no_keeper()
        self.hub = Hub(clients_limit=self.config.sse_clients, queue_limit=self.config.sse_queue)
        self._ids = itertools.count(1)
        self._writers = itertools.count(1)

    def new_id(self) -> str:
        """The next id."""
        return f"{next(self._ids):032x}"

    def ports(self) -> Ports:
        """The ports onto this world: those of one more process of the API."""
        proposals = Proposals(self.bus, clock=lambda: self.now, new_id=self.new_id, within_s=SETTLED_WITHIN_S)
        self.bus.listening.append(proposals)
        return Ports(
            config=self.config,
            reads=self.reads,
            publisher=self.bus,
            proposals=proposals,
            reference=self.bus,
            commands=self.memory,
            reports=self.reports,
            files=self.files,
            hub=self.hub,
            clock=lambda: self.now,
            new_id=self.new_id,
            outside=self.outside,
            audit=AuditLog(self.bus, writer=f"api-{next(self._writers)}", clock=lambda: self.now),
            pricing=self.bus,
            reads_within=lambda _scope, _holds: self.reads,
            not_ready=lambda: self.reasons,
            identities=self.identities,
        )
