"""The tab of a station: what it asked for ISO 15118."""

from httpx import AsyncClient

from services.api.fakes import World
from tests.services.api.builders import STATION, a_state
from tests.services.api.iso15118.given import a_contract, answered, hold

TAB = f"/stations/{STATION}/iso15118"


async def test_requests_are_shown_with_their_outcome(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_state(version="2.1"))
    assert "asked nothing" in (await browser.get(TAB)).text
    hold(world, answered(), a_contract(detail="<b>none</b>"))

    page = (await browser.get(TAB)).text

    assert "State of a certificate" in page
    assert "Good" in page
    assert "4321 characters" in page
    assert "&lt;b&gt;none" in page
