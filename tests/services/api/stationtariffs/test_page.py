"""A station's tariffs in the console: those that it is to have and has, the form and the buttons."""

from typing import get_args

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.stationtariffs import (
    ClearTariffs,
    GetTariffs,
    InstalledTariff,
    SetDefaultTariff,
    StationTariffStatus,
    WantedTariff,
)
from services.api.console.formats import TONES
from services.api.fakes import World
from services.api.stationtariffs.rows import station_tariffs_of
from tests.services.api.builders import STATION, a_state, a_station_tariffs, an_outcome
from tests.services.api.stationtariffs.test_routes import KWH
from tests.services.api.worlds import HOSTILE

TAB = f"/stations/{STATION}/tariffs"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
async def a_known_station(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_state(version="2.1"))
    await client.put("/api/v1/tariffs/ad-hoc", json=KWH)
    world.bus.published.clear()


def hold(world: World, **override: object) -> None:
    world.reads.station_tariff_rows[STATION] = station_tariffs_of(a_station_tariffs(**override))


async def test_what_is_assigned_and_installed_is_shown_and_default_ones_can_be_cleared(
    browser: AsyncClient, world: World
) -> None:
    driver = InstalledTariff(tariff_id="msp", kind="DriverTariff", evses=(1,), tokens=1)
    hold(world, installed=(InstalledTariff(tariff_id="d-1", evses=(1, 2)), driver))

    page = (await browser.get(TAB)).text

    assert "ad-hoc" in page
    assert 'value="d-1"' in page
    assert 'value="msp"' not in page
    assert '<option value="ad-hoc">' in page


async def test_why_a_tariff_cannot_be_sent_is_shown(browser: AsyncClient, world: World) -> None:
    problem = "elements[0].price_components[0].step_size: no steps"
    wanted = (WantedTariff(tariff="ad-hoc", version=1, problem=problem),)
    hold(world, status="inexpressible", why=f"ad-hoc: {problem}", wanted=wanted)

    assert problem in (await browser.get(TAB)).text


async def test_who_fills_the_form_in_has_a_tariff_sent(browser: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(outcome="rejected", detail="TooManyElements", sent=True)

    answer = await browser.post(TAB, data={"tariff": "ad-hoc", "evse": ""}, headers=HTMX)

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert isinstance(request.command, SetDefaultTariff)
    assert "rejected (TooManyElements)" in answer.text


async def test_the_buttons_read_and_clear(browser: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(sent=True)

    told = await browser.post(f"{TAB}/read", headers=HTMX)
    cleared = await browser.post(f"{TAB}/clear", data={"tariff_id": "d-1"}, headers=HTMX)

    commands = [each.command for each in world.bus.published if isinstance(each, CommandRequested)]
    assert commands == [GetTariffs(), ClearTariffs(tariff_ids=("d-1",))]
    assert "has said which tariffs it has" in told.text
    assert "accepted" in cleared.text


async def test_nothing_that_a_station_names_is_markup(browser: AsyncClient, world: World) -> None:
    hold(world, why=HOSTILE, installed=(InstalledTariff(tariff_id=HOSTILE),))

    assert HOSTILE not in (await browser.get(TAB)).text


def test_each_status_has_its_colour() -> None:
    assert set(get_args(StationTariffStatus)) <= set(TONES)
