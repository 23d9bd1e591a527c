"""Webhooks as the API takes and gives them: receivers, and what came of each delivery."""

import datetime as dt
import re
from typing import Annotated

import msgspec
from litestar.params import PathParameter

from schemas.base import Timestamp
from schemas.webhooks import LONGEST_URL, NAME, DeliveryStatus, WebhookProvisioned
from services.api.web.bodies import Body, Owner
from services.api.web.policy import Owned
from services.webhooks.kinds import KINDS
from services.webhooks.signing import HOW

VALID_NAME = re.compile(NAME)

WebhookPath = Annotated[
    str,
    PathParameter(description="The webhook's name: 1 to 64 of a-z, 0-9, '.', '_' and '-', a letter or digit first."),
]
DeliveryPath = Annotated[str, PathParameter(description="The delivery's id, as in the header `webhook-id`.")]

_KINDS = "; ".join(f"`{kind.name}`: {kind.meaning}" for kind in KINDS)
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class ProvisionWebhook(Body, frozen=True, kw_only=True):
    """A receiver of events."""

    url: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=LONGEST_URL,
            description="Where events are sent, by POST: https or http. Redirects are not followed.",
            examples=["https://erp.example.com/voltbus"],
        ),
    ]
    kinds: Annotated[
        tuple[_Text, ...],
        msgspec.Meta(
            min_length=1,
            max_length=len(KINDS),
            description=f"What is sent. {_KINDS}",
            examples=[["session.ended", "cdr.issued"]],
        ),
    ]
    sites: Annotated[
        tuple[_Text, ...],
        msgspec.Meta(max_length=100, description="Only events of stations at these sites; empty: of all stations."),
    ] = ()
    vendor_ids: Annotated[
        tuple[_Text, ...],
        msgspec.Meta(
            max_length=100, description="Of data transfers only those with these vendor ids; empty: all of them."
        ),
    ] = ()
    secret: Annotated[
        str,
        msgspec.Meta(
            max_length=100,
            description=f"Signs deliveries; {HOW}. It is never shown. Left out, it stays as it is; for 24 hours after it was replaced,"
            " deliveries are signed with the old one too.",
        ),
    ] = ""
    enabled: Annotated[
        bool,
        msgspec.Meta(description="Whether anything is sent. What happens meanwhile is sent once it is enabled again."),
    ] = True
    note: Annotated[str, msgspec.Meta(max_length=500, description="Who it is, for the reader.")] = ""
    tenant: Owner = None


class Replay(Body, frozen=True, kw_only=True):
    """From when events are sent again."""

    since: Annotated[
        Timestamp,
        msgspec.Meta(
            description="Everything that happened since then is sent again, in order and under the same ids, then what is new. Now: what is"
            " not delivered yet is passed over."
        ),
    ]


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """A receiver of events. `since`: events before are not sent. `rotated_at`: when its secret was replaced."""

    webhook: str
    url: str
    kinds: tuple[str, ...]
    sites: tuple[str, ...]
    vendor_ids: tuple[str, ...]
    enabled: bool
    disabled_reason: str
    note: str
    since: Timestamp
    rotated_at: Timestamp | None
    provisioned_at: Timestamp
    provisioned_by: str
    tenant: str


class WebhookKind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of events. `record` is the record in `data`, as the page of the topic `topic` describes it."""

    kind: str
    meaning: str
    topic: str
    record: str


class Delivery(Owned, frozen=True, kw_only=True):
    """What came of a delivery. `occurred_at`: when the event happened; `order_id`: who asked for it, where the event did not."""

    webhook: str
    delivery: str
    kind: str
    station: str
    status: DeliveryStatus
    attempt: int
    http_status: int | None
    detail: str
    took_ms: int
    order_id: str
    topic: str
    partition: int
    offset: int
    occurred_at: dt.datetime
    attempted_at: dt.datetime
    next_attempt_at: dt.datetime | None


class WebhookSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the deliveries of a webhook that were attempted in the last 24 hours.

    `delivered_at`: when the last one was. `waiting_since`: when the oldest event happened that is being retried.
    """

    webhook: str
    delivered: int = 0
    retrying: int = 0
    dead: int = 0
    delivered_at: dt.datetime | None = None
    waiting_since: dt.datetime | None = None


class DeliveryFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which deliveries; None does not filter."""

    webhook: str | None = None
    status: str | None = None
    kind: str | None = None
    station: str | None = None


class Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for: these deliveries are attempted now. What comes of them is read with `GET /webhook-deliveries`."""

    webhook: str
    deliveries: tuple[str, ...]


ALL_DELIVERIES = DeliveryFilter()

WEBHOOK_KINDS = tuple(
    WebhookKind(
        kind=kind.name,
        meaning=kind.meaning,
        topic=kind.topic.name,
        record=str(kind.record.__struct_config__.tag),
    )
    for kind in KINDS
)


def webhook_of(record: WebhookProvisioned) -> Webhook:
    """A webhook without its secrets."""
    return Webhook(**{name: getattr(record, name) for name in Webhook.__struct_fields__})
