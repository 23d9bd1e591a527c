"""Reading: of its topics a webhook takes what concerns it, and orders only if they are about it."""

import datetime as dt
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from msgspec.structs import replace

from schemas.base import Record
from schemas.codec import encode
from schemas.examples import example
from schemas.routing import route
from schemas.webhooks import WEBHOOK_ORDERS, Source, WebhookDeliveryOrdered, WebhookTestOrdered
from services.webhooks.kinds import KINDS
from services.webhooks.reading import READ, Reading
from tests.services.webhooks.records import NOON, record_of, webhook

ENDED = next(kind for kind in KINDS if kind.name == "session.ended")


def fetched(record: Record | None, *, at: dt.datetime = NOON, topic: str = "", value: bytes | None = None) -> Any:
    value = encode(record) if record is not None else value
    place = topic or (route(record).topic if record is not None else WEBHOOK_ORDERS.name)
    millis = int(at.timestamp() * 1000)
    return ConsumerRecord(place, 3, 17, millis, 0, None, value, None, 0, len(value or b""), ())


def reading(**members: Any) -> Reading:
    return Reading(webhook(**members), lambda station: ({"CP-1": "berlin"}.get(station, ""), "acme"))


def test_every_topic_is_read_so_that_the_place_in_each_is_known() -> None:
    assert {"csms.sessions", "csms.cdrs", "csms.webhook-orders"} <= set(READ)


def test_a_record_of_a_wanted_kind_is_an_event_with_its_place_and_its_time_in_kafka() -> None:
    events = reading(kinds=("session.ended",)).events(fetched(record_of(ENDED)))

    assert not isinstance(events, WebhookDeliveryOrdered)
    (event,) = events
    assert (event.kind, event.station, event.occurred_at) == ("session.ended", "CP-1", NOON)
    assert event.source == Source(topic=ENDED.topic.name, partition=3, offset=17)


def test_what_is_not_wanted_or_older_than_the_webhook_is_passed_over() -> None:
    record = record_of(ENDED)

    assert reading(kinds=("cdr.issued",)).events(fetched(record)) == ()
    assert reading(since=NOON).events(fetched(record, at=NOON - dt.timedelta(milliseconds=1))) == ()
    assert reading(sites=("paris",)).events(fetched(record)) == ()
    assert reading(sites=("berlin",)).events(fetched(record)) != ()
    assert reading(tenant="umbrella").events(fetched(record)) == ()
    assert reading(tenant="acme").events(fetched(record)) != ()


@pytest.mark.parametrize("value", [None, b"", b"not a record", b'{"type":"of-another-time"}'])
def test_what_nobody_can_read_is_passed_over(value: bytes | None) -> None:
    assert reading().events(fetched(None, topic=ENDED.topic.name, value=value)) == ()


def test_an_order_counts_for_the_webhook_that_it_names_and_since_that_began() -> None:
    trial = WebhookTestOrdered(id="t1", webhook="erp", delivery="d0", ordered_at=NOON)
    again = replace(example(WebhookDeliveryOrdered), webhook="erp", ordered_at=NOON)

    (event,) = reading().events(fetched(trial))  # type: ignore[misc]
    assert event.kind == "webhook.test"
    assert reading().events(fetched(again)) == again
    assert reading(webhook="other").events(fetched(again)) == ()
    assert reading(started_at=NOON + dt.timedelta(seconds=1)).events(fetched(trial)) == ()
