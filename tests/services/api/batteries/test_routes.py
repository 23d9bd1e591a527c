"""Battery swap over HTTP: asked for, answered, listed."""

from typing import Any

import pytest
from httpx import AsyncClient

from schemas.batteries import RequestBatterySwap
from schemas.commands import CommandRequested
from services.api.batteries.rows import SwapFilter, swap_of
from services.api.fakes import World
from tests.services.api.batteries.worlds import a_slot_row, an_event_row
from tests.services.api.builders import STATION, a_battery_swap, a_state, a_token, an_outcome

HOME = f"/api/v1/stations/{STATION}/battery-swaps"
BODY: dict[str, Any] = {"token": "04A2B3C4D5"}


@pytest.fixture(autouse=True)
def a_known_station_and_token(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))
    world.bus.hold(a_token())


async def test_a_swap_is_asked_for_and_answered_with_the_outcome(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(sent=True)

    answer = await client.post(HOME, json=BODY)

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert request.command == RequestBatterySwap(token="04A2B3C4D5")
    assert (answer.status_code, answer.json()["command"]["outcome"], answer.json()["swap"]) == (200, "accepted", None)


async def test_without_an_answer_in_time_it_is_pending(client: AsyncClient) -> None:
    assert (await client.post(HOME, json=BODY | {"wait_s": 0})).status_code == 202


@pytest.mark.parametrize(("change", "field"), [({"token": ""}, "token"), ({"colour": "red"}, "colour")])
async def test_what_cannot_be_asked_is_named(client: AsyncClient, change: dict[str, Any], field: str) -> None:
    answer = await client.post(HOME, json=BODY | change)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_swaps_slots_and_batteries_are_found(client: AsyncClient, world: World) -> None:
    world.reads.swap_rows["w1"] = swap_of(a_battery_swap())
    world.reads.slot_rows, world.reads.battery_event_rows = [a_slot_row()], [an_event_row()]

    assert (await client.get("/api/v1/battery-swaps/w1")).json()["taken"][0]["serial_number"] == "B-2"
    assert (await client.get("/api/v1/battery-swaps/w2")).status_code == 404
    page = (await client.get(f"/api/v1/battery-swaps?station={STATION}&status=swapped&token=x&limit=7")).json()
    assert [item["swap"] for item in page["items"]] == ["w1"]
    assert world.reads.asked["battery_swaps"] == (SwapFilter(station=STATION, status="swapped", token="x"), None, 7)
    slots = (await client.get(f"/api/v1/stations/{STATION}/battery-slots")).json()
    assert [item["battery"]["soc"] for item in slots["items"]] == ["12.5"]
    assert (await client.get("/api/v1/stations/NOBODY/battery-slots")).status_code == 404
    events = (await client.get("/api/v1/batteries/B-1/events")).json()
    assert [item["event"] for item in events["items"]] == ["BatteryIn"]
    assert (await client.get("/api/v1/battery-swaps?status=perhaps")).status_code in (400, 422)
