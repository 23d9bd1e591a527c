"""Events: what happens now, as server-sent events, for consoles and programs that do not read Kafka."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated, get_args

from litestar import Router, get
from litestar.params import QueryParameter
from litestar.response import Stream

from services.api.hub import Hub, Kind, Subscription
from services.api.models import Given
from services.api.problems import Problem, documented, invalid

KINDS: frozenset[Kind] = frozenset(get_args(Kind))
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # the latter: nginx must not hold events back


@get("/events", summary="Follow events", responses=documented(422), tags=["events"])
async def follow_events(
    ports: Given,
    station: Annotated[str | None, QueryParameter(description="Only of this station.")] = None,
    kinds: Annotated[
        str | None, QueryParameter(description="Only these, separated by commas: station, connector, session, outcome.")
    ] = None,
) -> Stream:
    """Server-sent events, each with the changed thing as JSON: `station`, `connector`, `session`, `outcome`.

    `lagged` says that this client was too slow and events were dropped: reload what you show, then go on. Comments keep the
    connection alive. After a reconnect, reload too: events of the time between are not repeated.
    """
    subscription = ports.hub.subscribe(station, _kinds(kinds))
    if subscription is None:
        full = "Too many clients follow events here already; ask again, or ask another process."
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, full, headers={"Retry-After": "5"})
    stream = _until_gone(ports.hub, subscription, ports.config.sse_keepalive_s)
    return Stream(stream, media_type="text/event-stream", headers=HEADERS)


def _kinds(text: str | None) -> frozenset[Kind]:
    if text is None:
        return KINDS
    asked = {part.strip() for part in text.split(",")}
    if unknown := asked - KINDS:
        raise invalid("kinds", f"{', '.join(sorted(unknown))!r}: kinds are {', '.join(sorted(KINDS))}")
    return frozenset(kind for kind in KINDS if kind in asked)


async def _until_gone(hub: Hub, subscription: Subscription, keepalive_s: float) -> AsyncIterator[bytes]:
    try:
        async for chunk in subscription.stream(keepalive_s):
            yield chunk
    finally:
        hub.unsubscribe(subscription)


def router() -> Router:
    """The event stream."""
    return Router(path="/", route_handlers=[follow_events])
