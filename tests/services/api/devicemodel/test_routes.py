"""Variables over HTTP: listed, followed back, read again."""

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.configuration import GetConfiguration
from schemas.devicemodel import GetBaseReport
from services.api.devicemodel.rows import VariableFilter, variable_of
from services.api.fakes import World
from tests.services.api.builders import STATION, a_state, a_variable, an_outcome

VARIABLES = f"/api/v1/stations/{STATION}/variables"


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.0.1"))


async def test_variables_are_listed_with_what_they_may_be(client: AsyncClient, world: World) -> None:
    row = variable_of(a_variable())
    world.reads.variable_rows[row.variable_id] = row

    page = (
        await client.get(f"{VARIABLES}?component=OCPPCommCtrlr&variable=HeartbeatInterval&search=beat&limit=7")
    ).json()

    (item,) = page["items"]
    assert (item["key"], item["value"], item["unit"]) == ("OCPPCommCtrlr.HeartbeatInterval", "300", "s")
    assert item["attributes"] == [{"value": "300", "mutability": "ReadWrite"}]
    where = VariableFilter(station=STATION, component="OCPPCommCtrlr", variable="HeartbeatInterval", search="beat")
    assert world.reads.asked["variables"] == (where, None, 7)


async def test_what_a_variable_was_is_listed(client: AsyncClient, world: World) -> None:
    world.reads.variable_changes = [variable_of(a_variable(value="2")), variable_of(a_variable(value="1"))]

    page = (await client.get(f"{VARIABLES}/history?key=OCPPCommCtrlr.HeartbeatInterval")).json()

    assert [item["value"] for item in page["items"]] == ["2", "1"]
    assert world.reads.asked["variable_history"][:2] == (STATION, "OCPPCommCtrlr.HeartbeatInterval")


@pytest.mark.parametrize("path", ["", "/history"])
async def test_an_unknown_station_has_none(client: AsyncClient, path: str) -> None:
    assert (await client.get(f"/api/v1/stations/NOBODY/variables{path}")).status_code == 404


@pytest.mark.parametrize(("version", "command"), [("2.0.1", GetBaseReport()), ("1.6", GetConfiguration())])
async def test_all_are_read_in_the_way_of_the_stations_version(
    client: AsyncClient, world: World, version: str, command: object
) -> None:
    world.bus.hold(a_state(version=version))
    world.bus.settles = an_outcome(sent=True)

    answer = await client.post(f"{VARIABLES}/read", json={"ttl_s": 90})

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert (request.command, (request.expires_at - request.requested_at).total_seconds()) == (command, 90)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "accepted")


async def test_without_an_answer_in_time_the_command_is_pending(client: AsyncClient) -> None:
    answer = await client.post(f"{VARIABLES}/read", json={"wait_s": 0})

    assert (answer.status_code, answer.json()["outcome"]) == (202, "pending")


@pytest.mark.parametrize("body", [{"ttl_s": -1}, {"colour": "red"}])
async def test_what_cannot_be_used_is_named(client: AsyncClient, world: World, body: dict[str, object]) -> None:
    answer = await client.post(f"{VARIABLES}/read", json=body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == list(body)
    assert world.bus.published == []
