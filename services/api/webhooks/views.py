"""Views of webhooks: how each is doing."""

from datetime import timedelta

from services.api.ports import Ports
from services.api.webhooks.rows import WebhookSummary
from services.api.webhooks.usecases import webhooks

LOOKED_BACK = timedelta(hours=24)


async def summaries(ports: Ports) -> tuple[WebhookSummary, ...]:
    """What came of the deliveries of each webhook in the last 24 hours, by name. Raises Outage."""
    found = await ports.reads.webhook_summaries(ports.clock() - LOOKED_BACK)
    names = [webhook.webhook for webhook in webhooks(ports)]
    return tuple(found.get(name) or WebhookSummary(webhook=name) for name in names)
