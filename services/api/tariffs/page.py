"""The tariffs' page: what charging costs, for whom and where; an editor that tries a tariff on a past session."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, get, post

from schemas.tariffs import Scope, Tariff
from services.api.cdrs.rows import Cdr, CdrFilter, Rated
from services.api.console import forms
from services.api.console.formats import money, words
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.tariffs.assignments import assignment_page, remove_assignment, save_assignment, target_of
from services.api.tariffs.rows import Assignment, AssignTariffs, ProvisionTariff, SimulateDraft
from services.api.tariffs.usecases import known_tariff, rate_by_draft, remove_tariff, save_tariff, tariff_page
from services.api.web.changing import tag_of
from services.api.web.paging import Page
from services.api.web.parameters import Given
from services.api.web.problems import invalid

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
PARTS = ("flat", "energy", "time", "parking", "adjustment", "rounding")


class _Kind(msgspec.Struct, frozen=True):
    kind: Scope


class Editing(msgspec.Struct, frozen=True, kw_only=True):
    """What the editor begins with; `tariff` is None where a new one is made."""

    tariff: Tariff | None
    elements: str
    etag: str = ""


async def rows(part_request: PageRequest) -> Page[Tariff]:
    """Tariffs by their ids."""
    return await tariff_page(part_request.ports, cursor=part_request.get("cursor"), limit=PAGE_SIZE)


async def assignments(part_request: PageRequest) -> Page[Assignment]:
    """For whom and where tariffs hold."""
    return await assignment_page(part_request.ports, cursor=part_request.get("assignments"), limit=PAGE_SIZE)


async def unrated(part_request: PageRequest) -> Page[Cdr]:
    """Sessions that are billed without a price, the newest first."""
    where = CdrFilter(unrated=True, current=True)
    return await part_request.ports.reads.cdrs(where, cursor=part_request.get("unrated"), limit=UNRATED_SHOWN)


async def editing(part_request: PageRequest) -> Editing:
    """The tariff that is being changed, its elements as OCPI writes them."""
    id_ = part_request.get("edit")
    if id_ is None:
        return Editing(tariff=None, elements=EXAMPLE)
    record = known_tariff(part_request.ports, id_)
    elements = msgspec.json.format(msgspec.json.encode(record.current.elements), indent=2).decode()
    return Editing(tariff=record.current, elements=elements, etag=tag_of(record))


PAGE = Screen(
    title="Tariffs",
    nav="tariffs",
    template="tariffs/page.html",
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
    return await show.page(PAGE, page_request(request, ports))


@post("/tariffs", status_code=200)
async def save(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Provision a tariff, or a new version of it."""
    given = await forms.posted(request)
    named = given.get("tariff", "").strip()
    saved = await save_tariff(ports, named, wanted(given), given=forms.meant(given))
    sentence = f"{saved.tariff} is saved as version {saved.current.version}: for sessions that start from now on."
    return show.notice(request, sentence, then="/tariffs", etag=tag_of(saved))


@post("/tariffs/try", status_code=200)
async def try_out(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Say what a past session would have cost; nothing is saved."""
    given = await forms.posted(request)
    session = given.get("session", "").strip()
    if not session:
        raise invalid("session", "which past session? Its id is on its page")
    rated = await rate_by_draft(ports, SimulateDraft(session=session, tariff=wanted(given)))
    return show.notice(request, sentence_of(rated), then="/tariffs")


@post("/tariffs/remove", status_code=200)
async def remove(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Forget a tariff."""
    tariff = (await forms.posted(request)).get("tariff", "")
    await remove_tariff(ports, tariff)
    return show.notice(request, f"{tariff} was removed. What was billed by it stands.", then="/tariffs")


@post("/tariffs/assign", status_code=200)
async def assign(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Say which tariffs hold for a target."""
    given = await forms.posted(request)
    kind, name = given.get("kind", ""), given.get("name", "").strip()
    tariffs = [tariff.strip() for tariff in given.get("tariffs", "").split(",") if tariff.strip()]
    body = forms.body({"tariffs": tariffs}, AssignTariffs)
    target = target_of(ports, forms.body({"kind": kind}, _Kind).kind, name, forms.owner(given).get("tenant"))
    saved = await save_assignment(ports, target, body, given=forms.meant(given))
    return show.notice(request, f"{', '.join(saved.tariffs)} holds for {saved.target}.", then="/tariffs")


@post("/tariffs/unassign", status_code=200)
async def unassign(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Leave a target to less particular assignments."""
    target = (await forms.posted(request)).get("target", "")
    await remove_assignment(ports, target)
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
        **forms.owner(given),
        "elements": elements,
        "start_date_time": forms.moment("start_date_time", given.get("start_date_time", "")),
        "end_date_time": forms.moment("end_date_time", given.get("end_date_time", "")),
    }
    for limit in ("min_price", "max_price"):
        amounts = {vat: given.get(f"{limit}_{vat}", "").strip() for vat in ("excl_vat", "incl_vat")}
        if any(amounts.values()):
            members[limit] = {vat: amount for vat, amount in amounts.items() if amount}
    return forms.body(members, ProvisionTariff)


def sentence_of(rated: Rated) -> str:
    """A simulation in a sentence: the total, and what it is made of."""
    if rated.costs is None:
        return f"That session cannot be priced: {words(rated.unrated)}."
    costs = rated.costs
    parts = [
        f"{part} {money(amount.excl_vat, rated.currency)}"
        for part in PARTS
        if (amount := getattr(costs, part)) is not None and amount.excl_vat
    ]
    made_of = f" ({', '.join(parts)})" if parts else ""
    with_vat = "" if costs.total.incl_vat is None else f", {money(costs.total.incl_vat, rated.currency)} with VAT"
    return f"That session would have cost {money(costs.total.excl_vat, rated.currency)}{made_of}{with_vat}."


HANDLERS = (listed, save, try_out, remove, assign, unassign)
