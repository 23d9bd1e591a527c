"""The inbox: what could not be believed, read or acted on; nothing is dropped in silence."""

from typing import Any

from litestar import Request, get

from services.api.console.pages import Asked, Page, Part
from services.api.console.rendering import Rendered, Shown, TabPath, asked_of
from services.api.models import Given
from services.api.problems import not_found
from services.api.readmodel import DeadLetter, Fact, QuarantinedValue
from services.api.readmodel import Page as Rows

PAGE_SIZE = 25


async def quarantine(asked: Asked) -> Rows[QuarantinedValue]:
    """Meter values that cannot be believed."""
    return await asked.ports.reads.quarantine(cursor=asked.get("cursor"), limit=PAGE_SIZE)


async def dead_letters(asked: Asked) -> Rows[DeadLetter]:
    """Records that a service could not read or apply."""
    return await asked.ports.reads.dead_letters(cursor=asked.get("cursor"), limit=PAGE_SIZE)


async def facts(asked: Asked) -> Rows[Fact]:
    """Messages of stations that nothing acts on yet."""
    return await asked.ports.reads.facts(
        station=asked.get("station"), noun=asked.get("noun"), cursor=asked.get("cursor"), limit=PAGE_SIZE
    )


def _page(title: str, part: Part) -> Page:
    return Page(title=title, nav="inbox", template="inbox.html", parts=(part,))


TABS = {
    "": _page("Quarantine", Part(name="rows", template="inbox/quarantine.html", load=quarantine, poll_s=15)),
    "dead-letters": _page(
        "Dead letters", Part(name="rows", template="inbox/dead_letters.html", load=dead_letters, poll_s=15)
    ),
    "messages": _page("Messages kept", Part(name="rows", template="inbox/facts.html", load=facts, poll_s=15)),
}


@get("/inbox")
async def first(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """Meter values that cannot be believed."""
    return await show.page(TABS[""], asked_of(request, ports))


@get("/inbox/{tab:str}")
async def others(request: Request[Any, Any, Any], tab: TabPath, ports: Given, show: Shown) -> Rendered:
    """Another box of it."""
    page = TABS.get(tab)
    if page is None:
        raise not_found(f"The inbox has no tab {tab!r}.")
    return await show.page(page, asked_of(request, ports))


HANDLERS = (first, others)
