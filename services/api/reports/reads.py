"""Reports in ClickHouse."""

from typing import Protocol

from services.api.history.listing import Listing, Where, decoded, in_micros
from services.api.reports.rows import ALL_REPORTS, Part, Report, ReportFilter
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class ReportReads(Protocol):
    """Reports and their parts. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def reports(
        self, where: ReportFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Report]: ...

    async def report(self, report: str) -> Report | None: ...

    async def report_parts(self, report: Report, *, cursor: str | None = None, limit: int = 50) -> Page[Part]: ...

    async def stored_parts(self, report: Report) -> int: ...


_REPORTS = Listing(
    table="reports",
    struct=Report,
    at_us=in_micros("t.requested_at"),
    id="t.report",
    convert={"missing": tuple},
)
_PARTS = Listing(
    table="report_parts",
    struct=Part,
    at_us="t.seq_no",
    order=in_micros("t.received_at"),
    descending=False,
    convert={"content": decoded},
)


async def reports(
    db: ClickHouse, where: ReportFilter = ALL_REPORTS, *, cursor: str | None = None, limit: int = 50
) -> Page[Report]:
    """Reports by their request, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.status = {status:String}", status=where.status)
    return await _REPORTS.page(db, conditions, cursor=cursor, limit=limit)


async def report(db: ClickHouse, report: str) -> Report | None:
    """One report; None where no command of that id asked for one. Raises Outage."""
    return await _REPORTS.one(db, Where("t.report = {report:String}", report=report))


async def report_parts(db: ClickHouse, report: Report, *, cursor: str | None = None, limit: int = 50) -> Page[Part]:
    """The parts of a report, by their numbers. One that the station sent twice may be there twice. Raises Outage, BadCursor."""
    return await _PARTS.page(db, _of(report), cursor=cursor, limit=limit)


async def stored_parts(db: ClickHouse, report: Report) -> int:
    """How many different parts of a report ClickHouse has. Raises Outage."""
    where = _of(report)
    sql = (
        f"SELECT uniqExact(if(t.seq_no < 0, t.id, toString(t.seq_no))) FROM report_parts AS t FINAL WHERE {where.sql()}"  # noqa: S608 constants
    )
    ((count,),) = await db.rows(sql, where.parameters)
    return int(count)


def _of(report: Report) -> Where:
    where = Where(
        "t.station = {station:String}",
        "t.message = {message:String}",
        "t.request_id = {request_id:Int64}",
        station=report.station,
        message=report.message,
        request_id=report.request_id,
    )
    first = report.first_at or report.requested_at
    where.add("t.received_at >= {first:DateTime64(6, 'UTC')}", first=first)
    where.add("t.received_at <= {last:DateTime64(6, 'UTC')}", last=report.last_at)
    return where
