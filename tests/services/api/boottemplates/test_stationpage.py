"""A station's boot runs in the console, and the form that runs a template there."""

import pytest
from httpx import AsyncClient

from schemas.boottemplates import BootRunOrdered, BootStations
from services.api.boottemplates.rows import run_of
from services.api.fakes import NOON, World
from tests.services.api.builders import STATION, a_boot_run, a_boot_template, a_state

TAB = f"/stations/{STATION}/boot-runs"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(vendor="Acme", booted_at=NOON))
    world.bus.hold(a_boot_template("fits"))
    world.bus.hold(a_boot_template("others", stations=BootStations(vendor="Other")))


async def test_runs_and_what_can_be_run_are_shown(browser: AsyncClient, world: World) -> None:
    world.reads.boot_run_rows["run-1"] = run_of(a_boot_run())

    page = (await browser.get(TAB)).text

    assert 'id="boot-run-run-1"' in page
    assert "PowerUp" in page
    assert '<option value="fits">' in page
    assert '<option value="others">' not in page
    assert "Its vendor is Acme, not Other." in page


async def test_a_template_is_run_or_the_answer_says_why_not(browser: AsyncClient, world: World) -> None:
    done = await browser.post(TAB, data={"template": "fits"}, headers=HTMX)
    refused = await browser.post(TAB, data={"template": "others"}, headers=HTMX)

    assert done.status_code == 200
    (order,) = world.bus.published
    assert isinstance(order, BootRunOrdered)
    assert (refused.status_code, "not Other" in refused.text) == (409, True)
