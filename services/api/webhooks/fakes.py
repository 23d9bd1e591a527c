"""A fake of the reads of deliveries to webhooks, in memory."""

import datetime as dt
from collections.abc import Mapping

from services.api.history.fakes import FakeHistory
from services.api.web.paging import Page
from services.api.webhooks.rows import ALL_DELIVERIES, Delivery, DeliveryFilter, WebhookSummary


class FakeWebhooks(FakeHistory):
    """Deliveries to webhooks."""

    def __init__(self) -> None:
        super().__init__()
        self.delivery_rows: list[Delivery] = []
        self.summary_rows: dict[str, WebhookSummary] = {}

    async def webhook_deliveries(
        self, where: DeliveryFilter = ALL_DELIVERIES, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Delivery]:
        """The rows that fit the filter."""
        self._ask("webhook_deliveries", where, cursor, limit, cursor=cursor)
        wanted = {name: value for name in where.__struct_fields__ if (value := getattr(where, name)) is not None}
        fitting = [
            row for row in self.delivery_rows if all(getattr(row, name) == value for name, value in wanted.items())
        ]
        return Page(tuple(fitting[:limit]))

    async def webhook_delivery(self, webhook: str, delivery: str) -> Delivery | None:
        """The row of the delivery."""
        self._ask("webhook_delivery", webhook, delivery)
        return next((row for row in self.delivery_rows if (row.webhook, row.delivery) == (webhook, delivery)), None)

    async def webhook_summaries(self, since: dt.datetime) -> Mapping[str, WebhookSummary]:
        """Every summary, whatever the time."""
        self._ask("webhook_summaries", since)
        return self.summary_rows
