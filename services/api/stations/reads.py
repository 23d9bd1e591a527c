"""Stations in ClickHouse: state, OCPP log, events, power."""

import datetime as dt
from collections.abc import Collection
from typing import Protocol

import msgspec

from schemas.operators import DEFAULT_TENANT
from services.api.history.curves import POINTS_MOST, POWER_AT_TICKS, WINDOW, Point, power_at_ticks, span_s_of, ticks_of
from services.api.history.listing import NAMES_AT_ONCE, Listing, Where, decoded, in_micros, micros_or_none, or_none
from services.api.stations.rows import (
    ALL_FRAMES,
    ALL_STATIONS,
    Connector,
    ConnectorStatusChange,
    Frame,
    FrameFilter,
    Station,
    StationEvent,
    StationFilter,
)
from services.api.web.paging import Page
from services.api.web.parts import in_parts
from services.runtime.clickhouse import ClickHouse


class StationReads(Protocol):
    """Stations, their power, events, statuses and frames. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def stations(
        self, where: StationFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Station]: ...

    async def station(self, station: str) -> Station | None: ...

    async def stations_called(self, names: Collection[str]) -> dict[str, Station]: ...

    async def sites(self) -> tuple[str, ...]: ...

    async def vendors(self) -> tuple[str, ...]: ...

    async def station_power(
        self, station: str, since: dt.datetime, *, until: dt.datetime, points: int = 500
    ) -> tuple[Point, ...]: ...

    async def station_events(
        self, station: str | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[StationEvent]: ...

    async def connector_status_history(
        self, station: str, *, evse: int | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[ConnectorStatusChange]: ...

    async def frames(
        self, station: str, where: FrameFilter = ..., *, cursor: str | None = None, limit: int = 100
    ) -> Page[Frame]: ...


_CONNECTORS = msgspec.json.Decoder(tuple[Connector, ...])


def _tenant(stored: str) -> str:
    return stored or DEFAULT_TENANT


_STATIONS = Listing(
    table="stations",
    struct=Station,
    id="t.station",
    descending=False,
    convert={"connectors": _CONNECTORS.decode, "version": or_none, "registration": or_none, "tenant": _tenant},
)

_FRAMES = Listing(
    table="frames",
    struct=Frame,
    at_us=in_micros("t.at"),
    order="t.sequence",
)

_EVENTS = Listing(
    table="station_events",
    struct=StationEvent,
    at_us=in_micros("t.at"),
    convert={"detail": decoded},
)

_STATUSES = Listing(
    table="connector_status",
    struct=ConnectorStatusChange,
    at_us=in_micros("t.at"),
)


async def stations(
    db: ClickHouse, where: StationFilter = ALL_STATIONS, *, cursor: str | None = None, limit: int = 50
) -> Page[Station]:
    """Stations by id. Removed ones are left out unless they are connected."""
    conditions = Where("(t.connected OR NOT t.removed)")
    conditions.add("t.connected = {connected:Bool}", connected=where.connected)
    conditions.add("t.version = {version:String}", version=where.version)
    conditions.add("t.vendor = {vendor:String}", vendor=where.vendor)
    conditions.add("t.site = {site:String}", site=where.site)
    conditions.add(f"if(t.tenant = '', '{DEFAULT_TENANT}', t.tenant) = {{tenant:String}}", tenant=where.tenant)
    conditions.add("t.registration = {registration:String}", registration=where.registration)
    conditions.add("t.security_profile = {security_profile:UInt8}", security_profile=where.security_profile)
    conditions.add(
        "positionCaseInsensitiveUTF8(concatWithSeparator(' ', t.station, t.vendor, t.model, t.serial_number, t.site),"
        " {search:String}) > 0",
        search=where.search,
    )
    return await _STATIONS.page(db, conditions, cursor=cursor, limit=limit)


async def station(db: ClickHouse, station: str) -> Station | None:
    """One station, removed or not; None for an unknown id."""
    return await _STATIONS.one(db, Where("t.station = {station:String}", station=station))


async def stations_called(db: ClickHouse, names: Collection[str]) -> dict[str, Station]:
    """The known stations among these names, removed or not."""
    found: dict[str, Station] = {}
    for some in in_parts(names, NAMES_AT_ONCE):
        for row in await _STATIONS.found(db, Where("t.station IN {names:Array(String)}", names=some)):
            found[row.station] = row
    return found


async def sites(db: ClickHouse) -> tuple[str, ...]:
    """Every site in use, by name, for filter lists."""
    rows = await db.rows(
        "SELECT DISTINCT site FROM stations FINAL WHERE site != '' AND (connected OR NOT removed) ORDER BY site"
    )
    return tuple(site for (site,) in rows)


async def vendors(db: ClickHouse) -> tuple[str, ...]:
    """Every vendor in use, by name, for filter lists."""
    rows = await db.rows(
        "SELECT DISTINCT vendor FROM stations FINAL WHERE vendor != '' AND (connected OR NOT removed) ORDER BY vendor"
    )
    return tuple(vendor for (vendor,) in rows)


async def station_events(
    db: ClickHouse, station: str | None = None, *, cursor: str | None = None, limit: int = 50
) -> Page[StationEvent]:
    """What happened to a station, or to all of them: connected, disconnected, booted."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=station)
    return await _EVENTS.page(db, conditions, cursor=cursor, limit=limit)


async def connector_status_history(
    db: ClickHouse, station: str, *, evse: int | None = None, cursor: str | None = None, limit: int = 50
) -> Page[ConnectorStatusChange]:
    """The statuses that a station reported for its connectors."""
    conditions = Where("t.station = {station:String}", station=station)
    conditions.add("t.evse = {evse:Int64}", evse=evse)
    return await _STATUSES.page(db, conditions, cursor=cursor, limit=limit)


async def frames(
    db: ClickHouse, station: str, where: FrameFilter = ALL_FRAMES, *, cursor: str | None = None, limit: int = 100
) -> Page[Frame]:
    """The OCPP log of a station."""
    conditions = Where("t.station = {station:String}", station=station)
    conditions.add("t.direction = {direction:String}", direction=where.direction)
    conditions.add("t.action = {action:String}", action=where.action)
    conditions.add("positionCaseInsensitiveUTF8(t.text, {text:String}) > 0", text=where.text)
    conditions.add("t.at < fromUnixTimestamp64Micro({before_us:Int64}, 'UTC')", before_us=micros_or_none(where.before))
    return await _FRAMES.page(db, conditions, cursor=cursor, limit=limit)


_STATION_POWER = POWER_AT_TICKS % (
    """
    SELECT session, at, toFloat64(value) AS power_w FROM meter_values
    WHERE station = {station:String} AND measurand = 'Power.Active.Import' AND phase = '' AND location = 'Outlet'
        AND session != '' AND """
    + WINDOW.format(column="at")
    + """
    UNION ALL
    SELECT session, toDateTime64(assumeNotNull(ended_at), 3, 'UTC') + toIntervalMillisecond(1) AS at, 0. AS power_w
    FROM sessions FINAL WHERE station = {station:String} AND ended_at IS NOT NULL AND """
    + WINDOW.format(column="ended_at")
)


async def station_power(
    db: ClickHouse, station: str, since: dt.datetime, *, until: dt.datetime, points: int = 500
) -> tuple[Point, ...]:
    """Charging power of a station in W, at most `points` points."""
    step_s = span_s_of(since, until) // max(1, min(points, POINTS_MOST)) + 1
    return await power_at_ticks(db, _STATION_POWER, {"station": station}, ticks_of(since, until, step_s * 1000))
