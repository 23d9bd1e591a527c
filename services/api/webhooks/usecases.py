"""Use cases of webhooks: find, provision, remove, test, send again. Routes and pages call them."""

from datetime import timedelta
from http import HTTPStatus

from msgspec.structs import replace

from schemas.base import Record
from schemas.sealing import Unopenable
from schemas.webhooks import (
    REF_WEBHOOKS,
    Source,
    WebhookDeliveryOrdered,
    WebhookProvisioned,
    WebhookRemoved,
    WebhookTestOrdered,
)
from services.api.ports import Ports
from services.api.web.changing import WHATEVER, Condition, changed
from services.api.web.parameters import in_utc
from services.api.web.policy import owner
from services.api.web.problems import FieldError, Problem, invalid, invalid_fields, not_found
from services.api.webhooks.rows import (
    VALID_NAME,
    Delivery,
    DeliveryFilter,
    Ordered,
    ProvisionWebhook,
    Replay,
    Webhook,
    webhook_of,
)
from services.webhooks.addresses import url_refusal
from services.webhooks.events import unknown_kinds
from services.webhooks.kinds import BY_NAME
from services.webhooks.signing import HOW, BadSecret, key_of

WEBHOOKS_MOST = 50
"""Each one reads the topics for itself."""

LONGEST_REPLAY = timedelta(days=365)
REPEATED_AT_ONCE = 500

NO_KEY = (
    "Secrets of webhooks are kept encrypted, and there is no key for that: give the API and the workers of `webhooks` one"
    " secrets_key_file (VOLTBUS_SECRETS_KEY_FILE)."
)


def webhooks(ports: Ports) -> tuple[Webhook, ...]:
    """Every webhook, by name."""
    return tuple(webhook_of(record) for _, record in sorted(_written(ports).items()))


def written(ports: Ports, name: str) -> WebhookProvisioned:
    """The record of a webhook. Raises Problem: 404."""
    record = _written(ports).get(name)
    if record is None:
        raise not_found(f"No webhook is called {name!r}.")
    return record


async def save(ports: Ports, name: str, data: ProvisionWebhook, *, given: Condition = WHATEVER) -> WebhookProvisioned:
    """Provision a webhook, or change it. A new one is sent what happens from now on. Raises Problem, Outage."""
    _check(ports, name, data)
    secret = _sealed(ports, data.secret)

    async def made(before: Record | None) -> WebhookProvisioned:
        known = before if isinstance(before, WebhookProvisioned) else None
        if known is None and len(_written(ports)) >= WEBHOOKS_MOST:
            raise Problem(HTTPStatus.CONFLICT, f"There are {WEBHOOKS_MOST} webhooks already: remove one first.")
        if known is None and not secret:
            raise invalid("secret", f"a new webhook needs one: {HOW}")
        now = ports.clock()
        rotated = known is not None and secret not in ("", known.secret)
        return WebhookProvisioned(
            webhook=name,
            url=data.url,
            kinds=tuple(kind for kind in BY_NAME if kind in data.kinds),
            sites=tuple(dict.fromkeys(data.sites)),
            vendor_ids=tuple(dict.fromkeys(data.vendor_ids)),
            secret=secret or (known.secret if known else ""),
            previous_secret=known.secret if known and rotated else known.previous_secret if known else "",
            rotated_at=now if rotated else known.rotated_at if known else None,
            enabled=data.enabled,
            disabled_reason="" if data.enabled or known is None else known.disabled_reason,
            note=data.note,
            start=known.start if known else ports.new_id(),
            since=known.since if known else now,
            started_at=known.started_at if known else now,
            provisioned_at=now,
            provisioned_by=ports.principal.name,
            tenant=owner(ports.principal, data.tenant, known.tenant if known else None),
        )

    return await changed(ports, REF_WEBHOOKS, name, made, given=given)


async def remove(ports: Ports, name: str, *, given: Condition = WHATEVER) -> None:
    """Forget a webhook, and what it was not sent yet. Raises Problem: 404; Outage."""

    async def made(before: Record | None) -> WebhookRemoved:
        if not isinstance(before, WebhookProvisioned):
            raise not_found(f"No webhook is called {name!r}.")
        return WebhookRemoved(
            webhook=name, removed_at=ports.clock(), removed_by=ports.principal.name, tenant=before.tenant
        )

    await changed(ports, REF_WEBHOOKS, name, made, given=given)


