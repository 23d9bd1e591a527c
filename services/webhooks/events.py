"""Events: which deliveries a record makes for one webhook, and their bodies. PURE.

A delivery's id is derived from the record and the kind: it is the same after a restart, in a replay and for every receiver.
"""

import re
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import msgspec

from schemas.base import Record, Timestamp, derived_id
from schemas.operators import reaches
from schemas.vendors import vendor_key
from schemas.webhooks import (
    NAME,
    Source,
    WebhookDeliveryOrdered,
    WebhookProvisioned,
    WebhookTestOrdered,
)
from services.webhooks.kinds import BY_NAME, KINDS, TEST

VALID_NAME = re.compile(NAME)

Placed = Callable[[str], tuple[str, str]]
"""The site of a station, empty where it has none, and the tenant whose it is."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery that is to be made. `lane`: those of a lane are delivered one after the other.

    `counted_from` is when it begins to be too old. `once`: it is not repeated. `unsendable` says why it cannot be sent at all.
    """

    delivery: str
    kind: str
    station: str
    lane: str
    source: Source
    occurred_at: datetime
    counted_from: datetime
    body: bytes
    order: str = ""
    once: bool = False
    unsendable: str = ""


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent: `data` is the record as the page of its topic describes it."""

    type: str
    id: str
    timestamp: Timestamp
    station: str
    data: msgspec.Raw


def body_of(kind: str, delivery: str, station: str, occurred_at: datetime, record: bytes) -> bytes:
    """The body of a delivery: JSON. `record`: the bytes of the record, as on Kafka."""
    return msgspec.json.encode(
        Body(type=kind, id=delivery, timestamp=occurred_at, station=station, data=msgspec.Raw(record))
    )


def deliveries_of(
    webhook: WebhookProvisioned,
    record: Record,
    value: bytes,
    *,
    source: Source,
    occurred_at: datetime,
    placed: Placed,
) -> tuple[Event, ...]:
    """The deliveries that a record makes for a webhook, one for each of its kinds that the record is.

    They begin to be too old when they occurred, or when the webhook was last changed: a replay has its time too.
    `value`: the record's bytes. `occurred_at`: when Kafka got it. `placed`: a station's site, empty where it has none, and whose it is.
    """
    view: Any = record
    kinds = [kind for kind in KINDS if type(record) is kind.record and kind.name in webhook.kinds and kind.when(view)]
    if not kinds or not _wanted(webhook, view, placed):
        return ()
    counted_from = max(occurred_at, webhook.provisioned_at)
    return tuple(
        Event(
            delivery=(delivery := delivery_id(kind.name, view.id)),
            kind=kind.name,
            station=view.station,
            lane=f"{source.topic} {source.partition} {view.station}",
            source=source,
            occurred_at=occurred_at,
            counted_from=counted_from,
            body=body_of(kind.name, delivery, view.station, occurred_at, value),
        )
        for kind in kinds
    )


def delivery_id(kind: str, record_id: str) -> str:
    """The id of the delivery of a record as an event of this kind."""
    return derived_id("webhook", kind, record_id)


def _wanted(webhook: WebhookProvisioned, record: Any, placed: Placed) -> bool:
    site, tenant = placed(record.station)
    if not reaches(webhook.tenant, tenant):
        return False
    named = set(map(vendor_key, webhook.vendor_ids))
    if named and hasattr(record, "vendor_id") and vendor_key(record.vendor_id) not in named:
        return False
    return not webhook.sites or (getattr(record, "site", "") or site) in webhook.sites


def trial_of(order: WebhookTestOrdered) -> Event:
    """The delivery that an operator asks for to see whether the receiver gets any."""
    told = msgspec.json.encode({"webhook": order.webhook, "ordered_by": order.ordered_by})
    return Event(
        delivery=order.delivery,
        kind=TEST,
        station="",
        lane=f"order {order.id}",
        source=Source(),
        occurred_at=order.ordered_at,
        counted_from=order.ordered_at,
        body=body_of(TEST, order.delivery, "", order.ordered_at, told),
        order=order.id,
        once=True,
    )


def repeat_of(order: WebhookDeliveryOrdered, value: bytes | None) -> Event:
    """The delivery that an operator wants to be made again. `value`: the bytes of its record, None where Kafka has them no longer."""
    known = order.kind in BY_NAME
    body = body_of(order.kind, order.delivery, order.station, order.occurred_at, value) if value and known else b""
    return Event(
        delivery=order.delivery,
        kind=order.kind,
        station=order.station,
        lane=f"order {order.id}",
        source=order.source,
        occurred_at=order.occurred_at,
        counted_from=order.ordered_at,
        body=body,
        order=order.id,
        unsendable="" if body else "its record is no longer on Kafka",
    )


def unknown_kinds(kinds: Collection[str]) -> list[str]:
    """Those that no row of the list has."""
    return [kind for kind in kinds if kind not in BY_NAME]
