"""Figures and curves of the read side: the fleet at a glance, power and energy over time, one session's curves."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from services.api.paging import EPOCH, micros
from services.api.readmodel import EnergyHour, FleetOverview, Point, SessionSeries
from services.runtime.clickhouse import ClickHouse

HOLD_S = 1_200
"""A reading of power stands for so long, until the next one: stations that report every quarter of an hour are not lost."""

POINTS_MOST = 2_000
"""Points of one curve, at most; longer spans get longer steps."""

POINTS_CHOSEN = 400
"""Points of a curve whose caller asks for no step, at most."""

HOUR_S = 3_600
DAY_S = 24 * HOUR_S

STEPS_S = (60, 900, 1_800, HOUR_S, 2 * HOUR_S, 6 * HOUR_S, DAY_S)
"""Steps to choose from: a minute up to 6 h, a quarter of an hour up to 4 days, half an hour for a week."""

ENERGY, POWER, SOC = "Energy.Active.Import.Register", "Power.Active.Import", "SoC"

_STATIONS = """
SELECT version, count(), countIf(connected), sumIf(faulted, connected) FROM stations FINAL
WHERE connected OR NOT removed GROUP BY version
"""
# EVSE 0 speaks of the station as a whole, and what a station said before it went away is no news
_CONNECTORS = """
SELECT tupleElement(each, 2) AS status, count() FROM
    (SELECT arrayJoin(JSONExtract(connectors, 'Array(Tuple(evse UInt16, status String))')) AS each FROM stations FINAL WHERE connected)
WHERE tupleElement(each, 1) > 0 GROUP BY status
"""
_SESSIONS = """
SELECT countIf(status = 'active'),
    countIf(started_at >= fromUnixTimestamp64Micro({day_us:Int64}, 'UTC')
        AND started_at < fromUnixTimestamp64Micro({day_us:Int64} + 86400000000, 'UTC')),
    sumIf(power_w, status = 'active' AND changed_at >= fromUnixTimestamp64Micro({fresh_us:Int64}, 'UTC'))
FROM sessions FINAL
WHERE status = 'active' OR started_at >= fromUnixTimestamp64Micro({day_us:Int64}, 'UTC')
"""

# Power at the end of each step: the last reading of each session before it, unless that is too old. Rows of a rollup that are not
# merged yet, and repeats, are more readings of the same moment: they change nothing.
_POWER = """
SELECT tick, sum(power) FROM (
    SELECT power, arrayJoin(range(
        greatest(toUInt64(intDiv(at_ms + {step_ms:Int64} - 1, {step_ms:Int64})), {first:UInt64}),
        least(toUInt64(intDiv(least(next_ms, at_ms + {hold_ms:Int64}) + {step_ms:Int64} - 1, {step_ms:Int64})), {last:UInt64} + 1)
    )) AS tick
    FROM (
        SELECT arraySort(groupArray((toUnixTimestamp64Milli(at), power_w))) AS points,
            arrayPushBack(arrayPopFront(tupleElement(points, 1)), 9000000000000000) AS nexts
        FROM (%s) GROUP BY session
    )
    ARRAY JOIN tupleElement(points, 1) AS at_ms, tupleElement(points, 2) AS power, nexts AS next_ms
    WHERE power != 0
)
GROUP BY tick
"""
_WINDOW = """
{column} >= fromUnixTimestamp64Milli(intDiv({{first:UInt64}} * {{step_ms:Int64}} - {{hold_ms:Int64}} - 900000, 1)::Int64, 'UTC')
    AND {column} <= fromUnixTimestamp64Milli(({{last:UInt64}} * {{step_ms:Int64}})::Int64, 'UTC')
"""
_FLEET_MINUTES = _POWER % ("SELECT session, at, power_w FROM power_minutes WHERE " + _WINDOW.format(column="minute"))
_FLEET_QUARTERS = _POWER % ("SELECT session, at, power_w FROM power_quarters WHERE " + _WINDOW.format(column="quarter"))
_STATION_POWER = _POWER % (
    """
    SELECT session, at, toFloat64(value) AS power_w FROM meter_values
    WHERE station = {station:String} AND measurand = 'Power.Active.Import' AND phase = '' AND location = 'Outlet'
        AND session != '' AND """
    + _WINDOW.format(column="at")
    + """
    UNION ALL
    SELECT session, toDateTime64(assumeNotNull(ended_at), 3, 'UTC') + toIntervalMillisecond(1) AS at, 0. AS power_w
    FROM sessions FINAL WHERE station = {station:String} AND ended_at IS NOT NULL AND """
    + _WINDOW.format(column="ended_at")
)

# A session's energy is the truth (`sessions.energy_wh`); the register readings only say when it flowed. Between two readings it
# flows evenly; a session without readings in between spreads its energy over its whole time.
_ENERGY_PIECES = """
SELECT energy, if(total > 0, starts, [started_ms]) AS piece_starts, if(total > 0, ends, [until_ms]) AS piece_ends,
    if(total > 0, arrayMap(rise -> rise / total, rises), [1.]) AS shares
