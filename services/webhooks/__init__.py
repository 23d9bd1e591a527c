"""Webhooks: sends events to receivers over HTTP, signed, in order, until they have taken them."""

from services.runtime.noun import Noun, Standalone
from services.webhooks.settings import WebhooksSettings

NOUN = Noun(
    runs=(
        Standalone(
            name="webhooks",
            does="sends events to webhooks, each at its own pace.",
            build="services.webhooks.app:workers",
            not_replayed="webhooks is never replayed: `POST /api/v1/webhooks/{webhook}/replay` sends the events of one webhook again.",
        ),
    ),
    settings=WebhooksSettings,
    metrics="services.webhooks.metrics",
)
