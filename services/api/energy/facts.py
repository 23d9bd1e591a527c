"""What is observed at sites, said by other systems: readings of meters, and what drivers need."""

from typing import Annotated

from litestar import Router, post, put
from litestar.params import Body

from services.api.energy import stating
from services.api.energy.routes import SITES
from services.api.energy.rows import EvsePath, MeterPath, Need, NeedGiven, ReadingsGiven, ReadingsTaken, SitePath
from services.api.stations.rows import StationPath
from services.api.web.parameters import Given
from services.api.web.problems import documented


@post(
    SITES + "/{site:str}/meters/{meter:str}/readings",
    summary="Report readings of a site's meter",
    status_code=202,
    responses=documented(404, 422),
)
async def post_readings(
    site: SitePath,
    meter: MeterPath,
    data: Annotated[ReadingsGiven, Body(description="One reading or many; the newest counts.")],
    ports: Given,
) -> ReadingsTaken:
    """Readings of what nobody manages: a building, the sun, a battery. They are on Kafka once this is answered."""
    await ports.reference.caught_up()
    return await stating.report(ports, site, meter, data.readings)


@put(
    SITES + "/{site:str}/needs/{station:str}/{evse:int}",
    summary="State what a driver needs",
    responses=documented(404, 422),
)
async def put_need(
    site: SitePath,
    station: StationPath,
    evse: EvsePath,
    data: Annotated[NeedGiven, Body(description="Energy and departure, as far as they are known.")],
    ports: Given,
) -> Need:
    """What is needed at an EVSE, in place of what was stated before. It is on Kafka once this is answered."""
    await ports.reference.caught_up()
    return await stating.state_need(ports, site, station, evse, data)


def router() -> Router:
    """Readings and needs."""
    return Router(path="/", route_handlers=[post_readings, put_need])
