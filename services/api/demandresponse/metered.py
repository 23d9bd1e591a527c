"""Metered power in ClickHouse, of many stations over a window: by minute, as it was drawn and as limits would have cut it.

A reading of a session stands until its next one, for twenty minutes at most, and ends with the session (as in the curves of the console).
"""

import datetime as dt
from collections.abc import Sequence

import msgspec

from services.api.history.curves import HOLD_S
from services.api.web.paging import EPOCH, micros
from services.runtime.clickhouse import ClickHouse

MINUTE_MS = 60_000


class Drawn(msgspec.Struct, frozen=True):
    """What the stations of an event at one site drew at a minute in W, and how much of it their limits would have cut off."""

    site: str
    minute: dt.datetime
    power_w: float
    above_w: float


class StationMinute(msgspec.Struct, frozen=True):
    """What one station drew at a minute, in W."""

    station: str
    minute: dt.datetime
    power_w: float


# Power of each station at the end of each minute: the last reading of each session before it, unless that is too old.
_AT_MINUTES = """
SELECT station, tick, sum(power) AS power_w FROM (
    SELECT station, power, arrayJoin(range(
        greatest(toUInt64(intDiv(at_ms + 60000 - 1, 60000)), {first:UInt64}),
        least(toUInt64(intDiv(least(next_ms, at_ms + {hold_ms:Int64}) + 60000 - 1, 60000)), {last:UInt64} + 1)
    )) AS tick
    FROM (
        SELECT station, arraySort(groupArray((toUnixTimestamp64Milli(at), power_w))) AS points,
            arrayPushBack(arrayPopFront(tupleElement(points, 1)), 9000000000000000) AS nexts
        FROM (
            SELECT station, session, at, power_w FROM power_minutes WHERE WINDOW_MINUTE STATIONS
            UNION ALL
            SELECT station, session, toDateTime64(assumeNotNull(ended_at), 3, 'UTC') + toIntervalMillisecond(1) AS at, 0. AS power_w
            FROM sessions FINAL WHERE ended_at IS NOT NULL AND WINDOW_ENDED STATIONS
        )
        GROUP BY station, session
    )
    ARRAY JOIN tupleElement(points, 1) AS at_ms, tupleElement(points, 2) AS power, nexts AS next_ms
    WHERE power != 0
)
GROUP BY station, tick
"""
_WINDOW = """
{column} >= fromUnixTimestamp64Milli(({{first:UInt64}} * 60000 - {{hold_ms:Int64}} - 60000)::Int64, 'UTC')
    AND {column} <= fromUnixTimestamp64Milli(({{last:UInt64}} * 60000)::Int64, 'UTC')
"""


def _at_minutes(stations: str = "") -> str:
    sql = _AT_MINUTES.replace("WINDOW_MINUTE", _WINDOW.format(column="minute").replace("{{", "{").replace("}}", "}"))
    return sql.replace("WINDOW_ENDED", _WINDOW.format(column="ended_at")).replace("STATIONS", stations)


# What an event leaves to a station; limits in A count as watts of three phases.
_OF_EVENT = """
    SELECT station, site, toFloat64(coalesce(limit_w, limit_a * 690, 1000000000)) AS limit
    FROM demand_stations FINAL WHERE event = {event:String}
"""
_IN_EVENT = "AND station IN (SELECT station FROM demand_stations WHERE event = {event:String})"

_BY_SITE = f"""
SELECT o.site, p.tick, sum(p.power_w), sum(greatest(0., p.power_w - o.limit))
FROM ({_at_minutes(_IN_EVENT)}) AS p INNER JOIN ({_OF_EVENT}) AS o USING station
GROUP BY o.site, p.tick ORDER BY o.site, p.tick
"""  # noqa: S608 constants
_BY_STATION = f"SELECT station, tick, power_w FROM ({_at_minutes('AND station IN {stations:Array(String)}')})"  # noqa: S608 constants
_MEAN = f"SELECT station, sum(power_w) / {{minutes:Float64}} FROM ({_at_minutes()}) GROUP BY station"  # noqa: S608 constants


def _ticks(since: dt.datetime, until: dt.datetime) -> dict[str, int]:
    """The ends of the minutes between."""
    first = micros(since) // 1000 // MINUTE_MS + 1
    return {"first": first, "last": max(first, -(-micros(until) // 1000 // MINUTE_MS)), "hold_ms": HOLD_S * 1000}


def minute_of(tick: int) -> dt.datetime:
    """The minute that ends at this number of minutes since 1970."""
    return EPOCH + dt.timedelta(minutes=int(tick) - 1)


async def drawn_by_site(db: ClickHouse, event: str, since: dt.datetime, until: dt.datetime) -> tuple[Drawn, ...]:
    """What the stations of an event drew, by site and minute from `since` to before `until`; a minute with nothing is left out."""
    rows = await db.rows(_BY_SITE, {"event": event, **_ticks(since, until)})
    return tuple(Drawn(site, minute_of(tick), float(power), float(above)) for site, tick, power, above in rows)


async def drawn_by_station(
    db: ClickHouse, stations: Sequence[str], since: dt.datetime, until: dt.datetime
) -> tuple[StationMinute, ...]:
    """What each of these stations drew, by minute; a minute with nothing is left out."""
    rows = await db.rows(_BY_STATION, {"stations": list(stations), **_ticks(since, until)})
    return tuple(StationMinute(station, minute_of(tick), float(power)) for station, tick, power in rows)


async def mean_by_station(db: ClickHouse, since: dt.datetime, until: dt.datetime) -> dict[str, float]:
    """What each station drew on average over a window, in W; those that drew nothing are left out."""
    ticks = _ticks(since, until)
    minutes = ticks["last"] - ticks["first"] + 1
    return {name: float(mean) for name, mean in await db.rows(_MEAN, {"minutes": float(minutes), **ticks})}
