"""A site's forms in the console: its tree as text and as a sheet, the wiring of an EVSE, a need, and a meter's reading."""

from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from litestar import Request, get, post
from msgspec.structs import replace

from schemas.energy import SiteProvisioned
from schemas.sitetrees import LINES, Line, Node
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen, site_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.energy import page
from services.api.energy.loadrows import MeterNow
from services.api.energy.rows import Need, NeedGiven, ProvisionSite, ReadingGiven, SitePath
from services.api.energy.sheeting import import_sheet, json_of
from services.api.energy.stating import AHEAD, OLDEST, report, state_need
from services.api.energy.usecases import remove_site, save_site, save_tree, written_site
from services.api.web.changing import Condition, tag_of
from services.api.web.importing import CSV, LARGEST
from services.api.web.parameters import Given
from services.api.web.problems import field_error, invalid, invalid_fields

EXAMPLE = """{
  "label": "Garage",
  "time_zone": "Europe/Berlin",
  "nodes": [
    {"node": "grid", "kind": "grid", "limits": {"amps": 100}},
    {"node": "panel", "parent": "grid", "kind": "panel", "limits": {"amps": 63}},
    {"node": "evse-1", "parent": "panel", "kind": "evse",
     "outlet": {"station": "DE-BER-0001", "evse": 1, "lines": ["L1", "L2", "L3"], "max_a": 32}}
  ],
  "meters": [{"meter": "building", "node": "grid"}]
}"""


class Editing(msgspec.Struct, frozen=True, kw_only=True):
    """The tree as text, and the state that it is in; an example for a new site."""

    site: str
    text: str
    etag: str


class Stating(msgspec.Struct, frozen=True, kw_only=True):
    """What may be said of a site: needs at its EVSEs, readings of its meters, its EVSEs' wiring."""

    site: str
    etag: str
    evses: tuple[Node, ...]
    needs: tuple[Need, ...]
    meters: tuple[tuple[str, str, MeterNow | None], ...]
    lines: tuple[Line, ...] = LINES


async def making(_: PageRequest) -> Editing:
    """The form for a new site."""
    return Editing(site="", text=EXAMPLE, etag="")


async def editing(asked: PageRequest) -> Editing:
    """The form with the tree as it stands."""
    record: SiteProvisioned = asked.subject
    return Editing(site=record.site, text=json_of(record.tree), etag=tag_of(record))


async def stating(asked: PageRequest) -> Stating:
    """The other forms, with what was said last."""
    record: SiteProvisioned = asked.subject
    needs = await asked.ports.reads.site_needs(record.site)
    since = asked.now - OLDEST - AHEAD
    newest = {each.meter: each for each in await asked.ports.reads.site_meters(record.site, since=since)}
    return Stating(
        site=record.site,
        etag=tag_of(record),
        evses=tuple(node for node in record.tree.nodes if node.outlet is not None),
        needs=needs,
        meters=tuple((each.meter, each.label, newest.get(each.meter)) for each in record.tree.meters),
    )


LIST = Screen(
    title="Sites",
    nav="sites",
    template="energy/page.html",
    parts=(
        Part(name="rows", template="energy/rows.html", load=page.rows, on="site-load", every_s=2, poll_s=15),
        Part(name="form", template="energy/add.html", load=making),
    ),
)
ONE = Screen(
    title="Site",
    nav="sites",
    template="energy/one.html",
    parts=(
        Part(name="now", template="energy/tree.html", load=page.now, on="site-load", poll_s=15),
        Part(name="evses", template="energy/evses.html", load=page.now, on="site-load", poll_s=15),
        Part(name="alerts", template="energy/alerts.html", load=page.alerts, on="site-alert", poll_s=30),
        Part(name="history", template="energy/history.html", load=page.over_time, poll_s=30),
        Part(name="said", template="energy/said.html", load=stating, poll_s=30),
        Part(name="state", template="energy/state.html", load=stating),
        Part(name="wiring", template="energy/wiring.html", load=stating),
        Part(name="editor", template="energy/editor.html", load=editing),
    ),
)


@get(page.HOME)
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """All sites."""
    await ports.reference.caught_up()
    return await show.page(LIST, page_request(request, ports))


@get(page.HOME + "/{site:str}")
async def shown(request: Request[Any, Any, Any], site: SitePath, ports: Given, show: Shown) -> Rendered:
    """A site."""
    await ports.reference.caught_up()
    record = written_site(ports, site)
    live = f"&site={site_url(site).rpartition('/')[2]}"
    return await show.page(ONE, page_request(request, ports, record), title=record.tree.label or site, live=live)


