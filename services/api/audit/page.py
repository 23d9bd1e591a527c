"""The audit log in the console: searched, and verified."""

from typing import Any

import msgspec
from litestar import Request, get

from schemas.audit import AuditRecorded
from services.api.audit import usecases
from services.api.audit.rows import AuditFilter, Verification
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE = 50
FILTERS = ("actor", "noun", "station", "search")


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a verification; None: nobody asked for one."""

    verification: Verification | None


async def rows(asked: PageRequest) -> Page[AuditRecorded]:
    """Entries, newest first."""
    where = AuditFilter(
        actor=asked.get("actor"), noun=asked.get("noun"), station=asked.get("station"), search=asked.get("search")
    )
    return await asked.ports.reads.audit_entries(where, cursor=asked.get("cursor"), limit=PAGE_SIZE)


async def verified(asked: PageRequest) -> Verified:
    """Whether the log is whole, where that is asked."""
    return Verified(verification=await usecases.verified(asked.ports, AuditFilter()) if asked.get("verify") else None)


async def filters(asked: PageRequest) -> dict[str, str]:
    """What is searched for."""
    return {name: asked.get(name) or "" for name in FILTERS}


PAGE = Screen(
    title="Audit",
    nav="audit",
    template="audit/page.html",
    parts=(
        Part(name="filters", template="audit/filters.html", load=filters),
        Part(name="verified", template="audit/verified.html", load=verified),
        Part(name="rows", template="audit/rows.html", load=rows, poll_s=10),
    ),
)


@get("/audit")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """The audit log."""
    return await show.page(PAGE, page_request(request, ports))


HANDLERS = (listed,)
