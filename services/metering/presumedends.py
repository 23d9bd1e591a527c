"""Presumed ends: after a stop of the embedded bus, ends connections and sessions in ClickHouse whose ends were lost with it."""

from services.runtime.clickhouse import ClickHouse

ANOMALY = "bus-forgotten"
"""Of a session that was active when the embedded bus stopped."""

# One microsecond newer than the last row, so that it replaces that and yields to every newer fact.
_STATIONS = """
INSERT INTO stations
SELECT * REPLACE (false AS connected, coalesce(seen_at, changed_at) AS disconnected_at, changed_at + toIntervalMicrosecond(1) AS changed_at)
FROM (SELECT * FROM stations FINAL WHERE connected)
"""

_SESSIONS = """
INSERT INTO sessions
SELECT * REPLACE (
    'presumed-ended' AS status, NULL AS power_w, coalesce(ended_at, last_meter_at, changed_at) AS ended_at,
    arrayPushBack(anomalies, {anomaly:String}) AS anomalies, changed_at + toIntervalMicrosecond(1) AS changed_at)
FROM (SELECT * FROM sessions FINAL WHERE status = 'active')
"""


async def presume_ends(db: ClickHouse) -> None:
    """Mark connected stations disconnected and active sessions presumed-ended, until newer facts come."""
    await db.command(_STATIONS)
    await db.command(_SESSIONS, {"anomaly": ANOMALY})
