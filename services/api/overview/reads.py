"""The fleet in ClickHouse: figures, power, energy."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from services.api.history.curves import (
    HOLD_S,
    HOUR_S,
    POINTS_MOST,
    POWER_AT_TICKS,
    WINDOW,
    Point,
    power_at_ticks,
    span_s_of,
    ticks_of,
)
from services.api.overview.rows import EnergyHour, FleetOverview
from services.api.web.paging import EPOCH, micros
from services.runtime.clickhouse import ClickHouse


class OverviewReads(Protocol):
    """The figures, power and energy of the fleet. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def fleet_overview(self, now: dt.datetime) -> FleetOverview: ...

    async def fleet_power(
        self, since: dt.datetime, *, until: dt.datetime, step_s: int | None = None
    ) -> tuple[Point, ...]: ...

    async def energy_by_hour(self, since: dt.datetime, *, until: dt.datetime) -> tuple[EnergyHour, ...]: ...


POINTS_CHOSEN = 400
"""Points of a curve whose caller asks for no step, at most."""

DAY_S = 24 * HOUR_S

STEPS_S = (60, 900, 1_800, HOUR_S, 2 * HOUR_S, 6 * HOUR_S, DAY_S)
"""Steps to choose from: a minute up to 6 h, a quarter of an hour up to 4 days, half an hour for a week."""

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

_FLEET_MINUTES = POWER_AT_TICKS % (
    "SELECT session, at, power_w FROM power_minutes WHERE " + WINDOW.format(column="minute")
)

_FLEET_QUARTERS = POWER_AT_TICKS % (
    "SELECT session, at, power_w FROM power_quarters WHERE " + WINDOW.format(column="quarter")
)

