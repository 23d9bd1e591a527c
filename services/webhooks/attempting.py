"""Attempting: one attempt to deliver an event of one webhook: whether it can be sent, the signed POST, and what is published of it."""

from datetime import datetime

from schemas.base import derived_id
from schemas.provisioning import ChangeProposed, deciding_key, revision_of
from schemas.sealing import Seal, Unopenable
from schemas.webhooks import WebhookAttempted, WebhookProvisioned
from services.webhooks.backlog import Result, Verdict
from services.webhooks.events import Event
from services.webhooks.sending import Sender
from services.webhooks.signing import BadSecret, headers
from services.webhooks.standing import disabled, secrets_at


class Attempting:
    """The attempts of one webhook. `body_limit`: the longest body that is sent, in bytes."""

    def __init__(self, webhook: WebhookProvisioned, seal: Seal, *, body_limit: int) -> None:
        self.webhook = webhook
        self._seal = seal
        self._body_limit = body_limit

    async def attempt(self, sender: Sender, event: Event, at: datetime) -> Result:
        """Send the event, if it can be sent; what came of it."""
        return self._unsendable(event) or await self._post(sender, event, at)

    def _unsendable(self, event: Event) -> Result | None:
        if event.unsendable:
            return Result(detail=event.unsendable, final=True)
        if len(event.body) > self._body_limit:
            detail = f"its body has {len(event.body)} bytes, more than webhook_body_limit allows"
            return Result(detail=detail, final=True)
        return None

    async def _post(self, sender: Sender, event: Event, at: datetime) -> Result:
        try:
            secrets = secrets_at(self.webhook, at, self._seal)
            signed = headers(secrets, event.delivery, int(at.timestamp()), event.body)
        except (Unopenable, BadSecret) as error:
            return Result(detail=f"it cannot be signed: {error}")
        return await sender.post(self.webhook.url, signed, event.body)

    def attempted(self, event: Event, result: Result, verdict: Verdict, at: datetime) -> WebhookAttempted:
        """What is published of an attempt."""
        name = self.webhook.webhook
        return WebhookAttempted(
            id=derived_id("webhook-attempted", name, event.delivery, at.isoformat()),
            webhook=name,
            delivery=event.delivery,
            kind=event.kind,
            station=event.station,
            source=event.source,
            status=verdict.status,
            attempt=verdict.attempt,
            http_status=result.http_status,
            detail=verdict.detail,
            took_ms=result.took_ms,
            order=event.order,
            occurred_at=event.occurred_at,
            attempted_at=at,
            next_attempt_at=verdict.next_at,
            tenant=self.webhook.tenant,
        )

    def disabling(self, at: datetime) -> ChangeProposed:
        """The receiver is gone (410): turn the webhook off, unless an operator has changed it meanwhile."""
        change = disabled(self.webhook, at)
        basis = revision_of(self.webhook)
        return ChangeProposed(
            id=derived_id("webhook-gone", self.webhook.webhook, basis),
            key=deciding_key(change),
            change=change,
            based_on=basis,
            proposed_at=at,
        )
