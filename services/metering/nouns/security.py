"""Security events in ClickHouse. PURE."""

from schemas.security import SECURITY, SecurityEventReported
from services.metering.feeds import FACTS
from services.metering.table import MeteringNoun, table

NOUN = MeteringNoun(
    topics={FACTS: (SECURITY,)},
    tables=(
        table(
            "security_events",
            key="station at type tech_info",
            columns="station type critical tech_info source at received_at id",
            rows={SecurityEventReported: {}},
        ),
    ),
)
