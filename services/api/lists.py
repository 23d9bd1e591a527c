"""Lists and single items of the read side: stations, sessions, readings, frames, commands, events, and the inboxes."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from services.api.listing import Listing, Where
from services.api.paging import micros
from services.api.parts import in_parts
from services.api.readmodel import (
    ALL_FRAMES,
    ALL_SESSIONS,
    ALL_STATIONS,
    CommandView,
    Connector,
    ConnectorStatusChange,
    DeadLetter,
    Fact,
    Frame,
    FrameFilter,
    MeterReading,
    Page,
    QuarantinedValue,
    Session,
    SessionFilter,
    Station,
    StationEvent,
    StationFilter,
)
from services.runtime.clickhouse import ClickHouse

NAMES_AT_ONCE = 1_000
"""Of one query: parameters are part of a URL, and rows become structs between other work."""

_ASKED_AT = "assumeNotNull(coalesce(t.requested_at, t.cancel_requested_at, t.settled_at))"


def _us(column: str) -> str:
    return f"toUnixTimestamp64Micro({column})"


def _micros_or_none(at: dt.datetime | None) -> int | None:
    return None if at is None else micros(at)


def _json(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)


def _or_none(text: str) -> str | None:
    return text or None


_CONNECTORS = msgspec.json.Decoder(tuple[Connector, ...])

_STATIONS = Listing(
    table="stations",
    struct=Station,
    id="t.station",
    descending=False,
    convert={"connectors": _CONNECTORS.decode, "version": _or_none, "registration": _or_none},
)
_SESSIONS = Listing(
    table="sessions",
    struct=Session,
    at_us=_us("t.started_at"),
    id="t.session",
    convert={"anomalies": tuple},
)
_READINGS = Listing(
    table="meter_values",
    struct=MeterReading,
    at_us="toUnixTimestamp64Milli(t.at) * 1000",
    order="t.position",
    descending=False,
)
_FRAMES = Listing(
    table="frames",
    struct=Frame,
    at_us=_us("t.at"),
    order="t.sequence",
)
_COMMANDS = Listing(
    table="commands",
    struct=CommandView,
    at_us=_us(_ASKED_AT),
    id="t.command_id",
    columns={
        member: f"ifNull(t.{member}, '{default}')"
        for member, default in {
            "command": "",
            "when_offline": "",
            "requested_by": "",
            "outcome": "pending",
            "error_code": "",
            "detail": "",
        }.items()
    },
    convert={"arguments": _json, "response": _json},
)
_EVENTS = Listing(
    table="station_events",
    struct=StationEvent,
    at_us=_us("t.at"),
    convert={"detail": _json},
)
_STATUSES = Listing(
    table="connector_status",
    struct=ConnectorStatusChange,
    at_us=_us("t.at"),
)
_FACTS = Listing(table="facts", struct=Fact, at_us=_us("t.at"), convert={"payload": _json})
_QUARANTINE = Listing(
    table="quarantine",
    struct=QuarantinedValue,
    at_us=_us("t.received_at"),
    convert={"meter_value": _json},
)
_DEAD_LETTERS = Listing(table="dead_letters", struct=DeadLetter, at_us=_us("t.at"))


async def stations(
    db: ClickHouse, where: StationFilter = ALL_STATIONS, *, cursor: str | None = None, limit: int = 50
) -> Page[Station]:
    """Stations by id. Removed ones are left out unless they are connected."""
    conditions = Where("(t.connected OR NOT t.removed)")
    conditions.add("t.connected = {connected:Bool}", connected=where.connected)
    conditions.add("t.version = {version:String}", version=where.version)
    conditions.add("t.vendor = {vendor:String}", vendor=where.vendor)
    conditions.add("t.site = {site:String}", site=where.site)
    conditions.add(
        "positionCaseInsensitiveUTF8(concatWithSeparator(' ', t.station, t.vendor, t.model, t.serial_number, t.site),"
        " {search:String}) > 0",
        search=where.search,
    )
    return await _STATIONS.page(db, conditions, cursor=cursor, limit=limit)


async def station(db: ClickHouse, station: str) -> Station | None:
    """One station, removed or not; None where nobody has heard of it."""
    return await _STATIONS.one(db, Where("t.station = {station:String}", station=station))


async def stations_called(db: ClickHouse, names: Collection[str]) -> dict[str, Station]:
    """The stations of these names, removed or not, as far as anybody has heard of them."""
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


async def facts(
    db: ClickHouse, *, station: str | None = None, noun: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Fact]:
    """Messages that were kept as they came."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=station)
    conditions.add("t.noun = {noun:String}", noun=noun)
    return await _FACTS.page(db, conditions, cursor=cursor, limit=limit)


