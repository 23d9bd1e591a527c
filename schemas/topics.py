"""The topic catalogue: the topics of every noun, gathered, and the families that several nouns share.

A noun declares its topics in its own module (`TOPICS`) and stands in `NOUNS` once. Who reads and writes them: `schemas.flows`.
"""

from collections.abc import Mapping

from schemas import (
    audit,
    authorities,
    authorization,
    batteries,
    billing,
    boottemplates,
    campaigns,
    certificates,
    chargingprofiles,
    commands,
    compatibility,
    contracts,
    credits,
    customers,
    datatransfer,
    deadletters,
    demandresponse,
    der,
    deviations,
    devicemodel,
    diagnostics,
    displays,
    energy,
    facts,
    firmware,
    frames,
    identities,
    iso15118,
    limits,
    locallists,
    logins,
    monitoring,
    operators,
    payments,
    provisioning,
    quarantine,
    reports,
    reservations,
    revocations,
    security,
    securityoperations,
    sessionlimits,
    sessionorders,
    signing,
    stations,
    stationtariffs,
    tariffs,
    tenants,
    transactions,
    vendors,
    webhooks,
)
from schemas.authorization import AuthorizationDecided
from schemas.base import Due
from schemas.chargingneeds import ChargingNeedsDecided, EVScheduleDecided
from schemas.chargingprofiles import ScheduleUpdateDecided
from schemas.commands import CommandDispatched, ConnectionSuperseded
from schemas.facts import FactReported
from schemas.iso15118 import CertificateStatusDecided, ContractCertificateDecided
from schemas.payments import SettlementDecided, VatNumberDecided
from schemas.reports import ReportPart
from schemas.signing import SigningDecided
from schemas.stations import BootDecided
from schemas.topic import DAY_S, Topic
from schemas.transactions import TransactionDecided

ROUTES_KEPT_S = 3_600

GATEWAY = Topic(
    name="csms.gateway.<gateway>",
    meaning="The route to one gateway: decisions and commands for the stations connected to it.",
    records=(
        BootDecided,
        AuthorizationDecided,
        TransactionDecided,
        ScheduleUpdateDecided,
        SettlementDecided,
        VatNumberDecided,
        SigningDecided,
        CertificateStatusDecided,
        ContractCertificateDecided,
        EVScheduleDecided,
        ChargingNeedsDecided,
        CommandDispatched,
        ConnectionSuperseded,
    ),
    retention_s=ROUTES_KEPT_S,
    partitions=1,
)

DUE = Topic(
    name="csms.due.<service>",
    meaning="Due times of a service's keys, as records.",
    records=(Due,),
    key="key",
    retention_s=DAY_S,
)

STATE = Topic(
    name="csms.state.<service>",
    meaning="The changelog of a service's state, per key (the persisted types of the service's noun).",
    records=(),
    key="key",
    retention_s=None,
)


FAMILIES: tuple[Topic, ...] = (GATEWAY, DUE, STATE)
"""One topic for each gateway, and two for each service with a state."""

NOUNS: tuple[tuple[Topic, ...], ...] = (
    stations.TOPICS,
    authorization.TOPICS,
    credits.TOPICS,
    tariffs.TOPICS,
    compatibility.TOPICS,
    boottemplates.TOPICS,
    provisioning.TOPICS,
    logins.TOPICS,
    transactions.TOPICS,
    sessionorders.TOPICS,
    sessionlimits.TOPICS,
    billing.TOPICS,
    quarantine.TOPICS,
    deviations.TOPICS,
    datatransfer.TOPICS,
    commands.TOPICS,
    reports.TOPICS,
    diagnostics.TOPICS,
    frames.TOPICS,
    facts.TOPICS,
    firmware.TOPICS,
    campaigns.TOPICS,
    reservations.TOPICS,
    locallists.TOPICS,
    displays.TOPICS,
    stationtariffs.TOPICS,
    payments.TOPICS,
    customers.TOPICS,
    devicemodel.TOPICS,
    monitoring.TOPICS,
    limits.TOPICS,
    security.TOPICS,
    securityoperations.TOPICS,
    certificates.TOPICS,
    signing.TOPICS,
    iso15118.TOPICS,
    authorities.TOPICS,
    revocations.TOPICS,
    identities.TOPICS,
    contracts.TOPICS,
    der.TOPICS,
    energy.TOPICS,
    demandresponse.TOPICS,
    batteries.TOPICS,
    chargingprofiles.TOPICS,
    tenants.TOPICS,
    vendors.TOPICS,
    webhooks.TOPICS,
    operators.TOPICS,
    audit.TOPICS,
    FAMILIES,
    deadletters.TOPICS,
)
"""The topics of each noun: one line a noun."""

CATALOGUE: tuple[Topic, ...] = tuple(topic for noun in NOUNS for topic in noun)
"""Every topic. No topic is named anywhere else."""

PARTED: tuple[Topic, ...] = tuple(
    topic for topic in CATALOGUE if any(issubclass(record, ReportPart) for record in topic.records)
)
"""The topics with parts of reports."""

FACT_TOPICS: Mapping[str, Topic] = {
    topic.name.removeprefix("csms."): topic for topic in CATALOGUE if FactReported in topic.records
}
"""The topic with the facts of each noun, by noun."""


def gateway_topic(gateway: str) -> str:
    """The name of the route to one gateway."""
    return f"csms.gateway.{gateway}"


def due_topic(service: str) -> str:
    """The name of a service's own clock topic."""
    return f"csms.due.{service}"


def state_topic(service: str) -> str:
    """The name of a service's changelog."""
    return f"csms.state.{service}"


def dead_topic(topic: str) -> str:
    """The name of the dead-letter topic of a topic; a dead-letter topic is its own."""
    if topic.startswith("csms.dead."):
        return topic
    return f"csms.dead.{topic.removeprefix('csms.')}"
