"""A station's boot runs in the console, and the form that runs a template there now."""

from typing import Any

import msgspec
from litestar import Request, get, post

from schemas.boottemplates import REF_BOOT_TEMPLATES, provisioned
from services.api.boottemplates.rows import BootRun, RunFilter
from services.api.boottemplates.usecases import against, order_run
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen, station_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE = 20
TAB = "boot-runs"


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """The templates that can be run at the station, each with its title, and why others cannot."""

    station: str
    connected: bool
    templates: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]


async def rows(asked: PageRequest) -> Page[BootRun]:
    """The station's runs, newest first."""
    where = RunFilter(station=asked.subject.station)
    return await asked.ports.reads.boot_runs(where, cursor=asked.get("cursor"), limit=PAGE_SIZE)


async def offered(asked: PageRequest) -> Offered:
    """Which templates can be run here."""
    station = asked.subject.station
    known = provisioned(asked.ports.reference.all(REF_BOOT_TEMPLATES))
    reasons = [(each, against(asked.ports, station, each)) for each in known]
    return Offered(
        station=station,
        connected=asked.subject.connected,
        templates=tuple((each.template, each.content.title) for each, why in reasons if not why),
        others=tuple((each.template, why) for each, why in reasons if why),
    )


OF_STATION = Screen(
    title="Boot",
    nav="stations",
    template="boottemplates/tab.html",
    parts=(
        HEAD,
        Part(name="rows", template="boottemplates/runs.html", load=rows, on="boot-run", poll_s=30),
        Part(name="form", template="boottemplates/order.html", load=offered),
    ),
)


@get("/stations/{station:str}/boot-runs")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """What the station was sent after its boots."""
    asked = page_request(request, ports, await known_station(ports, station))
    return await show.page(OF_STATION, asked, title=station, live=of_station(station))


@post("/stations/{station:str}/boot-runs", status_code=200)
async def order(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Run a template now."""
    template = (await forms.posted(request)).get("template", "")
    await order_run(ports, station, template)
    return show.notice(
        request, f"{template} runs at {station} now, or as soon as it is connected.", then=station_url(station, TAB)
    )


HANDLERS = (shown, order)