FROM (
    SELECT toFloat64(s.energy_wh) AS energy, toUnixTimestamp64Milli(toDateTime64(s.started_at, 3, 'UTC')) AS started_ms,
        greatest(toUnixTimestamp64Milli(toDateTime64(s.over_at, 3, 'UTC')), started_ms) AS until_ms,
        arraySort(arrayConcat(r.registers,
            if(s.meter_start_wh IS NULL, [], [(started_ms, toFloat64(assumeNotNull(s.meter_start_wh)))]),
            if(s.meter_stop_wh IS NULL, [], [(until_ms, toFloat64(assumeNotNull(s.meter_stop_wh)))])
        )) AS points,
        arrayPopBack(tupleElement(points, 1)) AS starts, arrayPopFront(tupleElement(points, 1)) AS ends,
        arrayMap((before, after) -> greatest(after - before, 0.),
            arrayPopBack(tupleElement(points, 2)), arrayPopFront(tupleElement(points, 2))) AS rises,
        arraySum(rises) AS total
    FROM (
        SELECT session, energy_wh, started_at, coalesce(ended_at, last_meter_at, changed_at) AS over_at, meter_start_wh,
            if(ended_at IS NULL, NULL, meter_stop_wh) AS meter_stop_wh
        FROM sessions FINAL
        WHERE energy_wh > 0 AND %s AND started_at < fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC')
            AND over_at >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
    ) AS s
    LEFT JOIN (
        SELECT session, groupArray((toUnixTimestamp64Milli(at), toFloat64(register_wh))) AS registers FROM register_quarters
        WHERE quarter >= fromUnixTimestamp64Milli({since_ms:Int64} - 172800000, 'UTC')
            AND quarter < fromUnixTimestamp64Milli({until_ms:Int64} + 172800000, 'UTC')
        GROUP BY session
    ) AS r ON s.session = r.session
)
"""
_OF_STATIONS = """
({station:String} = '' OR station = {station:String})
    AND ({site:String} = '' OR station IN (SELECT station FROM stations FINAL WHERE site = {site:String}))
"""
_ENERGY = f"""
SELECT tick, sum(energy * share * if(b = a, 1., greatest(
    least(b, (tick + 1) * {{step_ms:Int64}}, {{until_ms:Int64}}) - greatest(a, tick * {{step_ms:Int64}}, {{since_ms:Int64}}), 0
) / (b - a)))
FROM (
    SELECT energy, share, a, b, arrayJoin(range(
        toUInt64(intDiv(greatest(a, {{since_ms:Int64}}), {{step_ms:Int64}})),
        toUInt64(intDiv(least(b, {{until_ms:Int64}} - 1), {{step_ms:Int64}})) + 1
    )) AS tick
    FROM ({_ENERGY_PIECES % _OF_STATIONS}) ARRAY JOIN piece_starts AS a, piece_ends AS b, shares AS share
    WHERE share > 0 AND b >= {{since_ms:Int64}} AND a < {{until_ms:Int64}}
)
GROUP BY tick
"""  # noqa: S608 built from constants

_READINGS = """
FROM meter_values
WHERE station IN (SELECT station FROM sessions WHERE session = {session:String}) AND session = {session:String}
    AND measurand IN ('Energy.Active.Import.Register', 'Power.Active.Import', 'SoC') AND phase = ''
