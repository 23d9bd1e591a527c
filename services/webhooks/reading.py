"""Reading: which events of one webhook are in a record of its topics, or which order about it."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from aiokafka import ConsumerRecord

from schemas.codec import Decoder, UnknownRecord
from schemas.webhooks import (
    WEBHOOK_ORDERS,
    Source,
    WebhookDeliveryOrdered,
    WebhookProvisioned,
    WebhookTestOrdered,
)
from services.runtime.process import metrics as shared
from services.webhooks.events import Event, Placed, deliveries_of, trial_of
from services.webhooks.kinds import BY_NAME, TOPICS

log = logging.getLogger("voltbus.services")

READ = tuple(topic.name for topic in (*TOPICS, WEBHOOK_ORDERS))

Fetched: TypeAlias = ConsumerRecord[bytes | None, bytes | None]


class Reading:
    """What one webhook reads. `placed`: the site and the tenant of a station."""

    def __init__(self, webhook: WebhookProvisioned, placed: Placed) -> None:
        self.webhook = webhook
        self._placed = placed
        self._decoders = {topic.name: Decoder(topic) for topic in (*TOPICS, WEBHOOK_ORDERS)}
        self._wanted = {WEBHOOK_ORDERS.name, *(BY_NAME[kind].topic.name for kind in webhook.kinds if kind in BY_NAME)}

    def _concerns(self, record: Fetched) -> bool:
        since_ms = int(self.webhook.since.timestamp() * 1000)
        return record.topic in self._wanted and record.value is not None and record.timestamp >= since_ms

    def events(self, record: Fetched) -> Sequence[Event] | WebhookDeliveryOrdered:
        """What a record has this webhook deliver; an order to repeat a delivery is returned as it is."""
        if not self._concerns(record):
            return ()
        value = record.value or b""
        try:
            decoded = self._decoders[record.topic].decode(value)
        except UnknownRecord as error:
            shared.DEAD_LETTERS.labels("webhooks", record.topic).inc()
            log.warning("a record of %s cannot be read for webhooks: %s", record.topic, error)
            return ()
        match decoded:
            case WebhookTestOrdered() | WebhookDeliveryOrdered():
                if decoded.webhook != self.webhook.webhook or decoded.ordered_at < self.webhook.started_at:
                    return ()
                return (trial_of(decoded),) if isinstance(decoded, WebhookTestOrdered) else decoded
        source = Source(topic=record.topic, partition=record.partition, offset=record.offset)
        occurred_at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
        return deliveries_of(self.webhook, decoded, value, source=source, occurred_at=occurred_at, placed=self._placed)
