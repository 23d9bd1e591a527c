"""Settling what the embedded bus has forgotten: after its stop nobody will say how connections and sessions ended."""

from services.runtime.clickhouse import ClickHouse

ANOMALY = "bus-forgotten"
"""Of a session that was active when the embedded bus stopped."""

# One microsecond newer than what was known: it replaces that and yields to every newer fact.
_STATIONS = """
INSERT INTO stations
SELECT * REPLACE (false AS connected, coalesce(seen_at, changed_at) AS disconnected_at, changed_at + toIntervalMicrosecond(1) AS changed_at)
FROM (SELECT * FROM stations FINAL WHERE connected)
"""

_SESSIONS = """
INSERT INTO sessions
SELECT * REPLACE (
    'presumed-ended' AS status, coalesce(ended_at, last_meter_at, changed_at) AS ended_at,
    arrayPushBack(anomalies, {anomaly:String}) AS anomalies, changed_at + toIntervalMicrosecond(1) AS changed_at)
FROM (SELECT * FROM sessions FINAL WHERE status = 'active')
"""


async def settle_forgotten(db: ClickHouse) -> None:
    """Mark connected stations disconnected and active sessions presumed-ended, until newer facts come."""
    await db.command(_STATIONS)
    await db.command(_SESSIONS, {"anomaly": ANOMALY})
