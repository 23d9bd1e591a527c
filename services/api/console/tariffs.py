"""The tariffs' page: what charging costs, for whom and where; an editor that tries a tariff on a past session."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, get, post

from schemas.tariffs import Tariff
from services.api.billmodel import Cdr, CdrFilter, Rated
from services.api.console import forms
from services.api.console.formats import money, words
from services.api.console.pages import Asked, Page, Part
from services.api.console.rendering import Rendered, Shown, asked_of
from services.api.models import Given
from services.api.problems import invalid
from services.api.readmodel import Page as Rows
from services.api.rest.assignments import delete_assignment, list_assignments, put_assignment
from services.api.rest.tariffs import delete_tariff, get_tariff, list_tariffs, put_tariff, simulate_draft
from services.api.tariffmodels import Assignment, AssignTariffs, ProvisionTariff, SimulateDraft

PAGE_SIZE = 50
UNRATED_SHOWN = 10

EXAMPLE = """[
  {
    "price_components": [
      {"type": "FLAT", "price": "0.50", "vat": "19"},
      {"type": "ENERGY", "price": "0.49", "vat": "19"}
    ]
  }
]"""
"""What the editor of a new tariff begins with."""

ELEMENTS = "elements"
PARTS = ("flat", "energy", "time", "parking", "adjustment")


class Editing(msgspec.Struct, frozen=True, kw_only=True):
    """What the editor begins with; `tariff` is None where a new one is made."""

    tariff: Tariff | None
    elements: str


async def rows(asked: Asked) -> Rows[Tariff]:
    """Tariffs by their ids."""
    found: Rows[Tariff] = await list_tariffs.fn(asked.ports, cursor=asked.get("cursor"), limit=PAGE_SIZE)
    return found


async def assignments(asked: Asked) -> Rows[Assignment]:
    """For whom and where tariffs hold."""
    found: Rows[Assignment] = await list_assignments.fn(asked.ports, cursor=asked.get("assignments"), limit=PAGE_SIZE)
    return found


async def unrated(asked: Asked) -> Rows[Cdr]:
    """Sessions that are billed without a price, the newest first."""
    where = CdrFilter(unrated=True, current=True)
    return await asked.ports.reads.cdrs(where, cursor=asked.get("unrated"), limit=UNRATED_SHOWN)


async def editing(asked: Asked) -> Editing:
    """The tariff that is being changed, its elements as OCPI writes them."""
    id_ = asked.get("edit")
    if id_ is None:
        return Editing(tariff=None, elements=EXAMPLE)
    tariff = await get_tariff.fn(id_, asked.ports)
    return Editing(tariff=tariff, elements=msgspec.json.format(msgspec.json.encode(tariff.elements), indent=2).decode())


PAGE = Page(
    title="Tariffs",
    nav="tariffs",
    template="tariffs.html",
    parts=(
        Part(name="rows", template="tariffs/rows.html", load=rows, poll_s=30),
        Part(name="assignments", template="tariffs/assignments.html", load=assignments, poll_s=30),
        Part(name="unrated", template="tariffs/unrated.html", load=unrated, poll_s=30),
        Part(name="form", template="tariffs/form.html", load=editing),
    ),
)


@get("/tariffs")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """What charging costs."""
    return await show.page(PAGE, asked_of(request, ports))


@post("/tariffs", status_code=200)
async def save(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Provision a tariff, or a new version of it."""
    given = await forms.posted(request)
    saved: Tariff = await put_tariff.fn(given.get("tariff", "").strip(), wanted(given), ports)
    told = f"{saved.tariff} is saved as version {saved.version}: for sessions that start from now on."
    return show.notice(request, told, then="/tariffs")


@post("/tariffs/try", status_code=200)
async def try_out(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Say what a past session would have cost; nothing is saved."""
    given = await forms.posted(request)
    session = given.get("session", "").strip()
    if not session:
        raise invalid("session", "which past session? Its id is on its page")
    rated: Rated = await simulate_draft.fn(SimulateDraft(session=session, tariff=wanted(given)), ports)
    return show.notice(request, told_of(rated), then="/tariffs")


@post("/tariffs/remove", status_code=200)
async def remove(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Forget a tariff."""
    tariff = (await forms.posted(request)).get("tariff", "")
    await delete_tariff.fn(tariff, ports)
    return show.notice(request, f"{tariff} was removed. What was billed by it stands.", then="/tariffs")


@post("/tariffs/assign", status_code=200)
async def assign(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Say which tariffs hold for a target."""
    given = await forms.posted(request)
    kind, name = given.get("kind", ""), given.get("name", "").strip()
    tariffs = [tariff.strip() for tariff in given.get("tariffs", "").split(",") if tariff.strip()]
    body = forms.body({"tariffs": tariffs}, AssignTariffs)
    saved: Assignment = await put_assignment.fn(kind, body, ports, name)
    return show.notice(request, f"{', '.join(saved.tariffs)} holds for {saved.target}.", then="/tariffs")


@post("/tariffs/unassign", status_code=200)
async def unassign(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Leave a target to less particular assignments."""
    target = (await forms.posted(request)).get("target", "")
    kind, _, name = target.partition(":")
    await delete_assignment.fn(kind, ports, name)
    return show.notice(request, f"{target} has no tariff of its own any more.", then="/tariffs")


def wanted(given: Mapping[str, str]) -> ProvisionTariff:
    """The form as the API's body. Raises Problem."""
    try:
        elements = msgspec.json.decode(given.get(ELEMENTS, ""))
    except msgspec.DecodeError as error:
        raise invalid(ELEMENTS, f"is no JSON: {error}") from error
    members: dict[str, Any] = {
        "currency": given.get("currency", "").strip().upper(),
        "label": given.get("label", "").strip(),
        "elements": elements,
        "start_date_time": forms.moment("start_date_time", given.get("start_date_time", "")),
        "end_date_time": forms.moment("end_date_time", given.get("end_date_time", "")),
    }
    for limit in ("min_price", "max_price"):
        amounts = {vat: given.get(f"{limit}_{vat}", "").strip() for vat in ("excl_vat", "incl_vat")}
        if any(amounts.values()):
            members[limit] = {vat: amount for vat, amount in amounts.items() if amount}
    return forms.body(members, ProvisionTariff)


def told_of(rated: Rated) -> str:
    """A simulation in a sentence: the total, and what it is made of."""
    if rated.costs is None:
        return f"That session cannot be priced: {words(rated.unrated)}."
    costs = rated.costs
    parts = [
        f"{part} {money(getattr(costs, part).excl_vat, rated.currency)}"
        for part in PARTS
        if getattr(costs, part).excl_vat
    ]
    made_of = f" ({', '.join(parts)})" if parts else ""
    with_vat = "" if costs.total.incl_vat is None else f", {money(costs.total.incl_vat, rated.currency)} with VAT"
    return f"That session would have cost {money(costs.total.excl_vat, rated.currency)}{made_of}{with_vat}."


HANDLERS = (listed, save, try_out, remove, assign, unassign)
