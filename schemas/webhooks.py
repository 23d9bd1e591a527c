"""Webhooks: who is sent which events over HTTP, and what became of each delivery.

What is sent is read from the topics of the events themselves (`services.webhooks.kinds`): they are the outbox.
"""

from typing import Annotated, Literal

import msgspec

from schemas.base import Record, Timestamp
from schemas.operators import DEPLOYMENT
from schemas.topic import FACTS_KEPT_S, Topic

NAME = r"[a-z0-9][a-z0-9._-]{0,63}"
"""The name of a webhook, as a regular expression."""

LONGEST_URL = 2_000
LONGEST_DETAIL = 300
"""Characters that are kept of what went wrong."""

DeliveryStatus = Literal["delivered", "retrying", "dead"]
"""`delivered`: answered with 2xx. `retrying`: it failed and is sent again at `next_attempt_at`. `dead`: it is not sent again by itself."""

Url = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_URL)]


# -- reference data, on csms.ref.webhooks (compacted) -----------------------------------------------------------------


class WebhookProvisioned(Record, frozen=True, kw_only=True, tag="webhook-provisioned"):
    """A receiver of events. `kinds` are names of `services.webhooks.kinds`; empty `sites` and `vendor_ids` filter nothing.

    `secret` is sealed, and so is `previous_secret`, with which deliveries are signed too for a while after `rotated_at`.
    `since` and `start` say from when events are sent: a new `start`, made at `started_at`, is a new consumer group that begins at the time
    `since`.
    `disabled_reason` is why it is not `enabled`, where no operator turned it off. `tenant`: whose stations' events alone are sent; empty:
    those of all.
    """

    webhook: str
    url: Url
    kinds: tuple[str, ...]
    sites: tuple[str, ...] = ()
    vendor_ids: tuple[str, ...] = ()
    secret: str
    previous_secret: str = ""
    rotated_at: Timestamp | None = None
    enabled: bool = True
    disabled_reason: str = ""
    note: str = ""
    start: str
    since: Timestamp
    started_at: Timestamp
    provisioned_at: Timestamp
    provisioned_by: str = ""
    tenant: str = DEPLOYMENT


class WebhookRemoved(Record, frozen=True, kw_only=True, tag="webhook-removed"):
    """A receiver is forgotten; what was not delivered is not sent any more."""

    webhook: str
    removed_at: Timestamp
    removed_by: str = ""
    tenant: str = DEPLOYMENT


# -- what happens to deliveries, on csms.webhook-deliveries ------------------------------------------------------------


class Source(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The place on Kafka of the record that is sent; an empty topic: it was made for a test."""

    topic: str = ""
    partition: int = 0
    offset: int = 0


class WebhookAttempted(Record, frozen=True, kw_only=True, tag="webhook-attempted"):
    """An attempt to deliver an event. `delivery` is the `webhook-id` of the request, the same for each attempt and each repeat.

    `attempt` counts from 1, and again from 1 after a restart or a replay. `occurred_at` is when Kafka got the event. `http_status` is
    absent where no answer came; `detail` then says why. `order` is the id of the order that asked for this delivery; empty: the event did.
    `tenant`: whose webhook it is.
    """

    id: str
    webhook: str
    delivery: str
    kind: str
    station: str = ""
    source: Source
    status: DeliveryStatus
    attempt: int
    http_status: int | None = None
    detail: str = ""
    took_ms: int = 0
    order: str = ""
    occurred_at: Timestamp
    attempted_at: Timestamp
    next_attempt_at: Timestamp | None = None
    tenant: str = DEPLOYMENT


# -- what operators ask for, on csms.webhook-orders --------------------------------------------------------------------


class WebhookTestOrdered(Record, frozen=True, kw_only=True, tag="webhook-test-ordered"):
    """Send an event of the kind `webhook.test` once. `delivery` is its `webhook-id`."""

    id: str
    webhook: str
    delivery: str
    ordered_at: Timestamp
    ordered_by: str = ""
    tenant: str = DEPLOYMENT


class WebhookDeliveryOrdered(Record, frozen=True, kw_only=True, tag="webhook-delivery-ordered"):
    """Send one delivery again, dead or not: the record at `source`, under the same `webhook-id`."""

    id: str
    webhook: str
    delivery: str
    kind: str
    station: str = ""
    source: Source
    occurred_at: Timestamp
    ordered_at: Timestamp
    ordered_by: str = ""
    tenant: str = DEPLOYMENT


REF_WEBHOOKS = Topic(
    name="csms.ref.webhooks",
    meaning="Receivers of events over HTTP; current state by name.",
    records=(WebhookProvisioned, WebhookRemoved),
    key="webhook",
    retention_s=None,
)
WEBHOOK_ORDERS = Topic(
    name="csms.webhook-orders",
    meaning="Test deliveries and repeated deliveries that operators ask for.",
    records=(WebhookTestOrdered, WebhookDeliveryOrdered),
    key="webhook",
    retention_s=FACTS_KEPT_S,
)
WEBHOOK_DELIVERIES = Topic(
    name="csms.webhook-deliveries",
    meaning="Each attempt to deliver an event to a webhook.",
    records=(WebhookAttempted,),
    key="webhook",
    retention_s=FACTS_KEPT_S,
)

TOPICS = (REF_WEBHOOKS, WEBHOOK_ORDERS, WEBHOOK_DELIVERIES)
