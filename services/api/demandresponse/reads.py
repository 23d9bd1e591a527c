"""Demand response in ClickHouse: what became of events at stations, and what was metered."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Protocol

from services.api.demandresponse.metered import (
    Drawn,
    StationMinute,
    drawn_by_site,
    drawn_by_station,
    mean_by_station,
)
from services.api.demandresponse.rows import ALL_STATIONS, DemandStation, DemandStationFilter
from services.api.history.listing import Listing, Where, in_micros
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse

__all__ = ["DemandReads", "drawn_by_site", "drawn_by_station", "mean_by_station"]


class DemandReads(Protocol):
    """Demand response. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def demand_stations(
        self, where: DemandStationFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[DemandStation]: ...

    async def demand_station(self, demand_station: str) -> DemandStation | None: ...

    async def demand_counts(self, event: str) -> Mapping[str, int]: ...

    async def drawn_by_site(self, event: str, since: dt.datetime, until: dt.datetime) -> tuple[Drawn, ...]: ...

    async def drawn_by_station(
        self, stations: Sequence[str], since: dt.datetime, until: dt.datetime
    ) -> tuple[StationMinute, ...]: ...

    async def mean_by_station(self, since: dt.datetime, until: dt.datetime) -> dict[str, float]: ...


_STATIONS = Listing(
    table="demand_stations",
    struct=DemandStation,
    at_us=in_micros("t.ordered_at"),
    id="t.demand_station",
)


async def demand_stations(
    db: ClickHouse, where: DemandStationFilter = ALL_STATIONS, *, cursor: str | None = None, limit: int = 50
) -> Page[DemandStation]:
    """Events at stations by the time of their order, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.event = {event:String}", event=where.event)
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.status = {status:String}", status=where.status)
    conditions.add("t.site = {site:String}", site=where.site)
    return await _STATIONS.page(db, conditions, cursor=cursor, limit=limit)


async def demand_station(db: ClickHouse, demand_station: str) -> DemandStation | None:
    """One event at one station; None where there is none of that id. Raises Outage."""
    return await _STATIONS.one(db, Where("t.demand_station = {id:String}", id=demand_station))


async def demand_counts(db: ClickHouse, event: str) -> Mapping[str, int]:
    """How many stations of an event are in which status. Raises Outage."""
    sql = (
        "SELECT status, count() FROM demand_stations FINAL WHERE event = {event:String} GROUP BY status ORDER BY status"
    )
    return {status: int(count) for status, count in await db.rows(sql, {"event": event})}
