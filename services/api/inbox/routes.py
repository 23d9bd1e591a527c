"""Inbox: what could not be believed, read or acted on, and facts kept as they came."""

from typing import Annotated

from litestar import Router, get
from litestar.params import QueryParameter

from services.api.inbox.rows import DeadLetter, Fact, QuarantinedValue
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented


@get("/quarantine", summary="Quarantined meter values", responses=documented(422))
async def list_quarantine(ports: Given, cursor: Cursor = None, limit: Limit = 50) -> Page[QuarantinedValue]:
    """Meter values that cannot be believed, with the reason, newest first."""
    return await ports.reads.quarantine(cursor=cursor, limit=limit)


@get("/dead-letters", summary="Dead letters", responses=documented(422))
async def list_dead_letters(ports: Given, cursor: Cursor = None, limit: Limit = 50) -> Page[DeadLetter]:
    """Records that a service could not read or apply, with the reason, newest first."""
    return await ports.reads.dead_letters(cursor=cursor, limit=limit)


@get("/facts", summary="Facts kept as they came", responses=documented(422))
async def list_facts(
    ports: Given,
    station: Annotated[str | None, QueryParameter(description="Of this station.")] = None,
    noun: Annotated[str | None, QueryParameter(description="Of this noun: firmware, security, ...")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Fact]:
    """Messages of stations that nothing acts on yet, whole, newest first."""
    return await ports.reads.facts(station=station, noun=noun, cursor=cursor, limit=limit)


def router() -> Router:
    """Quarantine, dead letters, facts."""
    return Router(path="/", route_handlers=[list_quarantine, list_dead_letters, list_facts])
