"""A fake of the reads of reports, in memory."""

from services.api.history.fakes import FakeHistory
from services.api.reports.rows import ALL_REPORTS, Part, Report, ReportFilter
from services.api.web.paging import Page


class FakeReports(FakeHistory):
    """Reports and their parts, by the report's id."""

    def __init__(self) -> None:
        super().__init__()
        self.report_rows: dict[str, Report] = {}
        self.part_rows: dict[str, list[Part]] = {}

    async def reports(
        self, where: ReportFilter = ALL_REPORTS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Report]:
        """Every report, whatever the filter."""
        self._ask("reports", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.report_rows.values())[:limit])

    async def report(self, report: str) -> Report | None:
        """The report's row."""
        self._ask("report", report)
        return self.report_rows.get(report)

    async def report_parts(self, report: Report, *, cursor: str | None = None, limit: int = 50) -> Page[Part]:
        """The parts that were put there."""
        self._ask("report_parts", report, cursor, limit, cursor=cursor)
        return Page(tuple(self.part_rows.get(report.report, ()))[:limit])

    async def stored_parts(self, report: Report) -> int:
        """How many parts were put there."""
        self._ask("stored_parts", report)
        return len({part.seq_no for part in self.part_rows.get(report.report, ())})
