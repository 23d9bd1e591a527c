"""The front page: the fleet at a glance."""

import datetime as dt
from itertools import islice
from typing import Any

import msgspec
from litestar import Request, get

from schemas.stations import STATION_STATES, ConnectorState, StationChanged
from services.api.console import charts, formats
from services.api.console.charts import Chart
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.history.curves import Point
from services.api.overview.rows import FleetOverview
from services.api.sessions.rows import Session, SessionFilter
from services.api.stations.rows import StationEvent
from services.api.web.parameters import Given

RANGES = {"1h": 1, "6h": 6, "24h": 24}
STEPS_S = {"1h": 60, "6h": 360, "24h": 900}
SHOWN = 10


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A faulted connector of a connected station."""

    station: str
    connector: ConnectorState


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many of something; `share` of all of them, in percent."""

    name: str
    count: int
    share: float


class Make(msgspec.Struct, frozen=True, kw_only=True):
    """What the fleet is made of."""

    connectors: tuple[Tally, ...]
    versions: tuple[Tally, ...]


class Ranged(msgspec.Struct, frozen=True, kw_only=True):
    """A chart of the last hours, and the other ranges there are."""

    chart: Chart
    chosen: str
    ranges: tuple[str, ...] = tuple(RANGES)


async def figures(part_request: PageRequest) -> FleetOverview:
    """The figures at the head."""
    return await part_request.ports.reads.fleet_overview(part_request.now)


async def make(part_request: PageRequest) -> Make:
    """Connectors by status and stations by version."""
    overview = await part_request.ports.reads.fleet_overview(part_request.now)
    return Make(connectors=_tallies(overview.connectors_by_status), versions=_tallies(overview.connected_by_version))


def _tallies(counts: dict[str, int]) -> tuple[Tally, ...]:
    total = sum(counts.values()) or 1
    return tuple(
        Tally(name=name, count=count, share=round(100 * count / total, 1)) for name, count in sorted(counts.items())
    )


async def power(part_request: PageRequest) -> Ranged:
    """The fleet's power over the last hours, up to now: its last point is the figure at the head of the page."""
    chosen = part_request.query.get("range", "1h")
    chosen = chosen if chosen in RANGES else "1h"
    since, until = charts.window(part_request.now, RANGES[chosen])
    steps = await part_request.ports.reads.fleet_power(since, until=until, step_s=STEPS_S[chosen])
    overview = await part_request.ports.reads.fleet_overview(part_request.now)
    points = (*steps, Point(at=part_request.now, value=float(overview.power_w)))
    most = max((point.value for point in points), default=0.0)
    summary = f"Charging power of the fleet in the last {chosen}: at most {formats.power(most)}."
    return Ranged(chart=charts.power("fleet-power", points, summary), chosen=chosen)


async def energy(part_request: PageRequest) -> Chart:
    """The fleet's energy of each of the last 24 hours."""
    hour = part_request.now.replace(minute=0, second=0, microsecond=0)
    hours = await part_request.ports.reads.energy_by_hour(hour - dt.timedelta(hours=23), until=part_request.now)
    total = sum(float(each.energy_wh) for each in hours)
    back = sum(float(each.exported_wh) for each in hours)
    given_back = f", {formats.energy(back)} given back" if back else ""
    return charts.energy_by_hour("energy", hours, f"{formats.energy(total)} charged{given_back} in the last 24 hours.")


async def active(part_request: PageRequest) -> tuple[Session, ...]:
    """Sessions that run."""
    return (await part_request.ports.reads.sessions(SessionFilter(active=True), limit=SHOWN)).items


async def events(part_request: PageRequest) -> tuple[StationEvent, ...]:
    """What happened to stations lately."""
    return (await part_request.ports.reads.station_events(limit=SHOWN)).items


async def faults(part_request: PageRequest) -> tuple[Fault, ...]:
    """Connectors that say they are faulted now."""
    states = part_request.ports.reference.all(STATION_STATES).values()
    found = (
        Fault(station=state.station, connector=connector)
        for state in states
        if isinstance(state, StationChanged) and state.connected
        for connector in state.connectors
        if connector.status == "Faulted"
    )
    return tuple(islice(found, SHOWN))


PAGE = Screen(
    title="Fleet",
    nav="fleet",
    template="overview/page.html",
    parts=(
        Part(name="figures", template="overview/figures.html", load=figures, on="station session", poll_s=15),
        Part(name="power", template="overview/power.html", load=power, on="session", every_s=5, poll_s=30),
        Part(name="energy", template="overview/energy.html", load=energy, on="session", every_s=5, poll_s=30),
        Part(name="active", template="overview/active.html", load=active, on="session", poll_s=30),
        Part(name="faults", template="overview/faults.html", load=faults, on="station connector", poll_s=30),
        Part(name="make", template="overview/make.html", load=make, on="station connector", every_s=2, poll_s=30),
        Part(name="events", template="overview/events.html", load=events, on="station", poll_s=30),
    ),
)


@get("/")
async def front(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """The fleet at a glance."""
    return await show.page(PAGE, page_request(request, ports))


HANDLERS = (front,)
