"""Requests for ISO 15118 over HTTP."""

from httpx import AsyncClient

from services.api.fakes import World
from services.api.iso15118.rows import RequestFilter
from tests.services.api.builders import STATION
from tests.services.api.iso15118.given import a_contract, answered, hold

HOME = "/api/v1/iso15118-requests"


async def test_requests_are_listed_by_what_is_asked_for(client: AsyncClient, world: World) -> None:
    hold(world, answered(), a_contract())

    answer = await client.get(HOME, params={"station": STATION, "kind": "chain-status", "accepted": "true"})

    assert [one["request"] for one in answer.json()["items"]] == ["r1", "r2"]
    where = RequestFilter(station=STATION, kind="chain-status", accepted=True)
    assert world.reads.asked["iso15118_requests"] == (where, None, 50)
    assert (await client.get(HOME, params={"kind": "other"})).status_code == 422


async def test_one_is_found_by_its_id(client: AsyncClient, world: World) -> None:
    hold(world, answered())

    found = (await client.get(f"{HOME}/r1")).json()

    assert found["found"][0]["name"]["serial_number"] == "1f"
    assert (await client.get(f"{HOME}/none")).status_code == 404
