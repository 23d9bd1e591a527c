"""Reports as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.reports import REPORT_STATES, ReportChanged
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.reports.rows import Report, ReportFilter, report_of
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="report",
    topic=REPORT_STATES,
    record=ReportChanged,
    id="report",
    row=report_of,
    many="reports",
    one="report",
    filter=ReportFilter,
    rules={
        "station": lambda report, station: report.station == station,
        "status": lambda report, status: report.status == status,
    },
    order=Order[Report](place=lambda row: Position(micros(row.requested_at), row.report)),
)
