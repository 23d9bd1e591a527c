"""Security events in the console: of all stations, and on the tab of one."""

from httpx import AsyncClient

from services.api.fakes import World
from services.api.security.rows import SecurityEventFilter
from tests.services.api.builders import STATION, a_state
from tests.services.api.security.worlds import a_row
from tests.services.api.worlds import HOSTILE


async def test_all_events_are_shown_with_their_station(browser: AsyncClient, world: World) -> None:
    world.reads.security_rows = [a_row(), a_row(type="DoorOpened", critical=None)]

    page = (await browser.get("/security?critical=yes&type=ResetOrReboot")).text

    assert f"/stations/{STATION}" in page
    assert "in no list of OCPP" in page
    assert world.reads.asked["security_events"][0] == SecurityEventFilter(type="ResetOrReboot", critical=True)


async def test_a_station_has_a_tab_with_its_own(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_state(version="1.6"))
    world.reads.security_rows = [a_row(tech_info="cover 2")]

    page = (await browser.get(f"/stations/{STATION}/security")).text

    assert "cover 2" in page
    assert world.reads.asked["security_events"][0] == SecurityEventFilter(station=STATION)


async def test_nothing_yet_and_nothing_that_fits_are_said(browser: AsyncClient) -> None:
    assert "No security event has come." in (await browser.get("/security")).text
    assert "No event fits." in (await browser.get("/security?critical=no")).text


async def test_what_stations_write_is_text(browser: AsyncClient, world: World) -> None:
    world.reads.security_rows = [a_row(type=HOSTILE, tech_info=HOSTILE)]

    assert "<script>alert" not in (await browser.get("/security")).text
