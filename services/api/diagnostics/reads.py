"""Logs in ClickHouse."""

from typing import Protocol

from services.api.diagnostics.rows import ALL_LOGS, Log, LogFilter
from services.api.history.listing import Listing, Where, in_micros
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class LogReads(Protocol):
    """Logs. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def logs(self, where: LogFilter = ..., *, cursor: str | None = None, limit: int = 50) -> Page[Log]: ...

    async def log(self, log: str) -> Log | None: ...


_LOGS = Listing(table="logs", struct=Log, at_us=in_micros("t.requested_at"), id="t.log")


async def logs(db: ClickHouse, where: LogFilter = ALL_LOGS, *, cursor: str | None = None, limit: int = 50) -> Page[Log]:
    """Logs by their request, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.status = {status:String}", status=where.status)
    return await _LOGS.page(db, conditions, cursor=cursor, limit=limit)


async def log(db: ClickHouse, log: str) -> Log | None:
    """One log; None where none of that id was asked for. Raises Outage."""
    return await _LOGS.one(db, Where("t.log = {log:String}", log=log))