async def frames(
    db: ClickHouse, station: str, where: FrameFilter = ALL_FRAMES, *, cursor: str | None = None, limit: int = 100
) -> Page[Frame]:
    """The OCPP log of a station."""
    conditions = Where("t.station = {station:String}", station=station)
    conditions.add("t.direction = {direction:String}", direction=where.direction)
    conditions.add("t.action = {action:String}", action=where.action)
    conditions.add("positionCaseInsensitiveUTF8(t.text, {text:String}) > 0", text=where.text)
    conditions.add("t.at < fromUnixTimestamp64Micro({before_us:Int64}, 'UTC')", before_us=_micros_or_none(where.before))
    return await _FRAMES.page(db, conditions, cursor=cursor, limit=limit)


async def sessions(
    db: ClickHouse, where: SessionFilter = ALL_SESSIONS, *, cursor: str | None = None, limit: int = 50
) -> Page[Session]:
    """Charging sessions by their start."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("(t.status = 'active') = {active:Bool}", active=where.active)
    conditions.add(
        "t.started_at >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC')", since_us=_micros_or_none(where.since)
    )
    conditions.add(
        "t.started_at < fromUnixTimestamp64Micro({until_us:Int64}, 'UTC')", until_us=_micros_or_none(where.until)
    )
    conditions.add("t.token_key = upperUTF8(trimBoth({token:String}))", token=where.token)
    conditions.add(
        "positionCaseInsensitiveUTF8(concatWithSeparator(' ', t.session, t.station, t.transaction_id, t.token_key),"
        " {search:String}) > 0",
        search=where.search,
    )
    return await _SESSIONS.page(db, conditions, cursor=cursor, limit=limit)


async def session(db: ClickHouse, session: str) -> Session | None:
    """One session; None where there is none of that id."""
    return await _SESSIONS.one(db, Where("t.session = {session:String}", session=session))


async def meter_values(
    db: ClickHouse, session: str, *, measurand: str | None = None, cursor: str | None = None, limit: int = 100
) -> Page[MeterReading]:
    """The readings of a session, oldest first."""
    conditions = Where(
        "t.station IN (SELECT station FROM sessions WHERE session = {session:String})",
        "t.session = {session:String}",
        session=session,
    )
    conditions.add("t.measurand = {measurand:String}", measurand=measurand)
    return await _READINGS.page(db, conditions, cursor=cursor, limit=limit)


async def command(db: ClickHouse, command_id: str) -> CommandView | None:
    """One command; None where there is none of that id."""
    return await _COMMANDS.one(db, Where("t.command_id = {command_id:String}", command_id=command_id))


async def commands_called(db: ClickHouse, stations: Mapping[str, str]) -> dict[str, CommandView]:
    """The commands of these ids, as far as there are any; `stations`: whom each is for, by which ClickHouse finds them fast."""
    found: dict[str, CommandView] = {}
    for some in in_parts(stations, NAMES_AT_ONCE):
        conditions = Where(
            "t.station IN {stations:Array(String)}",
            "t.command_id IN {ids:Array(String)}",
            stations=sorted({stations[command_id] for command_id in some}),
            ids=some,
        )
        for row in await _COMMANDS.found(db, conditions):
            found[row.command_id] = row
    return found


async def commands(
    db: ClickHouse, station: str | None = None, *, cursor: str | None = None, limit: int = 50
) -> Page[CommandView]:
    """Commands of a station, or of all of them."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=station)
    return await _COMMANDS.page(db, conditions, cursor=cursor, limit=limit)


async def quarantine(db: ClickHouse, *, cursor: str | None = None, limit: int = 50) -> Page[QuarantinedValue]:
    """Meter values that were not believed."""
    return await _QUARANTINE.page(db, Where(), cursor=cursor, limit=limit)


async def dead_letters(db: ClickHouse, *, cursor: str | None = None, limit: int = 50) -> Page[DeadLetter]:
    """Records that services could not read or apply."""
    return await _DEAD_LETTERS.page(db, Where(), cursor=cursor, limit=limit)