# A session's energy is the truth (`sessions.energy_wh`); the register readings only say when it flowed. Between two readings it
# flows evenly; a session without readings in between spreads its energy over its whole time.
_ENERGY_PIECES = """
SELECT energy, if(total > 0, starts, [started_ms]) AS piece_starts, if(total > 0, ends, [until_ms]) AS piece_ends,
    if(total > 0, arrayMap(rise -> rise / total, rises), [1.]) AS shares
FROM (
    SELECT toFloat64(s.%(energy)s) AS energy, toUnixTimestamp64Milli(toDateTime64(s.started_at, 3, 'UTC')) AS started_ms,
        greatest(toUnixTimestamp64Milli(toDateTime64(s.over_at, 3, 'UTC')), started_ms) AS until_ms,
        arraySort(arrayConcat(r.registers,
            if(s.%(start)s IS NULL, [], [(started_ms, toFloat64(assumeNotNull(s.%(start)s)))]),
            if(s.%(stop)s IS NULL, [], [(until_ms, toFloat64(assumeNotNull(s.%(stop)s)))])
        )) AS points,
        arrayPopBack(tupleElement(points, 1)) AS starts, arrayPopFront(tupleElement(points, 1)) AS ends,
        arrayMap((before, after) -> greatest(after - before, 0.),
            arrayPopBack(tupleElement(points, 2)), arrayPopFront(tupleElement(points, 2))) AS rises,
        arraySum(rises) AS total
    FROM (
        SELECT session, %(energy)s, started_at, coalesce(ended_at, last_meter_at, changed_at) AS over_at, %(start)s,
            if(ended_at IS NULL, NULL, %(stop)s) AS %(stop)s
        FROM sessions FINAL
        WHERE %(energy)s > 0 AND %(stations)s AND started_at < fromUnixTimestamp64Milli({until_ms:Int64}, 'UTC')
            AND over_at >= fromUnixTimestamp64Milli({since_ms:Int64}, 'UTC')
    ) AS s
    LEFT JOIN (
        SELECT session, groupArray((toUnixTimestamp64Milli(at), toFloat64(register_wh))) AS registers FROM %(registers)s
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

_IMPORT = {"energy": "energy_wh", "start": "meter_start_wh", "stop": "meter_stop_wh", "registers": "register_quarters"}
_EXPORT = {
    "energy": "exported_wh",
    "start": "export_start_wh",
    "stop": "export_stop_wh",
    "registers": "export_register_quarters",
}

_ENERGY = """
SELECT tick, sum(energy * share * if(b = a, 1., greatest(
    least(b, (tick + 1) * {step_ms:Int64}, {until_ms:Int64}) - greatest(a, tick * {step_ms:Int64}, {since_ms:Int64}), 0
) / (b - a)))
FROM (
    SELECT energy, share, a, b, arrayJoin(range(
        toUInt64(intDiv(greatest(a, {since_ms:Int64}), {step_ms:Int64})),
        toUInt64(intDiv(least(b, {until_ms:Int64} - 1), {step_ms:Int64})) + 1
    )) AS tick
    FROM (%s) ARRAY JOIN piece_starts AS a, piece_ends AS b, shares AS share
    WHERE share > 0 AND b >= {since_ms:Int64} AND a < {until_ms:Int64}
)
GROUP BY tick
"""
_TAKEN = _ENERGY % (_ENERGY_PIECES % (_IMPORT | {"stations": _OF_STATIONS}))
_GIVEN_BACK = _ENERGY % (_ENERGY_PIECES % (_EXPORT | {"stations": _OF_STATIONS}))


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
    everywhere = {**bounds, "station": "", "site": ""}
    energy, exported = await _energy(db, _TAKEN, everywhere), await _energy(db, _GIVEN_BACK, everywhere)
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
        exported_today_wh=_wh(sum(exported.values())),
    )


async def fleet_power(
    db: ClickHouse, since: dt.datetime, *, until: dt.datetime, step_s: int | None = None
) -> tuple[Point, ...]:
    """Charging power of the fleet in W at the end of each step from `since` to `until`; at most 2,000 steps of a minute up.

    Without `step_s`: the shortest of `STEPS_S` that gives 400 points at most.
    """
    span_s = span_s_of(since, until)
    step_s = max(chosen_step_s(span_s) if step_s is None else step_s, 60, span_s // POINTS_MOST + 1)
    sql = _FLEET_QUARTERS if step_s >= HOUR_S // 4 else _FLEET_MINUTES
    return await power_at_ticks(db, sql, {}, ticks_of(since, until, step_s * 1000))


async def energy_by_hour(
    db: ClickHouse, since: dt.datetime, *, until: dt.datetime, station: str = "", site: str = ""
) -> tuple[EnergyHour, ...]:
    """Energy charged and given back in each UTC hour, by meter time; hours without any are there with 0. The last 2,000 hours at most.

    Of the whole fleet, or of one station, or of the stations that stand at one site now.
    """
    since = max(since, until - dt.timedelta(hours=POINTS_MOST))
    first = micros(since) // 1_000_000 // HOUR_S
    last = (micros(until) - 1) // 1_000_000 // HOUR_S
    bounds = {"since_ms": micros(since) // 1000, "until_ms": micros(until) // 1000, "step_ms": HOUR_S * 1000}
    asked = {**bounds, "station": station, "site": site}
    energy, exported = await _energy(db, _TAKEN, asked), await _energy(db, _GIVEN_BACK, asked)
    return tuple(
        EnergyHour(
            hour=EPOCH + dt.timedelta(hours=hour),
            energy_wh=_wh(energy.get(hour, 0.0)),
            exported_wh=_wh(exported.get(hour, 0.0)),
        )
        for hour in range(first, last + 1)
    )


def chosen_step_s(span_s: int) -> int:
    """The step of a chart of so many seconds whose caller asks for none."""
    return next((step_s for step_s in STEPS_S if span_s <= step_s * POINTS_CHOSEN), STEPS_S[-1])


async def _energy(db: ClickHouse, sql: str, parameters: Mapping[str, Any]) -> dict[int, float]:
    """Energy in Wh by number of the step since 1970: `_TAKEN` or `_GIVEN_BACK`."""
    return dict(await db.rows(sql, parameters))


def _wh(value: float) -> Decimal:
    return Decimal(f"{value:.3f}")
