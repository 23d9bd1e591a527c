"""Data transfers in ClickHouse: what stations sent and were answered. PURE."""

from schemas.datatransfer import DATA_TRANSFERS, DataTransferred
from services.metering.feeds import FACTS
from services.metering.table import MeteringNoun, table

NOUN = MeteringNoun(
    topics={FACTS: (DATA_TRANSFERS,)},
    tables=(
        table(
            "data_transfers",
            key="station received_at id",
            columns="station received_at vendor_id message_id data status answer id",
            rows={DataTransferred: {}},
        ),
    ),
)
