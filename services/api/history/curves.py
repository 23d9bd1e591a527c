"""Power over time: what the curves of the fleet and of a station have in common."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from services.api.web.paging import EPOCH, micros
from services.runtime.clickhouse import ClickHouse


class Point(msgspec.Struct, frozen=True):
    """A value at a moment, for charts."""

    at: dt.datetime
    value: float


HOLD_S = 1_200
"""A reading of power stands for so long, until the next one: stations that report every quarter of an hour are not lost."""

POINTS_MOST = 2_000
"""Points of one curve, at most; longer spans get longer steps."""

HOUR_S = 3_600

# Power at the end of each step: the last reading of each session before it, unless that is too old. Rows of a rollup that are not
# merged yet, and repeats, are more readings of the same moment: they change nothing.
POWER_AT_TICKS = """
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

WINDOW = """
{column} >= fromUnixTimestamp64Milli(intDiv({{first:UInt64}} * {{step_ms:Int64}} - {{hold_ms:Int64}} - 900000, 1)::Int64, 'UTC')
    AND {column} <= fromUnixTimestamp64Milli(({{last:UInt64}} * {{step_ms:Int64}})::Int64, 'UTC')
"""


def span_s_of(since: dt.datetime, until: dt.datetime) -> int:
    return max(0, int((until - since).total_seconds()))


def ticks_of(since: dt.datetime, until: dt.datetime, step_ms: int) -> dict[str, int]:
    return {
        "step_ms": step_ms,
        "first": -(-micros(since) // 1000 // step_ms),
        "last": micros(until) // 1000 // step_ms,
        "hold_ms": HOLD_S * 1000,
    }


async def power_at_ticks(
    db: ClickHouse, sql: str, parameters: Mapping[str, Any], steps: Mapping[str, int]
) -> tuple[Point, ...]:
    power: dict[int, float] = dict(await db.rows(sql, {**parameters, **steps}))
    return tuple(
        Point(EPOCH + dt.timedelta(milliseconds=tick * steps["step_ms"]), round(power.get(tick, 0.0), 3))
        for tick in range(steps["first"], steps["last"] + 1)
    )
