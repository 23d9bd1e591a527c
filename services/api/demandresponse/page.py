"""Demand response in the console: the events, the forms that order one, and an event with what became of it at each station."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

import msgspec
from litestar import Request, get, post
from litestar.params import PathParameter

from schemas.demandresponse import OPEN, EventStatus, StationStatus
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.demandresponse.exporting import report
from services.api.demandresponse.reporting import Report
from services.api.demandresponse.rows import (
    DemandEvent,
    DemandStation,
    DemandStationFilter,
    OrderDimming,
    OrderEvent,
    event_of,
)
from services.api.demandresponse.usecases import cancel, dim, event_page, known, opt, order
from services.api.web.paging import Page
from services.api.web.parameters import Given

HOME = "/demand-response"
PAGE_SIZE = 50
EventPath = Annotated[str, PathParameter(min_length=1, max_length=64, description="The event's id.")]


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A page of events, and the statuses by which they can be filtered."""

    events: Page[DemandEvent]
    statuses: tuple[str, ...] = get_args(EventStatus)


class Making(msgspec.Struct, frozen=True, kw_only=True):
    """The forms; `event`: the one that is changed, None for a new one."""

    event: DemandEvent | None = None


class OneEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event with how many of its stations are in which status. `open`: it can be changed."""

    event: DemandEvent
    counts: Mapping[str, int]
    open: bool


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """The report of an event."""

    event: str
    report: Report | None


class Stations(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the stations of an event."""

    event: str
    stations: Page[DemandStation]
    statuses: tuple[str, ...] = get_args(StationStatus)


async def events(asked: PageRequest) -> Listed:
    """Events, the latest beginning first."""
    status = asked.get("status") or None
    return Listed(events=event_page(asked.ports, status=status, cursor=asked.get("cursor"), limit=PAGE_SIZE))


async def making(_: PageRequest) -> Making:
    """The forms for a new event."""
    return Making()


async def event(asked: PageRequest) -> OneEvent:
    """The event as it is now."""
    found = known(asked.ports, asked.subject)
    counts = await asked.ports.reads.demand_counts(found.event)
    return OneEvent(event=event_of(found), counts=counts, open=found.status in OPEN)


async def stations(asked: PageRequest) -> Stations:
    """The event's stations."""
    where = DemandStationFilter(event=asked.subject, status=asked.get("status") or None, site=asked.get("site") or None)
    page = await asked.ports.reads.demand_stations(where, cursor=asked.get("stations"), limit=PAGE_SIZE)
    return Stations(event=asked.subject, stations=page)


async def brought(asked: PageRequest) -> Brought:
    """What the event brought so far; nothing before it begins."""
    found = known(asked.ports, asked.subject)
    begun = found.terms.from_at < asked.ports.clock()
    return Brought(event=found.event, report=await report(asked.ports, found.event) if begun else None)


async def changing(asked: PageRequest) -> Making:
    """The form with the event's terms, where it can be changed."""
    found = known(asked.ports, asked.subject)
    return Making(event=event_of(found) if found.status in OPEN and found.terms.kind == "demand-response" else None)


LIST = Screen(
    title="Demand response",
    nav="demandresponse",
    template="demandresponse/page.html",
    parts=(
        Part(name="events", template="demandresponse/events.html", load=events, poll_s=5),
        Part(name="form", template="demandresponse/form.html", load=making),
        Part(name="dimming", template="demandresponse/dimming.html", load=making),
    ),
)

ONE = Screen(
    title="Demand-response event",
    nav="demandresponse",
    template="demandresponse/one.html",
    parts=(
        Part(name="event", template="demandresponse/event.html", load=event, poll_s=5),
        Part(
            name="stations",
            template="demandresponse/stations.html",
            load=stations,
            on="demand-response",
            every_s=2,
            poll_s=30,
        ),
        Part(name="report", template="demandresponse/report.html", load=brought, poll_s=60),
        Part(name="form", template="demandresponse/change.html", load=changing),
    ),
)


@get(HOME)
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """The events, and the forms."""
    await ports.reference.caught_up()
    return await show.page(LIST, page_request(request, ports))


@get(HOME + "/{event:str}")
async def shown(request: Request[Any, Any, Any], event: EventPath, ports: Given, show: Shown) -> Rendered:
    """An event."""
    await ports.reference.caught_up()
    found = known(ports, event)
    return await show.page(ONE, page_request(request, ports, event), title=found.terms.title or "Event")


@post(HOME, status_code=200)
async def make(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Order an event."""
    ordered = await order(ports, ordered_by(await forms.posted(request)))
    return show.notice(request, f"{ordered.stations} stations are told.", then=f"{HOME}/{ordered.event}")


@post(HOME + "/dimming", status_code=200)
async def dimmed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Dim a connection."""
    given = await forms.posted(request)
    body = members_of(given, ("site", "control", "title", "source_id"), ("limit_w",))
    ordered = await dim(ports, forms.body(body, OrderDimming))
    text = f"{ordered.limit_w} W for {ordered.stations} stations of {ordered.sites[0]}."
    return show.notice(request, text, then=f"{HOME}/{ordered.event}")


@post(HOME + "/{event:str}", status_code=200)
async def change(request: Request[Any, Any, Any], event: EventPath, ports: Given, show: Shown) -> Any:
    """Change an event."""
    given = await forms.posted(request)
    changed = await order(ports, ordered_by(given), event=known(ports, event).event)
    return show.notice(request, f"{changed.stations} stations are told anew.", then=f"{HOME}/{event}")


@post(HOME + "/{event:str}/cancel", status_code=200)
async def cancelled(request: Request[Any, Any, Any], event: EventPath, ports: Given, show: Shown) -> Any:
    """Cancel an event."""
    await cancel(ports, event)
    return show.notice(request, "Cancelled: the limits are being taken back.", then=f"{HOME}/{event}")


@post(HOME + "/{event:str}/sites", status_code=200)
async def opted(request: Request[Any, Any, Any], event: EventPath, ports: Given, show: Shown) -> Any:
    """Take a site out of an event, or back into it."""
    given = await forms.posted(request)
    site, out = given.get("site", "").strip(), given.get("out") == "true"
    await opt(ports, event, site, out=out)
    text = f"{site} is out of the event." if out else f"{site} takes part again."
    return show.notice(request, text, then=f"{HOME}/{event}")


def ordered_by(given: Mapping[str, str]) -> OrderEvent:
    """The event of a form. Raises Problem."""
    texts = ("title", "programme", "per")
    members = members_of(given, texts, ("limit_w", "limit_a", "percent", "floor_w"))
    members["sites"] = tuple(filter(None, map(str.strip, given.get("sites", "").split(","))))
    members["labels"] = forms.pairs(given.get("labels", ""))
    for name in ("ramp_down_min", "ramp_up_min", "priority"):
        number = forms.whole(name, given.get(name, ""))
        if number is not None:
            members[name] = number
    return forms.body(members, OrderEvent)


def members_of(given: Mapping[str, str], texts: tuple[str, ...], numbers: tuple[str, ...]) -> dict[str, Any]:
    """The members that the forms share, those left blank left out. Raises Problem."""
    members: dict[str, Any] = {name: text for name in texts if (text := given.get(name, "").strip())}
    members |= {name: text for name in numbers if (text := given.get(name, "").strip())}
    for name in ("from_at", "to_at"):
        moment = forms.moment(name, given.get(name, ""))
        if moment is not None:
            members[name] = moment
    return members


HANDLERS = (listed, shown, make, dimmed, change, cancelled, opted)
