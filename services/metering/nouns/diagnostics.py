"""Diagnostics in ClickHouse: what each log is now, and what stations said of their uploads. PURE."""

from schemas.diagnostics import DIAGNOSTICS, LOG_STATES, LogChanged, LogStatusReported
from services.metering.cells import whole
from services.metering.feeds import FACTS, STATES
from services.metering.table import MeteringNoun, table

NOUN = MeteringNoun(
    topics={FACTS: (DIAGNOSTICS,), STATES: (LOG_STATES,)},
    tables=(
        table(
            "logs",
            key="station log",
            columns="station log type status detail file place size sha256 requested_at requested_by ended_at revision id changed_at",
            rows={LogChanged: {"size": lambda log: whole(log.size or 0, "size")}},
        ),
        table(
            "log_statuses",
            key="station received_at id",
            columns="station request_id status detail received_at id",
            rows={LogStatusReported: {}},
        ),
    ),
)
