"""Wiring of metering."""

from services.metering.projection import Projection
from services.metering.settings import MeteringSettings
from services.runtime.clickhouse import open_clickhouse
from services.runtime.loop.worker import Worker
from services.runtime.process.watch import ClickHouseWatch


def workers(settings: MeteringSettings) -> tuple[Worker, ...]:
    """The worker that keeps ClickHouse up to date (more of them share the partitions), and the watch of a ClickHouse server."""
    db = open_clickhouse(
        settings.clickhouse,
        settings.clickhouse_database,
        connections=settings.clickhouse_connections,
        waiting_limit=settings.clickhouse_waiting,
        timeout_s=settings.clickhouse_timeout_s,
    )
    projection = Projection(settings, db)
    return (projection,) if settings.clickhouse.startswith("chdb:") else (projection, ClickHouseWatch(settings))
