"""Logs as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.diagnostics import LOG_STATES, LogChanged
from services.api.diagnostics.rows import Log, LogFilter, log_of
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="log",
    topic=LOG_STATES,
    record=LogChanged,
    id="log",
    row=log_of,
    many="logs",
    one="log",
    filter=LogFilter,
    rules={
        "station": lambda log, station: log.station == station,
        "status": lambda log, status: log.status == status,
    },
    order=Order[Log](place=lambda row: Position(micros(row.requested_at), row.log)),
)
