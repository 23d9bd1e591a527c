"""Sessions in ClickHouse, with their readings and curves."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Protocol

from schemas.authorization import token_key
from services.api.history.curves import POINTS_MOST, Point
from services.api.history.listing import Listing, Where, in_micros, micros_or_none
from services.api.sessions.rows import ALL_SESSIONS, MeterReading, Session, SessionFilter, SessionSeries
from services.api.web.paging import EPOCH, Page
from services.runtime.clickhouse import ClickHouse


class SessionReads(Protocol):
    """Sessions, their readings and curves. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def sessions(
        self, where: SessionFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Session]: ...

    async def session(self, session: str) -> Session | None: ...

    async def meter_values(
        self, session: str, *, measurand: str | None = None, cursor: str | None = None, limit: int = 100
    ) -> Page[MeterReading]: ...

    async def session_series(self, session: str, *, points: int = 500) -> SessionSeries: ...


_SESSIONS = Listing(
    table="sessions",
    struct=Session,
    at_us=in_micros("t.started_at"),
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


async def sessions(
    db: ClickHouse, where: SessionFilter = ALL_SESSIONS, *, cursor: str | None = None, limit: int = 50
) -> Page[Session]:
    """Charging sessions by their start."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("(t.status = 'active') = {active:Bool}", active=where.active)
    conditions.add(
        "t.started_at >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC')", since_us=micros_or_none(where.since)
    )
    conditions.add(
        "t.started_at < fromUnixTimestamp64Micro({until_us:Int64}, 'UTC')", until_us=micros_or_none(where.until)
    )
    conditions.add("t.token_key = {token:String}", token=token_key(where.token) if where.token is not None else None)
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


ENERGY, POWER, SOC = "Energy.Active.Import.Register", "Power.Active.Import", "SoC"
EXPORTED, EXPORT_POWER = "Energy.Active.Export.Register", "Power.Active.Export"

_CURVE_READINGS = """
FROM meter_values
WHERE station IN (SELECT station FROM sessions WHERE session = {session:String}) AND session = {session:String}
    AND measurand IN ('Energy.Active.Import.Register', 'Power.Active.Import', 'SoC', 'Energy.Active.Export.Register',
        'Power.Active.Export') AND phase = ''
"""

_SPAN = f"""
SELECT count(), toUnixTimestamp64Milli(min(at)), toUnixTimestamp64Milli(max(at)),
    (SELECT toFloat64(any(meter_start_wh)) FROM sessions FINAL WHERE session = {{session:String}}),
    (SELECT toFloat64(any(export_start_wh)) FROM sessions FINAL WHERE session = {{session:String}})
{_CURVE_READINGS}
"""  # noqa: S608 built from constants

# the last reading of each bucket; where a charger measures at several places, the outlet is what counts
_CURVES = f"""
SELECT measurand, toUnixTimestamp64Micro(toDateTime64(argMax(at, (location = 'Outlet', at)), 6, 'UTC')) AS at_us,
    toFloat64(argMax(value, (location = 'Outlet', at)))
{_CURVE_READINGS}
GROUP BY measurand, intDiv(toUnixTimestamp64Milli(at) - {{first_ms:Int64}}, {{width_ms:Int64}}) AS bucket
ORDER BY measurand, at_us
"""


async def session_series(db: ClickHouse, session: str, *, points: int = 500) -> SessionSeries:
    """A session's energy and power in both directions, and its state of charge over time, at most `points` points each."""
    ((count, first_ms, last_ms, start_wh, export_start_wh),) = await db.rows(_SPAN, {"session": session})
    if not count:
        return SessionSeries(energy_wh=(), power_w=(), soc_percent=())
    width_ms = (last_ms - first_ms) // max(1, min(points, POINTS_MOST)) + 1
    rows = await db.rows(_CURVES, {"session": session, "first_ms": first_ms, "width_ms": width_ms})
    return SessionSeries(
        energy_wh=_since(_curve(rows, ENERGY), start_wh),
        power_w=_curve(rows, POWER),
        soc_percent=_curve(rows, SOC),
        exported_wh=_since(_curve(rows, EXPORTED), export_start_wh),
        export_power_w=_curve(rows, EXPORT_POWER),
    )


def _since(register: tuple[Point, ...], start_wh: float | None) -> tuple[Point, ...]:
    """What a register counted since the session's start, or since its first reading."""
    begin = start_wh if start_wh is not None else (register[0].value if register else 0.0)
    return tuple(Point(point.at, round(point.value - begin, 4)) for point in register)


def _curve(rows: Sequence[tuple[Any, ...]], measurand: str) -> tuple[Point, ...]:
    return tuple(Point(EPOCH + dt.timedelta(microseconds=at_us), value) for m, at_us, value in rows if m == measurand)
