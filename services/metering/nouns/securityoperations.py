"""Security operations in ClickHouse: what each is now, with its steps. PURE."""

import msgspec

from schemas.securityoperations import SECURITY_OPERATIONS, SecurityOperationChanged
from services.metering.feeds import STATES
from services.metering.table import MeteringNoun, table

NOUN = MeteringNoun(
    topics={STATES: (SECURITY_OPERATIONS,)},
    tables=(
        table(
            "security_operations",
            key="station operation",
            columns="station operation kind status why steps security_profile profile_before url slot batch wave scheduled"
            " requested_at requested_by started_at ended_at revision id changed_at",
            rows={SecurityOperationChanged: {"steps": lambda r: msgspec.json.encode(r.steps).decode()}},
        ),
    ),
)
