"""Deviations: who sends messages that break their schema, and the messages that could not be read."""

from datetime import timedelta
from typing import Annotated

import msgspec
from litestar import Router, get
from litestar.params import QueryParameter

from services.api.inbox.rows import DeviationCount, DeviationFilter, QuarantinedMessage
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, From, Given, Limit, in_time
from services.api.web.problems import documented

LOOKED_BACK = timedelta(days=7)


class Deviations(msgspec.Struct, frozen=True):
    """Counts by make and rule, the most frequent first."""

    items: tuple[DeviationCount, ...]


@get("/deviations", summary="Messages that break their schema, by make and rule", responses=documented(422))
async def count_deviations(
    ports: Given,
    *,
    since: From = None,
    vendor: Annotated[str | None, QueryParameter(description="Of this vendor.")] = None,
    station: Annotated[str | None, QueryParameter(description="Of this station.")] = None,
    rule: Annotated[str | None, QueryParameter(description="Read by this rule: a word of the deviations.")] = None,
    limit: Limit = 100,
) -> Deviations:
    """How often messages of each vendor, model and firmware were read by which rule; of the last seven days unless asked otherwise."""
    in_time(since, None)
    where = DeviationFilter(since=since or ports.clock() - LOOKED_BACK, vendor=vendor, station=station, rule=rule)
    return Deviations(await ports.reads.deviations(where, limit=limit))


@get("/quarantine/messages", summary="Quarantined messages", responses=documented(422))
async def list_quarantined_messages(
    ports: Given,
    station: Annotated[str | None, QueryParameter(description="Of this station.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[QuarantinedMessage]:
    """Messages that could not be read as the fact they should be: refused by name, and kept. Newest first."""
    return await ports.reads.quarantined_messages(station, cursor=cursor, limit=limit)


def router() -> Router:
    """Deviations, and messages in quarantine."""
    return Router(path="/", route_handlers=[count_deviations, list_quarantined_messages])
