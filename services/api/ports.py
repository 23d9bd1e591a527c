"""Ports: what the HTTP modules need of the world, small enough to be faked (`services.api.fakes`)."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from schemas.base import Record
from schemas.operators import Scope
from schemas.topic import Topic
from services.api.audit.reads import AuditReads
from services.api.audit.writing import AuditLog
from services.api.batteries.reads import BatteryReads
from services.api.boottemplates.reads import BootReads
from services.api.cdrs.reads import CdrReads
from services.api.certificates.reads import CertificateReads
from services.api.chargingprofiles.reads import ProfileReads
from services.api.commands.reads import CommandReads
from services.api.config import Config
from services.api.conversations.reads import ConversationReads
from services.api.demandresponse.reads import DemandReads
from services.api.der.reads import DERReads
from services.api.devicemodel.reads import VariableReads
from services.api.diagnostics.reads import LogReads
from services.api.diagnostics.store import Files
from services.api.displays.reads import DisplayReads
from services.api.energy.reads import EnergyReads
from services.api.firmware.reads import FirmwareReads
from services.api.identities.keeping import Keeper, no_keeper
from services.api.inbox.reads import InboxReads
from services.api.iso15118.reads import Iso15118Reads
from services.api.live.hub import Hub
from services.api.live.memory import CommandMemory
from services.api.live.proposals import Proposals, Publisher
from services.api.locallists.reads import LocalListReads
from services.api.monitoring.reads import MonitoringReads
from services.api.overview.reads import OverviewReads
from services.api.payments.reads import PaymentReads
from services.api.reports.reads import ReportReads
from services.api.reports.waits import ReportMemory
from services.api.reservations.reads import ReservationReads
from services.api.security.reads import SecurityReads
from services.api.securityoperations.reads import SecurityOperationReads
from services.api.sessionlimits.reads import SessionLimitReads
from services.api.sessions.reads import SessionReads
from services.api.signing.reads import SigningReads
from services.api.stations.reads import StationReads
from services.api.stationtariffs.reads import StationTariffReads
from services.api.tenants.quotas import TenantQuotas
from services.api.tokens.reads import TokenReads
from services.api.vendors.reads import VendorReads
from services.api.web.oidc import Web
from services.api.web.policy import Principal
from services.api.web.principals import OPERATOR_KEY
from services.api.web.throttle import Throttle
from services.api.webhooks.reads import WebhookReads

__all__ = ["Ports", "Publisher", "Reads", "Reference"]


class Reference(Protocol):
    """Compacted topics as this process has read them: reference data and station states."""

    def get(self, topic: Topic, key: str) -> Record | None:
        """The newest record of a key."""

    def all(self, topic: Topic) -> Mapping[str, Record]:
        """Every key with its newest record."""

    async def caught_up(self) -> bool:
        """Wait until everything that Kafka has now has been read here; False when that takes too long."""

    async def read_back(self, record: Record) -> bool:
        """Wait until a record that was just published has been read back; False when that takes too long."""


class Reads(
    OverviewReads,
    StationReads,
    SessionReads,
    SessionLimitReads,
    CommandReads,
    CdrReads,
    FirmwareReads,
    InboxReads,
    TokenReads,
    ReservationReads,
    VariableReads,
    MonitoringReads,
    SecurityReads,
    SecurityOperationReads,
    CertificateReads,
    Iso15118Reads,
    SigningReads,
    DERReads,
    DemandReads,
    BatteryReads,
    ReportReads,
    LocalListReads,
    LogReads,
    DisplayReads,
    ProfileReads,
    EnergyReads,
    BootReads,
    ConversationReads,
    StationTariffReads,
    PaymentReads,
    WebhookReads,
    VendorReads,
    AuditReads,
    Protocol,
):
    """ClickHouse: the reads of each noun. Raises Outage."""


VISITS_PER_MINUTE = 60
"""Of a page that needs no login: wrong words from one address, and views of one receipt; ten times as many of all."""


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a route may use; handed to each as its dependency `ports`. `principal`: who asks.

    `pricing` is the reference data by which bills are worked out, whoever asks. `reads_within` gives the reads of a scope, and takes
    which records belong to it. `quotas` counts what tenants use; None before the application is built.
    """

    config: Config
    reads: Reads
    publisher: Publisher
    proposals: Proposals
    reference: Reference
    commands: CommandMemory
    reports: ReportMemory
    files: Files | None
    hub: Hub
    audit: AuditLog
    outside: Web
    pricing: Reference
    reads_within: Callable[[Scope, Callable[[Any], bool]], Reads]
    clock: Callable[[], dt.datetime]
    new_id: Callable[[], str]
    not_ready: Callable[[], list[str]]
    principal: Principal = OPERATOR_KEY
    quotas: TenantQuotas | None = None
    identities: Keeper = msgspec.field(default_factory=no_keeper)
    visitors: Throttle = msgspec.field(default_factory=lambda: Throttle(failures=VISITS_PER_MINUTE))
