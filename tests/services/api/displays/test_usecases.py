"""What clears a display message: taking its request back before it leaves, or asking the station."""

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.displays import ClearDisplayMessage
from services.api.fakes import World
from tests.services.api.builders import STATION, a_state, an_outcome
from tests.services.api.displays.test_routes import BODY, SHOW, hold


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))


@pytest.mark.parametrize("word", ["", "Unknown"])
async def test_a_message_is_cleared_at_the_station_also_where_it_has_none(
    client: AsyncClient, world: World, word: str
) -> None:
    hold(world)
    world.bus.settles = an_outcome(sent=True, detail=word)

    told = (await client.delete("/api/v1/display-messages/m1")).json()

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert (request.station, request.command) == (STATION, ClearDisplayMessage(message_id=7))
    assert (told["message"]["status"], told["command"]["outcome"]) == ("cleared", "accepted")


async def test_a_request_that_still_waits_is_taken_back_before_it_leaves(client: AsyncClient, world: World) -> None:
    asked = (await client.post(SHOW, json=BODY | {"wait_s": 0})).json()["message"]["display_message"]
    hold(world, display_message=asked, status="requested")
    world.bus.applies = lambda record: world.memory.settled(
        an_outcome(command_id=record.command_id, outcome="cancelled", sent=False)  # type: ignore[attr-defined]
    )

    told = (await client.delete(f"/api/v1/display-messages/{asked}")).json()

    assert (told["message"]["status"], told["message"]["detail"]) == ("refused", "Cancelled")
    assert [type(record).__name__ for record in world.bus.published] == ["CommandRequested", "CommandCancelled"]


async def test_a_message_that_has_ended_cannot_be_cleared(client: AsyncClient, world: World) -> None:
    hold(world, status="replaced")

    assert (await client.delete("/api/v1/display-messages/m1")).status_code == 409
    assert (await client.delete("/api/v1/display-messages/m2")).status_code == 404
    assert world.bus.published == []
