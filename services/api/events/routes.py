"""Events: what happens now, as server-sent events, for consoles and programs that do not read Kafka."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation
from litestar.response import Stream

from services.api.live.hub import KINDS, Hub, Kind, Subscription
from services.api.web.auth import Doorkeeper
from services.api.web.parameters import Given
from services.api.web.problems import Problem, documented, invalid

Guarded = NamedDependency[SkipValidation[Doorkeeper]]
"""Who knows which logins still hold."""

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # the latter: nginx must not hold events back


def _kinds(text: str | None) -> frozenset[Kind]:
    if text is None:
        return frozenset(KINDS)
    parts = {part.strip() for part in text.split(",")}
    if unknown := parts - set(KINDS):
        raise invalid("kinds", f"{', '.join(sorted(unknown))!r}: kinds are {', '.join(sorted(KINDS))}")
    return frozenset(kind for kind in KINDS if kind in parts)


async def _until_gone(
    hub: Hub, subscription: Subscription, keepalive_s: float, holds: Callable[[], bool]
) -> AsyncIterator[bytes]:
    try:
        async for chunk in subscription.stream(keepalive_s):
            if not holds():
                return
            yield chunk
    finally:
        hub.unsubscribe(subscription)


@get("/events", summary="Follow events", responses=documented(422))
async def follow_events(
    ports: Given,
    doorkeeper: Guarded,
    request: Request[Any, Any, Any],
    *,
    station: Annotated[str | None, QueryParameter(description="Only of this station.")] = None,
    site: Annotated[
        str | None, QueryParameter(description="Only of this site as a whole: its load and its alerts.")
    ] = None,
    kinds: Annotated[
        str | None,
        QueryParameter(description=f"Only these, separated by commas: {', '.join(KINDS)}."),
    ] = None,
) -> Stream:
    """Server-sent events, each with the changed thing as JSON; its kind is in `event:`.

    `lagged` says that this client was too slow and events were dropped: reload what you show, then go on. Comments keep the
    connection alive. After a reconnect, reload too: events of the time between are not repeated. The stream of a login ends with it.
    """
    subscription = ports.hub.subscribe(station, _kinds(kinds), site=site)
    if subscription is None:
        full = "Too many clients follow events here already; ask again, or ask another process."
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, full, headers={"Retry-After": "5"})
    stream = _until_gone(ports.hub, subscription, ports.config.sse_keepalive_s, partial(doorkeeper.holds, request))
    return Stream(stream, media_type="text/event-stream", headers=HEADERS)


def router() -> Router:
    """The event stream."""
    return Router(path="/", route_handlers=[follow_events])
