"""Messages kept as they came, in ClickHouse, vendor data included. PURE."""

from schemas.datatransfer import DataTransferred
from schemas.facts import FACTS as FACT_TOPICS
from schemas.facts import FactReported
from services.metering.cells import json, us
from services.metering.feeds import FACTS
from services.metering.table import MeteringNoun, table


def _data_transfer(record: DataTransferred) -> str:
    return json({"vendorId": record.vendor_id, "messageId": record.message_id, "data": record.data} | record.further)


NOUN = MeteringNoun(
    topics={FACTS: FACT_TOPICS},
    tables=(
        table(
            "facts",
            key="station noun at id",
            columns="station noun at action version payload id",
            rows={
                FactReported: {"at": lambda r: us(r.received_at)},
                DataTransferred: {
                    "noun": lambda _: "data-transfers",
                    "at": lambda r: us(r.received_at),
                    "action": lambda _: "DataTransfer",
                    "version": lambda _: "",
                    "payload": _data_transfer,
                },
            },
        ),
    ),
)
