"""Reports: how far each is, and its parts."""

from typing import Annotated

from litestar import Router, get
from litestar.params import PathParameter, QueryParameter

from schemas.reports import ReportStatus
from services.api.reports.rows import Part, Report, ReportFilter
from services.api.reports.usecases import known_report, parts_of
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

ReportPath = Annotated[str, PathParameter(description="The report's id: that of the command which asked for it.")]


@get("/reports", summary="List reports", responses=documented(422))
async def list_reports(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="Of this station.")] = None,
    status: Annotated[ReportStatus | None, QueryParameter(description="Only those of this status.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Report]:
    """Reports by their request, newest first."""
    return await ports.reads.reports(ReportFilter(station=station, status=status), cursor=cursor, limit=limit)


@get("/reports/{report:str}", summary="Get a report", responses=documented(404))
async def get_report(report: ReportPath, ports: Given) -> Report:
    """How far a report is now."""
    return await known_report(ports, report)


@get("/reports/{report:str}/parts", summary="List the parts of a report", responses=documented(404, 422, 503))
async def list_parts(report: ReportPath, ports: Given, *, cursor: Cursor = None, limit: Limit = 50) -> Page[Part]:
    """The parts that have come, by their numbers, each with what it carries.

    503 for a few seconds after they came, while they are being stored.
    """
    return await parts_of(ports, report, cursor=cursor, limit=limit)


def router() -> Router:
    """Reports."""
    return Router(path="/", route_handlers=[list_reports, get_report, list_parts])
