"""What cancels a reservation: taking its request back before it leaves, or asking the station."""

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.reservations import CancelReservation
from services.api.fakes import World
from tests.services.api.builders import STATION, a_state, an_outcome
from tests.services.api.reservations.test_routes import BODY, RESERVE, hold


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state())


async def test_an_accepted_reservation_is_cancelled_at_the_station(client: AsyncClient, world: World) -> None:
    hold(world)
    world.bus.settles = an_outcome(sent=True)

    told = (await client.delete("/api/v1/reservations/r1")).json()

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert (request.station, request.command) == (STATION, CancelReservation(reservation_id=7))
    assert (told["reservation"]["status"], told["command"]["outcome"]) == ("cancelled", "accepted")


async def test_a_station_that_knows_no_such_reservation_leaves_it_as_it_is(client: AsyncClient, world: World) -> None:
    hold(world)
    world.bus.settles = an_outcome(outcome="rejected", sent=True)

    told = (await client.delete("/api/v1/reservations/r1")).json()

    assert (told["reservation"]["status"], told["command"]["outcome"]) == ("accepted", "rejected")


async def test_a_request_that_still_waits_is_taken_back_before_it_leaves(client: AsyncClient, world: World) -> None:
    asked = (await client.post(RESERVE, json=BODY | {"wait_s": 0})).json()["reservation"]["reservation"]
    hold(world, reservation=asked, status="requested")
    world.bus.applies = lambda record: world.memory.settled(
        an_outcome(command_id=record.command_id, outcome="cancelled", sent=False)
    )

    told = (await client.delete(f"/api/v1/reservations/{asked}")).json()

    assert told["reservation"]["status"] == "cancelled"
    assert [type(record).__name__ for record in world.bus.published] == ["CommandRequested", "CommandCancelled"]


async def test_a_reservation_that_has_ended_cannot_be_cancelled(client: AsyncClient, world: World) -> None:
    hold(world, status="used")

    assert (await client.delete("/api/v1/reservations/r1")).status_code == 409
    assert (await client.delete("/api/v1/reservations/r2")).status_code == 404
    assert world.bus.published == []