"""
_SPAN = f"""
SELECT count(), toUnixTimestamp64Milli(min(at)), toUnixTimestamp64Milli(max(at)),
    (SELECT toFloat64(any(meter_start_wh)) FROM sessions FINAL WHERE session = {{session:String}})
{_READINGS}
"""  # noqa: S608 built from constants
# the last reading of each bucket; where a charger measures at several places, the outlet is what counts
_CURVES = f"""
SELECT measurand, toUnixTimestamp64Micro(toDateTime64(argMax(at, (location = 'Outlet', at)), 6, 'UTC')) AS at_us,
    toFloat64(argMax(value, (location = 'Outlet', at)))
{_READINGS}
GROUP BY measurand, intDiv(toUnixTimestamp64Milli(at) - {{first_ms:Int64}}, {{width_ms:Int64}}) AS bucket
ORDER BY measurand, at_us
"""


async def fleet_overview(db: ClickHouse, now: dt.datetime) -> FleetOverview:
    """The whole fleet in figures, at `now`. Connectors and faults: of connected stations."""
    day = dt.datetime(*now.astimezone(dt.UTC).timetuple()[:3], tzinfo=dt.UTC)
    by_version = await db.rows(_STATIONS)
    connectors = await db.rows(_CONNECTORS)
    ((active, today, power_w),) = await db.rows(
        _SESSIONS, {"day_us": micros(day), "fresh_us": micros(now - dt.timedelta(seconds=HOLD_S))}
    )
    day_ms = micros(day) // 1000
    bounds = {"since_ms": day_ms, "until_ms": day_ms + DAY_S * 1000, "step_ms": DAY_S * 1000}
    energy = await _energy(db, {**bounds, "station": "", "site": ""})
    return FleetOverview(
        at=now,
        stations_total=sum(total for _, total, _, _ in by_version),
        stations_connected=sum(connected for _, _, connected, _ in by_version),
        connected_by_version={version: connected for version, _, connected, _ in sorted(by_version) if connected},
        connectors_by_status=dict(sorted(connectors)),
        faults=sum(faults for _, _, _, faults in by_version),
        sessions_active=active,
        sessions_today=today,
        power_w=power_w or Decimal(0),
        energy_today_wh=_wh(sum(energy.values())),
    )


async def fleet_power(
    db: ClickHouse, since: dt.datetime, *, until: dt.datetime, step_s: int | None = None
) -> tuple[Point, ...]:
    """Charging power of the fleet in W at the end of each step from `since` to `until`; at most 2,000 steps of a minute up.

    Without `step_s`: the shortest of `STEPS_S` that gives 400 points at most.
    """
    span_s = _span_s(since, until)
    step_s = max(chosen_step_s(span_s) if step_s is None else step_s, 60, span_s // POINTS_MOST + 1)
    sql = _FLEET_QUARTERS if step_s >= HOUR_S // 4 else _FLEET_MINUTES
    return await _power(db, sql, {}, _steps(since, until, step_s * 1000))


async def station_power(
    db: ClickHouse, station: str, since: dt.datetime, *, until: dt.datetime, points: int = 500
) -> tuple[Point, ...]:
    """Charging power of a station in W, at most `points` points."""
    step_s = _span_s(since, until) // max(1, min(points, POINTS_MOST)) + 1
    return await _power(db, _STATION_POWER, {"station": station}, _steps(since, until, step_s * 1000))


async def energy_by_hour(
    db: ClickHouse, since: dt.datetime, *, until: dt.datetime, station: str = "", site: str = ""
) -> tuple[EnergyHour, ...]:
    """Energy charged in each UTC hour, by meter time; hours without any are there with 0. The last 2,000 hours at most.

    Of the whole fleet, or of one station, or of the stations that stand at one site now.
    """
    since = max(since, until - dt.timedelta(hours=POINTS_MOST))
    first = micros(since) // 1_000_000 // HOUR_S
    last = (micros(until) - 1) // 1_000_000 // HOUR_S
    bounds = {"since_ms": micros(since) // 1000, "until_ms": micros(until) // 1000, "step_ms": HOUR_S * 1000}
    energy = await _energy(db, {**bounds, "station": station, "site": site})
    return tuple(
        EnergyHour(hour=EPOCH + dt.timedelta(hours=hour), energy_wh=_wh(energy.get(hour, 0.0)))
        for hour in range(first, last + 1)
    )


async def session_series(db: ClickHouse, session: str, *, points: int = 500) -> SessionSeries:
    """A session's energy, power and state of charge over time, at most `points` points each."""
    ((count, first_ms, last_ms, start_wh),) = await db.rows(_SPAN, {"session": session})
    if not count:
        return SessionSeries(energy_wh=(), power_w=(), soc_percent=())
    width_ms = (last_ms - first_ms) // max(1, min(points, POINTS_MOST)) + 1
    rows = await db.rows(_CURVES, {"session": session, "first_ms": first_ms, "width_ms": width_ms})
    energy = _curve(rows, ENERGY)
    begin = start_wh if start_wh is not None else (energy[0].value if energy else 0.0)
    return SessionSeries(
        energy_wh=tuple(Point(point.at, round(point.value - begin, 4)) for point in energy),
        power_w=_curve(rows, POWER),
        soc_percent=_curve(rows, SOC),
    )


def _curve(rows: Sequence[tuple[Any, ...]], measurand: str) -> tuple[Point, ...]:
    return tuple(Point(EPOCH + dt.timedelta(microseconds=at_us), value) for m, at_us, value in rows if m == measurand)


def chosen_step_s(span_s: int) -> int:
    """The step of a chart of so many seconds whose caller asks for none."""
    return next((step_s for step_s in STEPS_S if span_s <= step_s * POINTS_CHOSEN), STEPS_S[-1])


def _span_s(since: dt.datetime, until: dt.datetime) -> int:
    return max(0, int((until - since).total_seconds()))


def _steps(since: dt.datetime, until: dt.datetime, step_ms: int) -> dict[str, int]:
    return {
        "step_ms": step_ms,
        "first": -(-micros(since) // 1000 // step_ms),
        "last": micros(until) // 1000 // step_ms,
        "hold_ms": HOLD_S * 1000,
    }


async def _power(
    db: ClickHouse, sql: str, parameters: Mapping[str, Any], steps: Mapping[str, int]
) -> tuple[Point, ...]:
    power: dict[int, float] = dict(await db.rows(sql, {**parameters, **steps}))
    return tuple(
        Point(EPOCH + dt.timedelta(milliseconds=tick * steps["step_ms"]), round(power.get(tick, 0.0), 3))
        for tick in range(steps["first"], steps["last"] + 1)
    )


async def _energy(db: ClickHouse, parameters: Mapping[str, Any]) -> dict[int, float]:
    """Energy in Wh by number of the step since 1970."""
    return dict(await db.rows(_ENERGY, parameters))


def _wh(value: float) -> Decimal:
    return Decimal(f"{value:.3f}")