@post(page.HOME, status_code=200)
async def add(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Write the tree of a new site, or only check it."""
    given = await forms.posted(request)
    site, dry = given.get("site", "").strip(), "check" in given
    data = _body(given.get("tree", ""))
    await save_site(ports, site, data, given=Condition(must_be_new=True), dry_run=dry)
    if dry:
        return show.notice(request, "Nothing stands against this tree.", then=page.HOME)
    return show.notice(request, f"{site} is written.", then=site_url(site))


@post(page.HOME + "/{site:str}/tree", status_code=200)
async def rewrite(request: Request[Any, Any, Any], site: SitePath, ports: Given, show: Shown) -> Any:
    """Write the tree of a site, or only check it."""
    given = await forms.posted(request)
    data, dry = _body(given.get("tree", "")), "check" in given
    if dry:
        await save_site(ports, site, data, dry_run=True)
        return show.notice(request, "Nothing stands against this tree.", then=site_url(site))
    record = await save_site(ports, site, data, given=forms.meant(given))
    return show.notice(request, f"The tree of {site} is saved.", then=site_url(site), etag=tag_of(record))


@post(page.HOME + "/{site:str}/sheet", status_code=200, request_max_body_size=LARGEST)
async def take_sheet(request: Request[Any, Any, Any], site: SitePath, ports: Given, show: Shown) -> Any:
    """Replace the nodes of a site by a file of CSV, or only check it."""
    sent = await forms.sent_file(request)
    if sent.media_type != CSV:
        raise invalid("file", "a sheet of nodes is CSV; a tree as JSON goes into the text")
    record = await import_sheet(ports, site, sent.body, dry_run=sent.dry_run)
    count = f"{len(record.tree.nodes)} nodes"
    sentence = f"Nothing stands against these {count}." if sent.dry_run else f"{site} has these {count} now."
    return show.notice(request, sentence, then=site_url(site))


@post(page.HOME + "/{site:str}/wiring", status_code=200)
async def wire(request: Request[Any, Any, Any], site: SitePath, ports: Given, show: Shown) -> Any:
    """Say to which lines an EVSE is connected."""
    given = await forms.posted(request)
    await ports.reference.caught_up()
    record, name = written_site(ports, site), given.get("node", "")
    lines = tuple(given.get("lines", "").replace(",", " ").split())
    if unknown := [line for line in lines if line not in LINES]:
        raise invalid("lines", f"{unknown[0]!r} is none of {', '.join(LINES)}")
    if not any(node.node == name and node.outlet for node in record.tree.nodes):
        raise invalid("node", f"{name!r} is no EVSE of this site")
    nodes = tuple(_wired(node, lines) if node.node == name else node for node in record.tree.nodes)
    saved = await save_tree(ports, site, replace(record.tree, nodes=nodes), given=forms.meant(given))
    wired = f"is connected to {', '.join(lines)}" if lines else "has an unknown wiring, to be learnt"
    return show.notice(request, f"{name} {wired}.", then=site_url(site), etag=tag_of(saved))


def _wired(node: Node, lines: tuple[Any, ...]) -> Node:
    assert node.outlet is not None
    return replace(node, outlet=replace(node.outlet, lines=lines))


@post(page.HOME + "/{site:str}/needs", status_code=200)
async def need(request: Request[Any, Any, Any], site: SitePath, ports: Given, show: Shown) -> Any:
    """State what a driver needs."""
    given = await forms.posted(request)
    station, _, evse = given.get("evse", "").rpartition("|")
    kwh = _number("energy_kwh", given.get("energy_kwh", ""))
    wanted = NeedGiven(
        energy_wh=None if kwh is None else kwh * 1000,
        departure_at=forms.moment("departure_at", given.get("departure_at", "")),
    )
    await ports.reference.caught_up()
    await state_need(ports, site, station, forms.whole("evse", evse) or 0, wanted)
    return show.notice(request, f"The need at EVSE {evse} of {station} is stated.", then=site_url(site))


@post(page.HOME + "/{site:str}/readings", status_code=200)
async def read(request: Request[Any, Any, Any], site: SitePath, ports: Given, show: Shown) -> Any:
    """Report a reading of a meter."""
    given = await forms.posted(request)
    meter = given.get("meter", "")
    amps = {line: value for line in LINES if (value := _number(line, given.get(line, ""))) is not None}
    reading = ReadingGiven(amps=amps, watts=_number("watts", given.get("watts", "")))
    await ports.reference.caught_up()
    await report(ports, site, meter, (reading,))
    return show.notice(request, f"The reading of {meter} is taken.", then=site_url(site))


@post(page.HOME + "/{site:str}/remove", status_code=200)
async def remove(request: Request[Any, Any, Any], site: SitePath, ports: Given, show: Shown) -> Any:
    """Forget the tree of a site."""
    await remove_site(ports, site)
    return show.notice(request, f"{site} has no tree any more: nothing is steered there.", then=page.HOME)


def _body(text: str) -> ProvisionSite:
    """The text of a form as a tree. Raises Problem."""
    try:
        return msgspec.json.decode(text, type=ProvisionSite)
    except msgspec.ValidationError as error:
        raise invalid_fields([field_error(str(error))]) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise invalid("tree", f"it is no JSON: {error}") from error


def _number(name: str, text: str) -> Decimal | None:
    """A number of a form; None for a blank one. Raises Problem."""
    try:
        return Decimal(text.strip().replace(",", ".")) if text.strip() else None
    except InvalidOperation as error:
        raise invalid(name, "write a number, as 41.5") from error


HANDLERS = (listed, shown, add, rewrite, take_sheet, wire, need, read, remove)
