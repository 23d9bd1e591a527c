"""Deliveries as ClickHouse tells them: the last attempt of each, filtered, summed up."""

import datetime as dt
from typing import Any

from msgspec.structs import replace

from schemas.examples import example
from schemas.webhooks import WebhookAttempted
from services.api.webhooks.reads import webhook_deliveries, webhook_delivery, webhook_summaries
from services.api.webhooks.rows import DeliveryFilter
from services.runtime.clickhouse import ClickHouse
from tests.services.feeding import feed

NOON = dt.datetime.now(dt.UTC).replace(microsecond=0)
"""Rows of long ago are removed."""


def attempt(delivery: str = "d1", minute: int = 0, **members: Any) -> WebhookAttempted:
    at = NOON + dt.timedelta(minutes=minute)
    made = {
        "id": f"{delivery}{minute}",
        "webhook": "erp",
        "attempted_at": at,
        "occurred_at": NOON,
        "status": "retrying",
    }
    return replace(example(WebhookAttempted), delivery=delivery, **(made | members))


async def test_the_last_attempt_is_what_came_of_a_delivery(db: ClickHouse) -> None:
    await feed(
        db, attempt(minute=5, status="delivered", attempt=1, http_status=204, next_attempt_at=None), attempt(attempt=9)
    )

    found = await webhook_delivery(db, "erp", "d1")

    assert found is not None
    assert (found.status, found.attempt, found.http_status, found.next_attempt_at) == ("delivered", 1, 204, None)
    assert found.occurred_at == NOON
    assert await webhook_delivery(db, "other", "d1") is None


async def test_each_filter_finds_its_own_and_pages_have_each_once(db: ClickHouse) -> None:
    await feed(
        db,
        *(attempt(f"d{number}", number, status="dead") for number in range(3)),
        attempt("d3", 3),
        attempt("d4", 4, webhook="other", status="dead"),
        attempt("d5", 5, station="OTHER", kind="cdr.issued"),
    )

    first = await webhook_deliveries(db, DeliveryFilter(webhook="erp", status="dead"), limit=2)
    rest = await webhook_deliveries(db, DeliveryFilter(webhook="erp", status="dead"), cursor=first.next_cursor, limit=2)
    others = await webhook_deliveries(db, DeliveryFilter(station="OTHER", kind="cdr.issued"))

    assert [row.delivery for row in (*first.items, *rest.items)] == ["d2", "d1", "d0"]
    assert [row.delivery for row in others.items] == ["d5"]


async def test_webhooks_are_summed_up_by_the_last_attempt_of_each_delivery(db: ClickHouse) -> None:
    await feed(
        db,
        attempt("d1", 0),
        attempt("d1", 1, status="delivered"),
        attempt("d2", 2),
        attempt("d3", 3, status="dead"),
        attempt("d4", 4, status="delivered", webhook="other"),
        attempt("d5", -100, status="delivered"),
    )

    found = await webhook_summaries(db, NOON - dt.timedelta(minutes=1))

    erp, other = found["erp"], found["other"]
    assert (erp.delivered, erp.retrying, erp.dead) == (1, 1, 1)
    assert (erp.delivered_at, erp.waiting_since) == (NOON + dt.timedelta(minutes=1), NOON)
    assert (other.delivered, other.waiting_since) == (1, None)
