"""Webhooks in the console: the list with its form, and the page of each with its deliveries."""

from collections.abc import Mapping
from typing import Any, get_args
from urllib.parse import quote

import msgspec
from litestar import Request, get, post

from schemas.webhooks import DeliveryStatus, WebhookProvisioned
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.web.changing import tag_of
from services.api.web.paging import Page
from services.api.web.parameters import Given
from services.api.web.problems import invalid
from services.api.webhooks import usecases
from services.api.webhooks.rows import (
    Delivery,
    DeliveryFilter,
    DeliveryPath,
    ProvisionWebhook,
    Replay,
    Webhook,
    WebhookPath,
    WebhookSummary,
    webhook_of,
)
from services.api.webhooks.views import summaries
from services.webhooks.kinds import KINDS, Kind

PAGE_SIZE = 50


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """Every webhook, and how it is doing."""

    rows: tuple[tuple[Webhook, WebhookSummary], ...]


class Editing(msgspec.Struct, frozen=True, kw_only=True):
    """The form: the webhook that it changes, in which state; None: a new one."""

    webhook: Webhook | None
    etag: str
    kinds: tuple[Kind, ...] = KINDS


class Deliveries(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a webhook's deliveries."""

    webhook: str
    enabled: bool
    items: tuple[Delivery, ...]
    next_cursor: str | None


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """One webhook and how it is doing."""

    webhook: Webhook
    summary: WebhookSummary


async def rows(asked: PageRequest) -> Listed:
    """The list."""
    return Listed(rows=tuple(zip(usecases.webhooks(asked.ports), await summaries(asked.ports), strict=True)))


async def editing(asked: PageRequest) -> Editing:
    """What the form begins with."""
    name = asked.get("edit")
    record = usecases.written(asked.ports, name) if name else None
    return Editing(webhook=webhook_of(record) if record else None, etag=tag_of(record))


async def head(asked: PageRequest) -> Head:
    """The webhook of the page."""
    webhook: Webhook = asked.subject
    found = {summary.webhook: summary for summary in await summaries(asked.ports)}
    return Head(webhook=webhook, summary=found.get(webhook.webhook) or WebhookSummary(webhook=webhook.webhook))


async def deliveries(asked: PageRequest) -> Deliveries:
    """Its deliveries, newest first."""
    webhook: Webhook = asked.subject
    status = asked.get("status")
    where = DeliveryFilter(
        webhook=webhook.webhook,
        status=status if status in get_args(DeliveryStatus) else None,
        kind=asked.get("kind"),
        station=asked.get("station"),
    )
    page: Page[Delivery] = await asked.ports.reads.webhook_deliveries(
        where, cursor=asked.get("cursor"), limit=PAGE_SIZE
    )
    return Deliveries(webhook=webhook.webhook, enabled=webhook.enabled, items=page.items, next_cursor=page.next_cursor)


PAGE = Screen(
    title="Webhooks",
    nav="webhooks",
    template="webhooks/page.html",
    parts=(
        Part(name="rows", template="webhooks/rows.html", load=rows, poll_s=10),
        Part(name="form", template="webhooks/form.html", load=editing),
    ),
)
ONE = Screen(
    title="Webhook",
    nav="webhooks",
    template="webhooks/one.html",
    parts=(
        Part(name="head", template="webhooks/head.html", load=head, poll_s=10),
        Part(name="deliveries", template="webhooks/deliveries.html", load=deliveries, poll_s=5),
    ),
)


def webhook_url(name: str) -> str:
    """A webhook's page."""
    return f"/webhooks/{quote(name, safe='')}"


@get("/webhooks")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """All webhooks."""
    return await show.page(PAGE, page_request(request, ports))


@get("/webhooks/{webhook:str}")
async def one(request: Request[Any, Any, Any], webhook: WebhookPath, ports: Given, show: Shown) -> Rendered:
    """One webhook and its deliveries."""
    subject = webhook_of(usecases.written(ports, webhook))
    return await show.page(ONE, page_request(request, ports, subject), title=webhook)


@post("/webhooks", status_code=200)
async def save(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Provision a webhook."""
    given = await forms.posted(request)
    saved = await usecases.save(ports, given.get("name", "").strip(), wanted(given), given=forms.meant(given))
    tag = tag_of(saved) if given.get("etag") else ""
    return show.notice(request, _saved(saved), then="/webhooks", etag=tag)


def _saved(saved: WebhookProvisioned) -> str:
    if not saved.enabled:
        return f"{saved.webhook} is saved, and is off."
    return f"{saved.webhook} is saved: {', '.join(saved.kinds)} to {saved.url}."


@post("/webhooks/remove", status_code=200)
async def remove(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Forget a webhook."""
    name = (await forms.posted(request)).get("name", "")
    await usecases.remove(ports, name)
    return show.notice(request, f"{name} was removed.", then="/webhooks")


@post("/webhooks/{webhook:str}/test", status_code=200)
async def test(request: Request[Any, Any, Any], webhook: WebhookPath, ports: Given, show: Shown) -> Any:
    """Send a test delivery."""
    await usecases.test(ports, webhook)
    return show.notice(request, f"A test is on its way to {webhook}.", then=webhook_url(webhook))


@post("/webhooks/{webhook:str}/replay", status_code=200)
async def replay(request: Request[Any, Any, Any], webhook: WebhookPath, ports: Given, show: Shown) -> Any:
    """Send everything since a moment again."""
    since = forms.moment("since", (await forms.posted(request)).get("since", ""))
    if since is None:
        raise invalid("since", "say from when events are sent again")
    await usecases.replay(ports, webhook, Replay(since=since))
    told = f"Everything since {since:%Y-%m-%d %H:%M:%S} UTC is sent to {webhook} again."
    return show.notice(request, told, then=webhook_url(webhook))


@post("/webhooks/{webhook:str}/dead", status_code=200)
async def repeat_dead(request: Request[Any, Any, Any], webhook: WebhookPath, ports: Given, show: Shown) -> Any:
    """Send dead deliveries again."""
    ordered = await usecases.repeat_dead(ports, webhook)
    return show.notice(request, f"Sent again: {len(ordered.deliveries)} dead deliveries.", then=webhook_url(webhook))


@post("/webhooks/{webhook:str}/deliveries/{delivery:str}/replay", status_code=200)
async def repeat(
    request: Request[Any, Any, Any], webhook: WebhookPath, delivery: DeliveryPath, ports: Given, show: Shown
) -> Any:
    """Send one delivery again."""
    await usecases.repeat(ports, webhook, delivery)
    return show.notice(request, "The delivery is sent again.", then=webhook_url(webhook))


def wanted(given: Mapping[str, str]) -> ProvisionWebhook:
    """The form as the API's body. Raises Problem."""
    members = {
        "url": given.get("url", "").strip(),
        "kinds": [kind.name for kind in KINDS if f"kind-{kind.name}" in given],
        "sites": _names(given.get("sites", "")),
        "vendor_ids": _names(given.get("vendor_ids", "")),
        "secret": given.get("secret", "").strip(),
        "enabled": "enabled" in given,
        "note": given.get("note", "").strip(),
        **forms.owner(given),
    }
    return forms.body(members, ProvisionWebhook)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


HANDLERS = (listed, one, save, remove, test, replay, repeat_dead, repeat)
