"""The compatibility page: the matrix with what ships and what operators wrote, and what was seen; write, change, remove."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Request, get, post

from schemas.compatibility import MEANINGS, Rule
from services.api.compatibility.rows import CompatibilityRow, ProvisionRow
from services.api.compatibility.usecases import remove_row, row_called, rows_that_hold, save_row, written_row
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.inbox.rows import DeviationCount, DeviationFilter
from services.api.web.changing import tag_of
from services.api.web.parameters import Given

SEEN_SHOWN = 50
SEEN_FOR = timedelta(days=30)


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """The rows that hold; `station`: only those about it."""

    rows: tuple[CompatibilityRow, ...]
    station: str


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen most often; `more`: there is more than that."""

    rows: tuple[DeviationCount, ...]
    more: bool


class Editing(msgspec.Struct, frozen=True, kw_only=True):
    """The row that is being changed, in which state, None where a new one is written; what it begins with; and the rules there are."""

    row: CompatibilityRow | None
    etag: str
    begins: Mapping[str, str]
    rules: Mapping[Rule, str]


async def rows(part_request: PageRequest) -> Listed:
    """The rows that hold, all or those about one station."""
    station = (part_request.get("station") or "").strip()
    return Listed(rows=await rows_that_hold(part_request.ports, station or None), station=station)


async def seen(part_request: PageRequest) -> Seen:
    """Which rules the messages of which makes needed, in the last thirty days."""
    where = DeviationFilter(since=part_request.now - SEEN_FOR)
    found = await part_request.ports.reads.deviations(where, limit=SEEN_SHOWN + 1)
    return Seen(rows=found[:SEEN_SHOWN], more=len(found) > SEEN_SHOWN)


async def editing(part_request: PageRequest) -> Editing:
    """What the form begins with: a row, or the make of what was seen."""
    name = part_request.get("edit")
    begins = {member: part_request.get(member) or "*" for member in ("vendor", "model", "firmware")}
    if name is None:
        return Editing(row=None, etag="", begins=begins, rules=MEANINGS)
    row, tag = row_called(part_request.ports, name), tag_of(written_row(part_request.ports, name))
    return Editing(row=row, etag=tag, begins=begins, rules=MEANINGS)


PAGE = Screen(
    title="Compatibility",
    nav="compatibility",
    template="compatibility/page.html",
    parts=(
        Part(name="rows", template="compatibility/rows.html", load=rows, poll_s=30),
        Part(name="seen", template="compatibility/seen.html", load=seen, poll_s=60),
        Part(name="form", template="compatibility/form.html", load=editing),
    ),
)


@get("/compatibility")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """The matrix."""
    return await show.page(PAGE, page_request(request, ports))


@post("/compatibility", status_code=200)
async def save(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Write a row."""
    given = await forms.posted(request)
    saved = await save_row(ports, given.get("name", "").strip(), wanted(given), given=forms.meant(given))
    summary = "strict" if saved.row.strict else ", ".join(saved.row.rules) or "without rules"
    tag = tag_of(saved) if given.get("etag") else ""
    return show.notice(request, f"{saved.name} is saved: {summary}.", then="/compatibility", etag=tag)


@post("/compatibility/remove", status_code=200)
async def remove(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Forget an operator's row."""
    name = (await forms.posted(request)).get("name", "")
    await remove_row(ports, name)
    return show.notice(request, f"{name} was removed.", then="/compatibility")


def wanted(given: Mapping[str, str]) -> ProvisionRow:
    """The form as the API's body. Raises Problem."""
    patterns = {member: given.get(member, "").strip() or "*" for member in ("vendor", "model", "firmware", "station")}
    members = {
        **patterns,
        "rules": [str(rule) for rule in Rule if f"rule-{rule}" in given],
        "deviations": given.get("deviations", "").replace(",", " ").split(),
        "strict": "strict" in given,
        "note": given.get("note", "").strip(),
    }
    return forms.body(members, ProvisionRow)


HANDLERS = (listed, save, remove)
