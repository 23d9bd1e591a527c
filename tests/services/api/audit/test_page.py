"""The audit log in the console."""

import msgspec
from httpx import AsyncClient

from services.api.fakes import World
from tests.services.api.builders import STATION


async def test_the_page_shows_who_altered_what_and_whether_the_log_is_whole(browser: AsyncClient, world: World) -> None:
    await browser.put(f"/api/v1/stations/{STATION}", json={"site": "oslo"}, headers={"X-Reason": "moved"})
    world.reads.audit_rows = list(world.bus.audited)

    page = (await browser.get("/audit?verify=yes")).text
    world.reads.audit_rows[-1] = msgspec.structs.replace(world.reads.audit_rows[-1], actor="nobody")
    broken = (await browser.get("/audit?verify=yes")).text

    assert "moved" in page
    assert "site: nothing" in page
    assert "are as they were written" in page
    assert "altered" in broken


async def test_the_page_without_entries_says_so_and_is_searched(browser: AsyncClient, world: World) -> None:
    assert "Nothing was done." in (await browser.get("/audit?actor=nobody")).text
    await browser.get("/audit?actor=ann")
    assert world.reads.asked["audit_entries"][0].actor == "ann"
