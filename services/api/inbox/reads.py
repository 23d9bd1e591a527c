"""The inbox in ClickHouse."""

import datetime as dt
from typing import Protocol

from services.api.history.listing import Listing, Where, decoded, in_micros
from services.api.inbox.rows import (
    DeadLetter,
    DeviationCount,
    DeviationFilter,
    Fact,
    QuarantinedMessage,
    QuarantinedValue,
)
from services.api.web.paging import Page, bounded, micros
from services.runtime.clickhouse import ClickHouse


class InboxReads(Protocol):
    """Quarantine, dead letters, facts and deviations. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def facts(
        self, *, station: str | None = None, noun: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[Fact]: ...

    async def quarantine(self, *, cursor: str | None = None, limit: int = 50) -> Page[QuarantinedValue]: ...

    async def quarantined_messages(
        self, station: str | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[QuarantinedMessage]: ...

    async def deviations(self, where: DeviationFilter, *, limit: int = 100) -> tuple[DeviationCount, ...]: ...

    async def dead_letters(self, *, cursor: str | None = None, limit: int = 50) -> Page[DeadLetter]: ...


_FACTS = Listing(table="facts", struct=Fact, at_us=in_micros("t.at"), convert={"payload": decoded})

_QUARANTINE = Listing(
    table="quarantine",
    struct=QuarantinedValue,
    at_us=in_micros("t.received_at"),
    convert={"meter_value": decoded},
)

_DEAD_LETTERS = Listing(table="dead_letters", struct=DeadLetter, at_us=in_micros("t.at"))


async def facts(
    db: ClickHouse, *, station: str | None = None, noun: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Fact]:
    """Messages that were kept as they came."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=station)
    conditions.add("t.noun = {noun:String}", noun=noun)
    return await _FACTS.page(db, conditions, cursor=cursor, limit=limit)


async def quarantine(db: ClickHouse, *, cursor: str | None = None, limit: int = 50) -> Page[QuarantinedValue]:
    """Meter values that were not believed."""
    return await _QUARANTINE.page(db, Where(), cursor=cursor, limit=limit)


async def dead_letters(db: ClickHouse, *, cursor: str | None = None, limit: int = 50) -> Page[DeadLetter]:
    """Records that services could not read or apply."""
    return await _DEAD_LETTERS.page(db, Where(), cursor=cursor, limit=limit)


_MESSAGES = Listing(
    table="quarantined_messages", struct=QuarantinedMessage, at_us="toUnixTimestamp64Micro(t.received_at)"
)

# The number of a place in a list says nothing about a make: meterValue[3] and meterValue[0] are the same deviation.
_COUNTS = r"""
SELECT vendor, model, firmware_version, version, action, rule, place,
    uniqExact(id), uniqExact(station), argMax(station, received_at),
    toUnixTimestamp64Micro(min(received_at)), toUnixTimestamp64Micro(max(received_at))
FROM (
    SELECT d.version AS version, d.action AS action, d.rule AS rule, d.id AS id, d.station AS station,
        d.received_at AS received_at, replaceRegexpAll(d.path, '\\[[0-9]+\\]', '[]') AS place,
        d.vendor = '' AND d.model = '' AS untold,
        if(untold, s.vendor, d.vendor) AS vendor, if(untold, s.model, d.model) AS model,
        if(untold, s.firmware_version, d.firmware_version) AS firmware_version
    FROM deviations AS d LEFT JOIN (SELECT station, vendor, model, firmware_version FROM stations FINAL) AS s
        ON s.station = d.station
    WHERE d.received_at >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC')
) AS t
WHERE CONDITIONS
GROUP BY vendor, model, firmware_version, version, action, rule, place
ORDER BY uniqExact(id) DESC, vendor, model, firmware_version, version, action, rule, place
LIMIT {limit:UInt32}
"""


async def deviations(db: ClickHouse, where: DeviationFilter, *, limit: int = 100) -> tuple[DeviationCount, ...]:
    """How often each make needed each rule, the most frequent first. Raises Outage."""
    conditions = Where(since_us=micros(where.since), limit=bounded(limit))
    conditions.add("t.vendor = {vendor:String}", vendor=where.vendor)
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.rule = {rule:String}", rule=where.rule)
    rows = await db.rows(_COUNTS.replace("CONDITIONS", conditions.sql()), conditions.parameters)
    return tuple(
        DeviationCount(
            vendor=vendor,
            model=model,
            firmware_version=firmware_version,
            version=version,
            action=action,
            rule=rule,
            path=path,
            messages=messages,
            stations=stations,
            station=station,
            first_at=_moment(first_us),
            last_at=_moment(last_us),
        )
        for vendor, model, firmware_version, version, action, rule, path, messages, stations, station, first_us, last_us in rows
    )


async def quarantined_messages(
    db: ClickHouse, station: str | None = None, *, cursor: str | None = None, limit: int = 50
) -> Page[QuarantinedMessage]:
    """Messages that could not be read, newest first. Raises BadCursor, Outage."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=station)
    return await _MESSAGES.page(db, conditions, cursor=cursor, limit=limit)


def _moment(micros_since_1970: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=micros_since_1970)
