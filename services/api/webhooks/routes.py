"""Webhooks: receivers of events over HTTP, and what came of each delivery."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, delete, get, post, put
from litestar.params import Body, QueryParameter

from schemas.webhooks import DeliveryStatus
from services.api.web.changing import IfMatch, IfNoneMatch, condition, etag
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented, not_found
from services.api.webhooks import usecases
from services.api.webhooks.rows import (
    WEBHOOK_KINDS,
    Delivery,
    DeliveryFilter,
    DeliveryPath,
    Ordered,
    ProvisionWebhook,
    Replay,
    Webhook,
    WebhookKind,
    WebhookPath,
    WebhookSummary,
    webhook_of,
)
from services.api.webhooks.views import summaries


@get("/webhook-kinds", summary="List what webhooks may be sent")
async def list_webhook_kinds() -> tuple[WebhookKind, ...]:
    """Each kind of events with the record that is sent of it."""
    return WEBHOOK_KINDS


@get("/webhooks", summary="List webhooks")
async def list_webhooks(ports: Given) -> tuple[Webhook, ...]:
    """Every webhook, by name."""
    await ports.reference.caught_up()
    return usecases.webhooks(ports)


@get("/webhook-summaries", summary="How webhooks are doing")
async def list_webhook_summaries(ports: Given) -> tuple[WebhookSummary, ...]:
    """What came of the deliveries of each webhook in the last 24 hours."""
    return await summaries(ports)


@get("/webhooks/{webhook:str}", summary="Get a webhook", responses=documented(404))
async def get_webhook(webhook: WebhookPath, ports: Given) -> Response[Webhook]:
    """A webhook without its secret; the `ETag` names its state for `If-Match`."""
    await ports.reference.caught_up()
    record = usecases.written(ports, webhook)
    return Response(webhook_of(record), headers=etag(record))


@put("/webhooks/{webhook:str}", summary="Provision a webhook", responses=documented(409, 412, 422))
async def put_webhook(
    webhook: WebhookPath,
    data: Annotated[ProvisionWebhook, Body()],
    ports: Given,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[Webhook]:
    """Have events sent to a URL. A new webhook is sent what happens from now on.

    Each delivery is a POST of JSON with `type`, `id`, `timestamp`, `station` and the record in `data`, signed as
    [Standard Webhooks](https://www.standardwebhooks.com) describes: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    Answer 2xx within some seconds. Anything else is tried again, less and less often, for days; 410 turns the webhook off.
    Events of a station come in their order for each topic; the same one may come more than once, with the same `webhook-id`.
    """
    record = await usecases.save(ports, webhook, data, given=condition(if_match, if_none_match))
    return Response(webhook_of(record), headers=etag(record))


@delete("/webhooks/{webhook:str}", summary="Remove a webhook", responses=documented(404, 412))
async def delete_webhook(webhook: WebhookPath, ports: Given, if_match: IfMatch = None) -> None:
    """Forget a webhook; what it was not sent yet is not sent any more."""
    await usecases.remove(ports, webhook, given=condition(if_match))


@post(
    "/webhooks/{webhook:str}/test",
    summary="Send a test delivery",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(404, 409),
)
async def test_webhook(webhook: WebhookPath, ports: Given) -> Ordered:
    """Send an event of the type `webhook.test`, once: `GET /webhooks/{webhook}/deliveries/{delivery}` has what came of it."""
    await ports.reference.caught_up()
    return await usecases.test(ports, webhook)


@post(
    "/webhooks/{webhook:str}/replay",
    summary="Send events again",
    status_code=HTTPStatus.OK,
    responses=documented(404, 412, 422),
)
async def replay_webhook(
    webhook: WebhookPath, data: Annotated[Replay, Body()], ports: Given, if_match: IfMatch = None
) -> Response[Webhook]:
    """Send everything since a moment again, in order, then what is new; as far back as Kafka keeps it, usually 30 days.

    Of stations only the newest state of each is kept longer than a moment, so that `station.changed` repeats no history.
    """
    record = await usecases.replay(ports, webhook, data, given=condition(if_match))
    return Response(webhook_of(record), headers=etag(record))


@post(
    "/webhooks/{webhook:str}/dead/replay",
    summary="Send dead deliveries again",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(404, 409),
)
async def replay_dead(webhook: WebhookPath, ports: Given) -> Ordered:
    """Send the newest 500 dead deliveries again. Ask again while there are some."""
    await ports.reference.caught_up()
    return await usecases.repeat_dead(ports, webhook)


@get("/webhook-deliveries", summary="List deliveries to webhooks", responses=documented(422))
async def list_webhook_deliveries(
    ports: Given,
    *,
    webhook: Annotated[str | None, QueryParameter(description="To this webhook.")] = None,
    status: Annotated[DeliveryStatus | None, QueryParameter(description="Only those of this status.")] = None,
    kind: Annotated[str | None, QueryParameter(description="Only events of this kind.")] = None,
    station: Annotated[str | None, QueryParameter(description="Only events of this station.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Delivery]:
    """What came of each delivery, by its last attempt, newest first; kept for 90 days."""
    where = DeliveryFilter(webhook=webhook, status=status, kind=kind, station=station)
    return await ports.reads.webhook_deliveries(where, cursor=cursor, limit=limit)


@get("/webhooks/{webhook:str}/deliveries/{delivery:str}", summary="Get a delivery", responses=documented(404))
async def get_webhook_delivery(webhook: WebhookPath, delivery: DeliveryPath, ports: Given) -> Delivery:
    """What came of one delivery."""
    found = await ports.reads.webhook_delivery(webhook, delivery)
    if found is None:
        raise not_found(f"{webhook} was sent no delivery {delivery!r} in the last 90 days.")
    return found


@post(
    "/webhooks/{webhook:str}/deliveries/{delivery:str}/replay",
    summary="Send a delivery again",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(404, 409),
)
async def replay_delivery(webhook: WebhookPath, delivery: DeliveryPath, ports: Given) -> Ordered:
    """Send one delivery again, dead or not, under the same `webhook-id`."""
    await ports.reference.caught_up()
    return await usecases.repeat(ports, webhook, delivery)


def router() -> Router:
    """Webhooks and their deliveries."""
    handlers = [
        list_webhook_kinds,
        list_webhooks,
        list_webhook_summaries,
        get_webhook,
        put_webhook,
        delete_webhook,
        test_webhook,
        replay_webhook,
        replay_dead,
        list_webhook_deliveries,
        get_webhook_delivery,
        replay_delivery,
    ]
    return Router(path="/", route_handlers=handlers)
