"""Wiring of `webhooks`."""

from schemas.keyfile import seal_from
from services.runtime.loop.worker import Worker
from services.webhooks.outbox import Outbox
from services.webhooks.settings import WebhooksSettings


def workers(settings: WebhooksSettings) -> tuple[Worker, ...]:
    """The worker that delivers to every webhook. Raises BadSetting for a key that cannot be used."""
    return (Outbox(settings, seal_from(settings.secrets_key_file, settings.secrets_key)),)
