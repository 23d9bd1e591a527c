"""Sites in ClickHouse: loads now and over time, alerts, needs, and readings of meters."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from schemas.energy import EvseLoad, NodeLoad
from schemas.sitetrees import LINES
from services.api.energy.loadrows import (
    ALL_ALERTS,
    ALL_LOADS,
    Alert,
    AlertFilter,
    LoadFilter,
    LoadPoint,
    MeterNow,
    SiteLoad,
)
from services.api.energy.rows import Need
from services.api.history.listing import Listing, Where, in_micros
from services.api.web.paging import EPOCH, Page, micros
from services.runtime.clickhouse import ClickHouse

MINUTE_S = 60


class EnergyReads(Protocol):
    """Loads of sites, alerts, needs and meters. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def site_loads(
        self, where: LoadFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[SiteLoad]: ...

    async def site_load(self, site: str) -> SiteLoad | None: ...

    async def site_alerts(
        self, where: AlertFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Alert]: ...

    async def site_alert(self, alert: str) -> Alert | None: ...

    async def site_needs(self, site: str) -> tuple[Need, ...]: ...

    async def site_meters(self, site: str, *, since: dt.datetime) -> tuple[MeterNow, ...]: ...

    async def node_history(
        self, site: str, node: str, *, since: dt.datetime, until: dt.datetime, step_s: int
    ) -> tuple[LoadPoint, ...]: ...


def _nodes(text: str) -> tuple[NodeLoad, ...]:
    return msgspec.json.decode(text or "[]", type=tuple[NodeLoad, ...])


def _evses(text: str) -> tuple[EvseLoad, ...]:
    return msgspec.json.decode(text or "[]", type=tuple[EvseLoad, ...])


_LOADS = Listing(
    table="site_loads",
    struct=SiteLoad,
    id="t.site",
    descending=False,
    convert={"nodes": _nodes, "evses": _evses},
)

_ALERTS = Listing(table="site_alerts", struct=Alert, at_us=in_micros("t.at"), id="t.alert")

_NEEDS = Listing(table="site_needs", struct=Need)

_METERS = """
SELECT site, any(tenant), meter, argMax(tuple(l1_a), measured_at).1, argMax(tuple(l2_a), measured_at).1,
    argMax(tuple(l3_a), measured_at).1, argMax(tuple(watts), measured_at).1, max(measured_at) AS newest
FROM site_meter_readings
WHERE site = {site:String} AND measured_at >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC')
GROUP BY site, meter ORDER BY meter
"""

_POINTS = """
SELECT intDiv(toUnixTimestamp(%(at)s), {step_s:UInt32}) AS tick,
    max(l1_a), max(l2_a), max(l3_a), max(told_l1_a), max(told_l2_a), max(told_l3_a),
    min(limit_l1_a), min(limit_l2_a), min(limit_l3_a), max(load_w), min(limit_w), max(exceeded)
FROM %(table)s
WHERE site = {site:String} AND node = {node:String}
    AND %(at)s >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC') AND %(at)s < fromUnixTimestamp64Micro({until_us:Int64}, 'UTC')
GROUP BY tick ORDER BY tick
"""
_BY_CHANGE = _POINTS % {"at": "at", "table": "site_node_loads"}
_BY_MINUTE = _POINTS % {"at": "minute", "table": "site_node_minutes"}


async def site_loads(
    db: ClickHouse, where: LoadFilter = ALL_LOADS, *, cursor: str | None = None, limit: int = 50
) -> Page[SiteLoad]:
    """Sites by name, each as it is now. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.exceeded = {exceeded:Bool}", exceeded=where.exceeded)
    return await _LOADS.page(db, conditions, cursor=cursor, limit=limit)


async def site_load(db: ClickHouse, site: str) -> SiteLoad | None:
    """A site as it is now; None where nothing was ever known of it. Raises Outage."""
    return await _LOADS.one(db, Where("t.site = {site:String}", site=site))


async def site_alerts(
    db: ClickHouse, where: AlertFilter = ALL_ALERTS, *, cursor: str | None = None, limit: int = 50
) -> Page[Alert]:
    """Alerts, the newest first, each as it is now. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.site = {site:String}", site=where.site)
    conditions.add("t.over = {over:Bool}", over=where.over)
    return await _ALERTS.page(db, conditions, cursor=cursor, limit=limit)


async def site_alert(db: ClickHouse, alert: str) -> Alert | None:
    """An alert; None where there is none of that id. Raises Outage."""
    return await _ALERTS.one(db, Where("t.alert = {alert:String}", alert=alert))


async def site_needs(db: ClickHouse, site: str) -> tuple[Need, ...]:
    """What was stated last of each EVSE of a site. Raises Outage."""
    found = await _NEEDS.found(db, Where("t.site = {site:String}", site=site))
    return tuple(sorted(found, key=lambda need: (need.station, need.evse)))


async def site_meters(db: ClickHouse, site: str, *, since: dt.datetime) -> tuple[MeterNow, ...]:
    """The newest reading of each meter of a site, of those since then. Raises Outage."""
    rows = await db.rows(_METERS, {"site": site, "since_us": micros(since)})
    return tuple(MeterNow(**dict(zip(MeterNow.__struct_fields__, row, strict=True))) for row in rows)


async def node_history(
    db: ClickHouse, site: str, node: str, *, since: dt.datetime, until: dt.datetime, step_s: int
) -> tuple[LoadPoint, ...]:
    """A node in steps, the oldest first: by each change of the last week where steps are shorter than a minute, else by minutes.

    Raises Outage.
    """
    sql = _BY_CHANGE if step_s < MINUTE_S else _BY_MINUTE
    parameters = {"site": site, "node": node, "step_s": step_s, "since_us": micros(since), "until_us": micros(until)}
    return tuple(_point(row, step_s) for row in await db.rows(sql, parameters))


def _point(row: Sequence[Any], step_s: int) -> LoadPoint:
    tick, *values, load_w, limit_w, exceeded = row
    load, told, limit = (
        {line: round(value, 3) for line, value in zip(LINES, values[at : at + 3], strict=True) if value is not None}
        for at in (0, 3, 6)
    )
    return LoadPoint(
        at=EPOCH + dt.timedelta(seconds=tick * step_s),
        load_a=load,
        told_a=told,
        limit_a=limit,
        load_w=load_w,
        limit_w=limit_w,
        exceeded=bool(exceeded),
    )
