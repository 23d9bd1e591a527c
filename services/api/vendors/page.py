"""Vendor data in the console: the vendors with their form, what came that nobody knows, and a station's data transfers."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, get, post

from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.vendors import usecases
from services.api.vendors.rows import ProvisionVendor, SeenVendor, TransferFilter, Transferred, Vendor, vendor_of
from services.api.vendors.views import unknown, webhooks_of
from services.api.web.changing import tag_of
from services.api.web.paging import Page
from services.api.web.parameters import Given
from services.api.web.problems import invalid

PAGE_SIZE, SEEN_SHOWN, ROWS_SPARE = 50, 50, 2


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """Every vendor, with the webhooks that are sent its messages."""

    rows: tuple[tuple[Vendor, tuple[str, ...]], ...]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What came in the last thirty days that nobody knows."""

    rows: tuple[SeenVendor, ...]


class RuleFields(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as the form has it; `data` as JSON text, blank for none. `spare`: one that may be added."""

    message_id: str = ""
    status: str = "Accepted"
    data: str = ""
    spare: bool = False


class Editing(msgspec.Struct, frozen=True, kw_only=True):
    """The form: the vendor that it changes, in which state; None: a new one, which begins with an id that was seen."""

    vendor: Vendor | None
    etag: str
    begins: str
    rules: tuple[RuleFields, ...]


class Transfers(msgspec.Struct, frozen=True, kw_only=True):
    """A page of data transfers; `of`: the station whose they are, empty for those of all."""

    items: tuple[Transferred, ...]
    next_cursor: str | None
    of: str = ""


async def rows(asked: PageRequest) -> Listed:
    """The list."""
    known = usecases.vendors(asked.ports)
    return Listed(rows=tuple((vendor, webhooks_of(asked.ports, vendor.vendor_id)) for vendor in known))


async def seen(asked: PageRequest) -> Seen:
    """What came that nobody knows."""
    return Seen(rows=await unknown(asked.ports, limit=SEEN_SHOWN))


async def editing(asked: PageRequest) -> Editing:
    """What the form begins with: a vendor, or an id and a message that were seen."""
    name = asked.get("edit")
    record = usecases.written(asked.ports, name) if name else None
    vendor = vendor_of(record) if record else None
    given = tuple(
        RuleFields(
            message_id=rule.message_id,
            status=rule.status,
            data="" if rule.data is None else msgspec.json.encode(rule.data).decode(),
        )
        for rule in (vendor.messages if vendor else ())
    )
    if (message := asked.get("message")) is not None or not given:
        given = (*given, RuleFields(message_id=message or "*"))
    spare = (RuleFields(spare=True),) * ROWS_SPARE
    return Editing(vendor=vendor, etag=tag_of(record), begins=asked.get("vendor") or "", rules=(*given, *spare))


async def transfers(asked: PageRequest) -> Transfers:
    """Data transfers, newest first."""
    station = asked.subject.station if asked.subject is not None else asked.get("station")
    where = TransferFilter(station=station, vendor_id=asked.get("vendor_id"), message_id=asked.get("message_id"))
    page: Page[Transferred] = await asked.ports.reads.data_transfers(where, cursor=asked.get("cursor"), limit=PAGE_SIZE)
    of = station if asked.subject is not None else ""
    return Transfers(items=page.items, next_cursor=page.next_cursor, of=of or "")


TRANSFERS = Part(name="transfers", template="vendors/transfers.html", load=transfers, poll_s=15)
PAGE = Screen(
    title="Vendor data",
    nav="vendors",
    template="vendors/page.html",
    parts=(
        Part(name="rows", template="vendors/rows.html", load=rows, poll_s=30),
        Part(name="seen", template="vendors/seen.html", load=seen, poll_s=60),
        TRANSFERS,
        Part(name="form", template="vendors/form.html", load=editing),
    ),
)
OF_STATION = Screen(title="Vendor data", nav="stations", template="vendors/tab.html", parts=(HEAD, TRANSFERS))


@get("/vendors")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """All vendors."""
    return await show.page(PAGE, page_request(request, ports))


@get("/stations/{station:str}/vendor-data")
async def of_one_station(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """A station's data transfers."""
    asked = page_request(request, ports, await known_station(ports, station))
    return await show.page(OF_STATION, asked, title=station, live=of_station(station))


@post("/vendors", status_code=200)
async def save(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Provision a vendor."""
    given = await forms.posted(request)
    saved = await usecases.save(ports, given.get("vendor_id", ""), wanted(given), given=forms.meant(given))
    tag = tag_of(saved) if given.get("etag") else ""
    told = f"{saved.vendor_id} is saved with {len(saved.messages)} rules."
    return show.notice(request, told, then="/vendors", etag=tag)


@post("/vendors/remove", status_code=200)
async def remove(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Forget a vendor."""
    vendor_id = (await forms.posted(request)).get("vendor_id", "")
    await usecases.remove(ports, vendor_id)
    return show.notice(request, f"{vendor_id} was removed.", then="/vendors")


def wanted(given: Mapping[str, str]) -> ProvisionVendor:
    """The form as the API's body: a rule for each row that has an id, a status or data. Raises Problem."""
    numbers = sorted(
        int(name.removeprefix("status-")) for name in given if name[:7] == "status-" and name[7:].isdecimal()
    )
    rules = [
        {
            "message_id": given.get(f"message-{number}", "").strip(),
            "status": given[f"status-{number}"],
            "data": _json(number, given.get(f"data-{number}", "")),
        }
        for number in numbers
        if given[f"status-{number}"]
    ]
    return forms.body({"messages": rules, "note": given.get("note", "").strip()}, ProvisionVendor)


def _json(number: int, text: str) -> Any:
    """The data of a rule: JSON. Raises Problem."""
    if not text.strip():
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise invalid(f"data-{number}", f'JSON is expected, as "${{station}}" in quotes: {error}') from error


HANDLERS = (listed, of_one_station, save, remove)
