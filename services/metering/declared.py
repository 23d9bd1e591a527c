"""Declared: the list of nouns in ClickHouse, one line each; columns, fills and feeds are derived from it. PURE."""

from collections import defaultdict
from collections.abc import Mapping

from msgspec.structs import replace

from schemas.base import Record
from services.metering.feeds import GROUPS, Feed
from services.metering.nouns import (
    audit,
    authorization,
    batteries,
    billing,
    boottemplates,
    certificates,
    chargingprofiles,
    commands,
    customers,
    datatransfer,
    deadletters,
    demandresponse,
    der,
    devicemodel,
    diagnostics,
    displays,
    energy,
    facts,
    firmware,
    frames,
    iso15118,
    locallists,
    monitoring,
    payments,
    quarantine,
    reports,
    reservations,
    security,
    securityoperations,
    sessionlimits,
    sessions,
    signing,
    stations,
    stationtariffs,
    webhooks,
)
from services.metering.table import Fill, MeteringNoun, Table

NOUNS: tuple[MeteringNoun, ...] = (
    stations.NOUN,
    sessions.NOUN,
    authorization.NOUN,
    billing.NOUN,
    commands.NOUN,
    frames.NOUN,
    facts.NOUN,
    quarantine.NOUN,
    firmware.NOUN,
    reports.NOUN,
    diagnostics.NOUN,
    reservations.NOUN,
    locallists.NOUN,
    displays.NOUN,
    stationtariffs.NOUN,
    payments.NOUN,
    customers.NOUN,
    devicemodel.NOUN,
    monitoring.NOUN,
    security.NOUN,
    securityoperations.NOUN,
    certificates.NOUN,
    signing.NOUN,
    iso15118.NOUN,
    der.NOUN,
    demandresponse.NOUN,
    batteries.NOUN,
    chargingprofiles.NOUN,
    energy.NOUN,
    datatransfer.NOUN,
    webhooks.NOUN,
    boottemplates.NOUN,
    sessionlimits.NOUN,
    deadletters.NOUN,
    audit.NOUN,
)

TABLES: tuple[Table, ...] = tuple(table for noun in NOUNS for table in noun.tables)

COLUMNS: Mapping[str, tuple[str, ...]] = {table.name: table.columns for table in TABLES}
"""The columns of each table, in the order of its rows."""

KEPT_ELSEWHERE: frozenset[type[Record]] = frozenset().union(*(noun.kept_elsewhere for noun in NOUNS))

FEEDS: tuple[Feed, ...] = tuple(
    replace(feed, topics=tuple(topic for noun in NOUNS for topic in noun.topics.get(feed, ()))) for feed in GROUPS
)


def _fills() -> Mapping[type[Record], tuple[tuple[str, Fill], ...]]:
    found: defaultdict[type[Record], list[tuple[str, Fill]]] = defaultdict(list)
    for table in TABLES:
        for record, fill in table.fills.items():
            found[record].append((table.name, fill))
    return {record: tuple(fills) for record, fills in found.items()}


FILLS = _fills()
"""Which tables each type of record fills, and how."""
