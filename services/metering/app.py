"""Wiring of metering."""

from services.metering.projection import Projection
from services.runtime.clickhouse import open_clickhouse
from services.runtime.settings import Settings
from services.runtime.worker import Worker


def worker(settings: Settings) -> Worker:
    """The worker that keeps ClickHouse up to date; more of them share the partitions."""
    db = open_clickhouse(
        settings.clickhouse,
        settings.clickhouse_database,
        connections=settings.clickhouse_connections,
        waiting_limit=settings.clickhouse_waiting,
        timeout_s=settings.clickhouse_timeout_s,
    )
    return Projection(settings, db)
