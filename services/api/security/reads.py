"""Security events in ClickHouse."""

from typing import Protocol

from services.api.history.listing import Listing, Where, in_micros, micros_or_none
from services.api.security.rows import ALL_EVENTS, SecurityEvent, SecurityEventFilter
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class SecurityReads(Protocol):
    """Security events. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def security_events(
        self, where: SecurityEventFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[SecurityEvent]: ...


_EVENTS = Listing(
    table="security_events",
    struct=SecurityEvent,
    at_us=in_micros("t.at"),
    id="concat(t.station, ' ', t.type, ' ', t.tech_info)",
)


async def security_events(
    db: ClickHouse, where: SecurityEventFilter = ALL_EVENTS, *, cursor: str | None = None, limit: int = 50
) -> Page[SecurityEvent]:
    """Events by their time, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("lowerUTF8(t.type) = lowerUTF8({type:String})", type=where.type)
    conditions.add("t.critical = {critical:Bool}", critical=where.critical)
    conditions.add(f"{in_micros('t.at')} >= {{since:Int64}}", since=micros_or_none(where.since))
    conditions.add(f"{in_micros('t.at')} < {{until:Int64}}", until=micros_or_none(where.until))
    return await _EVENTS.page(db, conditions, cursor=cursor, limit=limit)
