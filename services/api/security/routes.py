"""Security events: what stations report of their security."""

from typing import Annotated

from litestar import Router, get
from litestar.params import QueryParameter

from services.api.security.rows import SecurityEvent, SecurityEventFilter
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, From, Given, Limit, To, in_time
from services.api.web.problems import documented


@get("/security-events", summary="List security events", responses=documented(422))
async def list_security_events(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="Of this station.")] = None,
    type_: Annotated[
        str | None, QueryParameter(name="type", description="Of this type, as in `TamperDetectionActivated`, any case.")
    ] = None,
    critical: Annotated[
        bool | None, QueryParameter(description="Only those that OCPP calls critical, or that it calls not critical.")
    ] = None,
    since: From = None,
    to: To = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[SecurityEvent]:
    """What stations reported of their security (SecurityEventNotification), newest first; a few seconds after it came."""
    in_time(since, to)
    where = SecurityEventFilter(station=station, type=type_, critical=critical, since=since, until=to)
    return await ports.reads.security_events(where, cursor=cursor, limit=limit)


def router() -> Router:
    """Security events, of all stations."""
    return Router(path="/", route_handlers=[list_security_events])
