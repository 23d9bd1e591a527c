"""Dead letters in ClickHouse: records that a service could not read or apply. Their feed reads those of every topic. PURE."""

from schemas.deadletters import DeadLettered
from services.metering.table import MeteringNoun, table

NOUN = MeteringNoun(
    topics={},
    tables=(
        table(
            "dead_letters",
            key="service topic partition offset value",
            columns="at service topic partition offset key value encoding reason id",
            rows={DeadLettered: {}},
        ),
    ),
)
