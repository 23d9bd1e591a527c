"""Standing: what a webhook's record means at a moment: which secrets sign, and what it becomes when its receiver is gone. PURE."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.sealing import Seal
from schemas.webhooks import WebhookProvisioned

BOTH_SIGN_FOR = timedelta(hours=24)
"""So long after a secret was replaced deliveries are signed with the old one too: receivers need not change at the same moment."""

ITSELF = "webhooks"
"""Who turned a webhook off that no operator did."""


def secrets_at(webhook: WebhookProvisioned, now: datetime, seal: Seal) -> tuple[str, ...]:
    """The secrets with which deliveries are signed now, opened. Raises Unopenable."""
    sealed = [webhook.secret]
    if webhook.previous_secret and webhook.rotated_at is not None and now < webhook.rotated_at + BOTH_SIGN_FOR:
        sealed.append(webhook.previous_secret)
    return tuple(str(seal.open(each)) for each in sealed)


def disabled(webhook: WebhookProvisioned, now: datetime) -> WebhookProvisioned:
    """The webhook after its receiver has answered 410 Gone."""
    reason = f"its receiver answered 410 Gone at {now:%Y-%m-%d %H:%M:%S} UTC"
    return replace(webhook, enabled=False, disabled_reason=reason, provisioned_at=now, provisioned_by=ITSELF)
