"""Deliveries to webhooks in ClickHouse."""

import datetime as dt
from collections.abc import Mapping
from typing import Protocol

from services.api.history.listing import Listing, Where, in_micros
from services.api.web.paging import Page, micros
from services.api.webhooks.rows import ALL_DELIVERIES, Delivery, DeliveryFilter, WebhookSummary
from services.runtime.clickhouse import ClickHouse


class WebhookReads(Protocol):
    """Deliveries to webhooks. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def webhook_deliveries(
        self, where: DeliveryFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Delivery]: ...

    async def webhook_delivery(self, webhook: str, delivery: str) -> Delivery | None: ...

    async def webhook_summaries(self, since: dt.datetime) -> Mapping[str, WebhookSummary]: ...


_DELIVERIES = Listing(table="webhook_deliveries", struct=Delivery, at_us=in_micros("t.attempted_at"), id="t.delivery")


async def webhook_deliveries(
    db: ClickHouse, where: DeliveryFilter = ALL_DELIVERIES, *, cursor: str | None = None, limit: int = 50
) -> Page[Delivery]:
    """Deliveries by their last attempt, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    for member in DeliveryFilter.__struct_fields__:
        conditions.add(f"t.{member} = {{{member}:String}}", **{member: getattr(where, member)})
    return await _DELIVERIES.page(db, conditions, cursor=cursor, limit=limit)


async def webhook_delivery(db: ClickHouse, webhook: str, delivery: str) -> Delivery | None:
    """One delivery; None where the webhook was never sent it. Raises Outage."""
    where = Where("t.webhook = {webhook:String}", webhook=webhook)
    where.add("t.delivery = {delivery:String}", delivery=delivery)
    return await _DELIVERIES.one(db, where)


async def webhook_summaries(db: ClickHouse, since: dt.datetime) -> Mapping[str, WebhookSummary]:
    """What came of each webhook's deliveries that were last attempted since then, by its name. Raises Outage."""
    rows = await db.rows(
        "SELECT webhook, countIf(status = 'delivered'), countIf(status = 'retrying'), countIf(status = 'dead'),"
        " maxOrNullIf(attempted_at, status = 'delivered'), minOrNullIf(occurred_at, status = 'retrying')"
        " FROM webhook_deliveries FINAL WHERE attempted_at >= fromUnixTimestamp64Micro({since_us:Int64}) GROUP BY webhook",
        {"since_us": micros(since)},
    )
    return {
        str(webhook): WebhookSummary(
            webhook=str(webhook),
            delivered=delivered,
            retrying=retrying,
            dead=dead,
            delivered_at=delivered_at,
            waiting_since=waiting_since,
        )
        for webhook, delivered, retrying, dead, delivered_at, waiting_since in rows
    }
