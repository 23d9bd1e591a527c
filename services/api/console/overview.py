"""The front page: the fleet at a glance."""

import datetime as dt
from itertools import islice
from typing import Any

import msgspec
from litestar import Request, get

from schemas.stations import ConnectorState, StationChanged
from schemas.topics import STATION_STATES
from services.api.console import charts, formats
from services.api.console.charts import Chart
from services.api.console.pages import Asked, Page, Part
from services.api.console.rendering import Rendered, Shown, asked_of
from services.api.models import Given
from services.api.readmodel import FleetOverview, Session, SessionFilter, StationEvent

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


async def figures(asked: Asked) -> FleetOverview:
    """The figures at the head."""
    return await asked.ports.reads.fleet_overview(asked.now)


async def make(asked: Asked) -> Make:
    """Connectors by status and stations by version."""
    overview = await asked.ports.reads.fleet_overview(asked.now)
    return Make(connectors=_tallies(overview.connectors_by_status), versions=_tallies(overview.connected_by_version))


def _tallies(counts: dict[str, int]) -> tuple[Tally, ...]:
    total = sum(counts.values()) or 1
    return tuple(
        Tally(name=name, count=count, share=round(100 * count / total, 1)) for name, count in sorted(counts.items())
    )


async def power(asked: Asked) -> Ranged:
    """The fleet's power over the last hours."""
    chosen = asked.query.get("range", "1h")
    chosen = chosen if chosen in RANGES else "1h"
    since, until = charts.window(asked.now, RANGES[chosen])
    points = await asked.ports.reads.fleet_power(since, until=until, step_s=STEPS_S[chosen])
    most = max((point.value for point in points), default=0.0)
    summary = f"Charging power of the fleet in the last {chosen}: at most {formats.power(most)}."
    return Ranged(chart=charts.power("fleet-power", points, summary), chosen=chosen)


async def energy(asked: Asked) -> Chart:
    """The fleet's energy of each of the last 24 hours."""
    hour = asked.now.replace(minute=0, second=0, microsecond=0)
    hours = await asked.ports.reads.energy_by_hour(hour - dt.timedelta(hours=23), until=asked.now)
    total = sum(float(each.energy_wh) for each in hours)
    return charts.energy_by_hour("energy", hours, f"{formats.energy(total)} charged in the last 24 hours.")


async def active(asked: Asked) -> tuple[Session, ...]:
    """Sessions that run."""
    return (await asked.ports.reads.sessions(SessionFilter(active=True), limit=SHOWN)).items


async def events(asked: Asked) -> tuple[StationEvent, ...]:
    """What happened to stations lately."""
    return (await asked.ports.reads.station_events(limit=SHOWN)).items


async def faults(asked: Asked) -> tuple[Fault, ...]:
    """Connectors that say they are faulted now."""
    states = asked.ports.reference.all(STATION_STATES).values()
    found = (
        Fault(station=state.station, connector=connector)
        for state in states
        if isinstance(state, StationChanged) and state.connected
        for connector in state.connectors
        if connector.status == "Faulted"
    )
    return tuple(islice(found, SHOWN))


PAGE = Page(
    title="Fleet",
    nav="fleet",
    template="overview.html",
    parts=(
        Part(name="figures", template="overview/figures.html", load=figures, on="station session", poll_s=15),
        Part(name="power", template="overview/power.html", load=power, on="session", every_s=5, poll_s=30),
        Part(name="energy", template="overview/energy.html", load=energy, on="session", every_s=30, poll_s=60),
        Part(name="active", template="overview/active.html", load=active, on="session", poll_s=30),
        Part(name="faults", template="overview/faults.html", load=faults, on="station connector", poll_s=30),
        Part(name="make", template="overview/make.html", load=make, on="station connector", every_s=2, poll_s=30),
        Part(name="events", template="overview/events.html", load=events, on="station", poll_s=30),
    ),
)


@get("/")
async def front(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """The fleet at a glance."""
    return await show.page(PAGE, asked_of(request, ports))


HANDLERS = (front,)
