"""Overview: the whole fleet in figures."""

from datetime import timedelta
from typing import Annotated

from litestar import Router, get
from litestar.params import QueryParameter

from services.api.history.curves import Point
from services.api.overview.rows import EnergyHour, FleetOverview
from services.api.web.parameters import EARLIEST, From, Given, To, in_time
from services.api.web.problems import documented, invalid

POINTS_MOST = 10_000


@get("/", summary="The fleet now", responses=documented())
async def get_overview(ports: Given) -> FleetOverview:
    """Stations, connectors, sessions, power now and energy of the UTC day."""
    return await ports.reads.fleet_overview(ports.clock())


@get("/power", summary="The fleet's power over time", responses=documented(422))
async def get_power(
    ports: Given,
    since: From = None,
    to: To = None,
    step_s: Annotated[
        int | None,
        QueryParameter(
            ge=1,
            le=86_400,
            description="Seconds from point to point. Where it is not given it follows from the time asked for: a minute for"
            " up to six hours, a quarter of an hour for up to four days, longer then; at most 400 points.",
        ),
    ] = None,
) -> tuple[Point, ...]:
    """Charging power in W; the last day where nothing else is asked for."""
    in_time(since, to)
    until = to or ports.clock()
    begin = since or max(EARLIEST, until - timedelta(days=1))
    if step_s is not None and (until - begin) / timedelta(seconds=step_s) > POINTS_MOST:
        raise invalid("step_s", f"more than {POINTS_MOST} points: take a longer step or a shorter time")
    return await ports.reads.fleet_power(begin, until=until, step_s=step_s)


@get("/energy", summary="The fleet's energy by hour", responses=documented(422))
async def get_energy(ports: Given, since: From = None, to: To = None) -> tuple[EnergyHour, ...]:
    """Energy charged in each UTC hour; the last day where nothing else is asked for."""
    in_time(since, to)
    until = to or ports.clock()
    begin = since or max(EARLIEST, until - timedelta(days=1))
    if (until - begin) / timedelta(hours=1) > POINTS_MOST:
        raise invalid("from", f"more than {POINTS_MOST} hours")
    return await ports.reads.energy_by_hour(begin, until=until)


def router() -> Router:
    """Everything below /overview."""
    return Router(path="/overview", route_handlers=[get_overview, get_power, get_energy])
