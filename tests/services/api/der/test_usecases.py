"""What sets and clears DER controls: by the id that the station knows a control by."""

from typing import Any

import pytest
from httpx import AsyncClient

from schemas.base import derived_id
from schemas.commands import CommandRequested
from schemas.der import ClearDERControl, control_id_of
from services.api.fakes import World
from tests.services.api.builders import STATION, a_state, an_outcome
from tests.services.api.der.test_routes import BODY, HOME, hold


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))


@pytest.mark.parametrize("given", [True, False])
async def test_the_answer_has_the_control_as_it_is_known(client: AsyncClient, world: World, given: bool) -> None:
    world.bus.settles = an_outcome(sent=True)
    first = (await client.post(HOME, json=BODY | {"control_id": "a" if given else ""})).json()
    number = "a" if given else control_id_of(first["command"]["command_id"])
    assert first["control"] is None

    hold(world, der_control=derived_id(STATION, "der-control", number), content={"control_id": number})
    again = (await client.post(HOME, json=BODY | {"control_id": number})).json()

    assert again["control"]["control_id"] == number


async def test_a_control_is_cleared_by_its_id_and_its_kind(client: AsyncClient, world: World) -> None:
    hold(world, content={"is_default": False})
    world.bus.settles = an_outcome(sent=True, detail="NotFound")

    told = (await client.delete("/api/v1/der-controls/d1")).json()

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert request.command == ClearDERControl(is_default=False, control_id="a")
    assert told["control"]["status"] == "cleared"


async def test_a_control_that_the_station_keeps_stays(client: AsyncClient, world: World) -> None:
    hold(world)
    world.bus.settles = an_outcome(outcome="rejected", sent=True)

    assert (await client.delete("/api/v1/der-controls/d1")).json()["control"]["status"] == "accepted"


@pytest.mark.parametrize(
    ("outcome", "sent", "status"),
    [
        ("accepted", True, "accepted"),
        ("rejected", True, "refused"),
        ("unsupported", False, "refused"),
        ("timed_out", True, "unconfirmed"),
    ],
)
async def test_the_answer_is_not_older_than_the_outcome(
    client: AsyncClient, world: World, outcome: Any, sent: bool, status: str
) -> None:
    hold(world, der_control=derived_id(STATION, "der-control", "a"), status="requested")
    world.bus.settles = an_outcome(outcome=outcome, sent=sent)

    assert (await client.post(HOME, json=BODY)).json()["control"]["status"] == status
