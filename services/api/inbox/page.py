"""The inbox: what could not be believed, read or acted on; nothing is dropped in silence."""

from datetime import timedelta
from typing import Any

from litestar import Request, get

from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, TabPath, page_request
from services.api.inbox.rows import (
    DeadLetter,
    DeviationCount,
    DeviationFilter,
    Fact,
    QuarantinedMessage,
    QuarantinedValue,
)
from services.api.web.paging import Page
from services.api.web.parameters import Given
from services.api.web.problems import not_found

PAGE_SIZE = 25
DEVIATIONS_SHOWN = 200
LOOKED_BACK = timedelta(days=7)


async def quarantine(part_request: PageRequest) -> Page[QuarantinedValue]:
    """Meter values that cannot be believed."""
    return await part_request.ports.reads.quarantine(cursor=part_request.get("cursor"), limit=PAGE_SIZE)


async def quarantined_messages(part_request: PageRequest) -> Page[QuarantinedMessage]:
    """Messages that could not be read."""
    return await part_request.ports.reads.quarantined_messages(
        part_request.get("station"), cursor=part_request.get("cursor"), limit=PAGE_SIZE
    )


async def deviations(part_request: PageRequest) -> tuple[DeviationCount, ...]:
    """Who sends messages that break their schema."""
    where = DeviationFilter(
        since=part_request.ports.clock() - LOOKED_BACK, vendor=part_request.get("vendor"), rule=part_request.get("rule")
    )
    return await part_request.ports.reads.deviations(where, limit=DEVIATIONS_SHOWN)


async def dead_letters(part_request: PageRequest) -> Page[DeadLetter]:
    """Records that a service could not read or apply."""
    return await part_request.ports.reads.dead_letters(cursor=part_request.get("cursor"), limit=PAGE_SIZE)


async def facts(part_request: PageRequest) -> Page[Fact]:
    """Messages of stations that nothing acts on yet."""
    return await part_request.ports.reads.facts(
        station=part_request.get("station"),
        noun=part_request.get("noun"),
        cursor=part_request.get("cursor"),
        limit=PAGE_SIZE,
    )


def _page(title: str, part: Part) -> Screen:
    return Screen(title=title, nav="inbox", template="inbox/page.html", parts=(part,))


TABS = {
    "": _page("Quarantine", Part(name="rows", template="inbox/quarantine.html", load=quarantine, poll_s=15)),
    "refused": _page(
        "Refused messages", Part(name="rows", template="inbox/refused.html", load=quarantined_messages, poll_s=15)
    ),
    "deviations": _page("Deviations", Part(name="rows", template="inbox/deviations.html", load=deviations, poll_s=60)),
    "dead-letters": _page(
        "Dead letters", Part(name="rows", template="inbox/dead_letters.html", load=dead_letters, poll_s=15)
    ),
    "messages": _page("Messages kept", Part(name="rows", template="inbox/facts.html", load=facts, poll_s=15)),
}


@get("/inbox")
async def first(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """Meter values that cannot be believed."""
    return await show.page(TABS[""], page_request(request, ports))


@get("/inbox/{tab:str}")
async def others(request: Request[Any, Any, Any], tab: TabPath, ports: Given, show: Shown) -> Rendered:
    """Another box of it."""
    page = TABS.get(tab)
    if page is None:
        raise not_found(f"The inbox has no tab {tab!r}.")
    return await show.page(page, page_request(request, ports))


HANDLERS = (first, others)