async def replay(ports: Ports, name: str, data: Replay, *, given: Condition = WHATEVER) -> WebhookProvisioned:
    """Send everything since a moment again. Raises Problem: 404, 422; Outage."""
    now = ports.clock()
    since = in_utc("since", data.since)
    if since is None or not now - LONGEST_REPLAY <= since <= now:
        raise invalid("since", f"a moment of the last {LONGEST_REPLAY.days} days, not in the future")

    async def made(before: Record | None) -> WebhookProvisioned:
        if not isinstance(before, WebhookProvisioned):
            raise not_found(f"No webhook is called {name!r}.")
        again = {"start": ports.new_id(), "since": since, "started_at": now}
        return replace(before, **again, provisioned_at=now, provisioned_by=ports.principal.name)

    return await changed(ports, REF_WEBHOOKS, name, made, given=given)


async def test(ports: Ports, name: str) -> Ordered:
    """Send an event of the kind `webhook.test` once. Raises Problem: 404, 409 where it is off; Outage."""
    webhook = _on(ports, name)
    order = WebhookTestOrdered(
        id=ports.new_id(),
        webhook=name,
        delivery=ports.new_id(),
        ordered_at=ports.clock(),
        ordered_by=ports.principal.name,
        tenant=webhook.tenant,
    )
    await ports.publisher.publish(order)
    return Ordered(webhook=name, deliveries=(order.delivery,))


async def repeat(ports: Ports, name: str, delivery: str) -> Ordered:
    """Send one delivery again, under the same id. Raises Problem: 404, 409 where it is off or was a test; Outage."""
    _on(ports, name)
    found = await ports.reads.webhook_delivery(name, delivery)
    if found is None:
        raise not_found(f"{name} was sent no delivery {delivery!r} in the last 90 days.")
    if not found.topic:
        raise Problem(HTTPStatus.CONFLICT, "A test is not sent again: send a new one.")
    await ports.publisher.publish(_order(ports, found))
    return Ordered(webhook=name, deliveries=(delivery,))


async def repeat_dead(ports: Ports, name: str) -> Ordered:
    """Send dead deliveries again, the newest first, `REPEATED_AT_ONCE` at most. Raises Problem: 404, 409 where it is off; Outage."""
    _on(ports, name)
    where = DeliveryFilter(webhook=name, status="dead")
    page = await ports.reads.webhook_deliveries(where, limit=REPEATED_AT_ONCE)
    found = sorted((each for each in page.items if each.topic), key=lambda each: each.occurred_at)
    if found:
        await ports.publisher.publish(*(_order(ports, each) for each in found))
    return Ordered(webhook=name, deliveries=tuple(each.delivery for each in found))


def _order(ports: Ports, found: Delivery) -> WebhookDeliveryOrdered:
    return WebhookDeliveryOrdered(
        id=ports.new_id(),
        webhook=found.webhook,
        delivery=found.delivery,
        kind=found.kind,
        station=found.station,
        source=Source(topic=found.topic, partition=found.partition, offset=found.offset),
        occurred_at=found.occurred_at,
        ordered_at=ports.clock(),
        ordered_by=ports.principal.name,
        tenant=found.tenant,
    )


def _on(ports: Ports, name: str) -> WebhookProvisioned:
    webhook = written(ports, name)
    if not webhook.enabled:
        raise Problem(HTTPStatus.CONFLICT, f"{name} is off, and nothing is sent to it: enable it first.")
    return webhook


def _check(ports: Ports, name: str, data: ProvisionWebhook) -> None:
    """Raises Problem with everything that cannot be used."""
    errors = [
        FieldError(field="kinds", detail=f"{kind!r} is none; there are {', '.join(BY_NAME)}")
        for kind in unknown_kinds(data.kinds)
    ]
    if not VALID_NAME.fullmatch(name):
        errors.append(
            FieldError(field="webhook", detail="1 to 64 of a-z, 0-9, '.', '_' and '-', a letter or digit first")
        )
    if refusal := url_refusal(data.url, private=ports.config.webhook_private_addresses == "allow"):
        errors.append(FieldError(field="url", detail=refusal))
    if data.secret:
        try:
            key_of(data.secret)
        except BadSecret as error:
            errors.append(FieldError(field="secret", detail=str(error)))
    if errors:
        raise invalid_fields(errors)


def _sealed(ports: Ports, secret: str) -> str:
    if not secret:
        return ""
    try:
        return ports.config.seal.seal(secret)
    except Unopenable as error:
        raise Problem(HTTPStatus.CONFLICT, NO_KEY) from error


def _written(ports: Ports) -> dict[str, WebhookProvisioned]:
    """Webhooks by their names."""
    records = ports.reference.all(REF_WEBHOOKS)
    return {name: record for name, record in records.items() if isinstance(record, WebhookProvisioned)}
