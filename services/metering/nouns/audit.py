"""The audit log in ClickHouse: each entry whole, with what it is found by. PURE."""

from schemas.audit import AUDIT, AuditRecorded
from services.metering.cells import json
from services.metering.feeds import STATES
from services.metering.table import MeteringNoun, table

NOUN = MeteringNoun(
    topics={STATES: (AUDIT,)},
    tables=(
        table(
            "audit",
            key="at writer sequence",
            columns="writer sequence at actor noun action route request_id stations subjects entry id tenant",
            rows={
                AuditRecorded: {
                    "stations": lambda r: sorted({one.station for one in r.records if one.station}),
                    "subjects": lambda r: [one.subject for one in r.records],
                    "entry": json,
                }
            },
        ),
    ),
)
