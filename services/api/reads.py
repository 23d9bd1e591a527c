"""The read side: everything the API and the console show, from ClickHouse.

Every function takes the process's `ClickHouse` first, binds every parameter, returns frozen structs of
`services.api.readmodel` with aware UTC times, and raises `services.runtime.outage.Outage` while ClickHouse is away.
Lists are newest first (stations, sites, vendors: by name), paged by opaque cursors (`services.api.paging.BadCursor` for
any other text); `limit` is brought into 1..500.
"""

import datetime as dt

from services.api.readmodel import (
    ALL_FRAMES,
    ALL_SESSIONS,
    ALL_STATIONS,
    CommandView,
    ConnectorStatusChange,
    DeadLetter,
    EnergyHour,
    Fact,
    FleetOverview,
    Frame,
    FrameFilter,
    MeterReading,
    Page,
    Point,
    QuarantinedValue,
    Session,
    SessionFilter,
    SessionSeries,
    Station,
    StationEvent,
    StationFilter,
)
from services.runtime.clickhouse import ClickHouse


async def fleet_overview(db: ClickHouse, now: dt.datetime) -> FleetOverview:
    """The whole fleet in figures, at `now`."""
    raise NotImplementedError


async def fleet_power(db: ClickHouse, since: dt.datetime, *, until: dt.datetime, step_s: int = 60) -> tuple[Point, ...]:
    """Charging power of the fleet in W, one point per step from `since` to `until`."""
    raise NotImplementedError


async def energy_by_hour(db: ClickHouse, since: dt.datetime, *, until: dt.datetime) -> tuple[EnergyHour, ...]:
    """Energy charged in each UTC hour, by meter time; hours without any are there with 0."""
    raise NotImplementedError


async def stations(
    db: ClickHouse, where: StationFilter = ALL_STATIONS, *, cursor: str | None = None, limit: int = 50
) -> Page[Station]:
    """Stations by id. Removed ones are left out unless they are connected."""
    raise NotImplementedError


async def station(db: ClickHouse, station: str) -> Station | None:
    """One station; None where nobody has heard of it."""
    raise NotImplementedError


async def sites(db: ClickHouse) -> tuple[str, ...]:
    """Every site in use, by name, for filter lists."""
    raise NotImplementedError


async def vendors(db: ClickHouse) -> tuple[str, ...]:
    """Every vendor in use, by name, for filter lists."""
    raise NotImplementedError


async def station_power(
    db: ClickHouse, station: str, since: dt.datetime, *, until: dt.datetime, points: int = 500
) -> tuple[Point, ...]:
    """Charging power of a station in W, at most `points` points."""
    raise NotImplementedError


async def station_events(
    db: ClickHouse, station: str | None = None, *, cursor: str | None = None, limit: int = 50
) -> Page[StationEvent]:
    """What happened to a station, or to all of them: connected, disconnected, booted."""
    raise NotImplementedError


async def connector_status_history(
    db: ClickHouse, station: str, *, evse: int | None = None, cursor: str | None = None, limit: int = 50
) -> Page[ConnectorStatusChange]:
    """The statuses that a station reported for its connectors."""
    raise NotImplementedError


async def facts(
    db: ClickHouse, *, station: str | None = None, noun: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Fact]:
    """Messages that were kept as they came."""
    raise NotImplementedError


async def frames(
    db: ClickHouse, station: str, where: FrameFilter = ALL_FRAMES, *, cursor: str | None = None, limit: int = 100
) -> Page[Frame]:
    """The OCPP log of a station."""
    raise NotImplementedError


async def sessions(
    db: ClickHouse, where: SessionFilter = ALL_SESSIONS, *, cursor: str | None = None, limit: int = 50
) -> Page[Session]:
    """Charging sessions by their start."""
    raise NotImplementedError


async def session(db: ClickHouse, session: str) -> Session | None:
    """One session; None where there is none of that id."""
    raise NotImplementedError


async def meter_values(
    db: ClickHouse, session: str, *, measurand: str | None = None, cursor: str | None = None, limit: int = 100
) -> Page[MeterReading]:
    """The readings of a session, oldest first."""
    raise NotImplementedError


async def session_series(db: ClickHouse, session: str, *, points: int = 500) -> SessionSeries:
    """A session's energy, power and state of charge over time, at most `points` points each."""
    raise NotImplementedError


async def command(db: ClickHouse, command_id: str) -> CommandView | None:
    """One command; None where there is none of that id."""
    raise NotImplementedError


async def commands(
    db: ClickHouse, station: str | None = None, *, cursor: str | None = None, limit: int = 50
) -> Page[CommandView]:
    """Commands of a station, or of all of them."""
    raise NotImplementedError


async def quarantine(db: ClickHouse, *, cursor: str | None = None, limit: int = 50) -> Page[QuarantinedValue]:
    """Meter values that were not believed."""
    raise NotImplementedError


async def dead_letters(db: ClickHouse, *, cursor: str | None = None, limit: int = 50) -> Page[DeadLetter]:
    """Records that services could not read or apply."""
    raise NotImplementedError
