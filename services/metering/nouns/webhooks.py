"""Deliveries to webhooks in ClickHouse: what came of each. PURE."""

from schemas.webhooks import WEBHOOK_DELIVERIES, WebhookAttempted
from services.metering.cells import us, whole
from services.metering.feeds import STATES
from services.metering.table import MeteringNoun, table

NOUN = MeteringNoun(
    topics={STATES: (WEBHOOK_DELIVERIES,)},
    tables=(
        table(
            "webhook_deliveries",
            key="webhook delivery",
            columns="webhook delivery kind station topic partition offset status attempt http_status detail took_ms order_id"
            " occurred_at attempted_at next_attempt_at id tenant",
            rows={
                WebhookAttempted: {
                    "topic": lambda r: r.source.topic,
                    "partition": lambda r: whole(r.source.partition, "partition"),
                    "offset": lambda r: whole(r.source.offset, "offset"),
                    "order_id": lambda r: r.order,
                    "next_attempt_at": lambda r: None if r.next_attempt_at is None else us(r.next_attempt_at),
                }
            },
        ),
    ),
)
