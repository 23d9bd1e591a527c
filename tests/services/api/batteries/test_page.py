"""A station's batteries in the console: slots, swaps and the form."""

from typing import get_args

import pytest
from httpx import AsyncClient
from msgspec.structs import replace

from schemas.batteries import RequestBatterySwap, SwapStatus
from schemas.commands import CommandRequested
from services.api.batteries.rows import swap_of
from services.api.console.formats import TONES
from services.api.fakes import World
from tests.services.api.batteries.worlds import BATTERY, a_slot_row
from tests.services.api.builders import STATION, a_battery_swap, a_state, a_token, an_outcome
from tests.services.api.worlds import HOSTILE

TAB = f"/stations/{STATION}/batteries"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))


async def test_swaps_and_slots_are_shown(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_token())
    world.reads.swap_rows["w1"] = swap_of(a_battery_swap(left=(BATTERY,)))
    world.reads.slot_rows = [a_slot_row(), a_slot_row(2, battery=None)]

    page = (await browser.get(TAB)).text

    assert "12.5&nbsp;% charged, health 97&nbsp;%" in page
    assert "not taken in time" in page
    assert "at the station" in page
    assert "empty" in page
    assert '<option value="04A2B3C4D5">' in page


async def test_nothing_yet_says_what_to_do(browser: AsyncClient) -> None:
    page = (await browser.get(TAB)).text

    assert "No battery was swapped." in page
    assert "No battery was put in or taken out yet." in page


async def test_who_fills_the_form_in_asks_for_a_swap(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_token())
    world.bus.settles = an_outcome(outcome="rejected", detail="NoBatteryAvailable", sent=True)

    answer = await browser.post(TAB, data={"token": " 04A2B3C4D5 "}, headers=HTMX)

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert request.command == RequestBatterySwap(token="04A2B3C4D5")
    assert "rejected (NoBatteryAvailable)" in answer.text


async def test_a_token_that_is_not_provisioned_is_said(browser: AsyncClient, world: World) -> None:
    answer = await browser.post(TAB, data={"token": "NOBODY"}, headers=HTMX)

    assert "is not provisioned" in answer.text
    assert world.bus.published == []


def test_every_status_has_its_colour() -> None:
    assert [status for status in get_args(SwapStatus) if status not in TONES] == []


async def test_what_stations_write_is_text(browser: AsyncClient, world: World) -> None:
    hostile = replace(BATTERY, serial_number=HOSTILE, vendor_info=HOSTILE)
    world.reads.swap_rows["w1"] = swap_of(a_battery_swap(inserted=(hostile,), token=HOSTILE, detail=HOSTILE))
    world.reads.slot_rows = [a_slot_row(battery=hostile)]

    assert "<script>alert" not in (await browser.get(TAB)).text
