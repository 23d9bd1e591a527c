"""Local lists over HTTP: a rule is written, the list is shown with its entries, and sent again."""

import pytest
from httpx import AsyncClient

from schemas.locallists import (
    REF_LOCAL_LISTS,
    LocalListProvisioned,
    LocalListRemoved,
    LocalListRule,
    LocalListSyncOrdered,
)
from services.api.fakes import World
from services.api.locallists.rows import LocalListFilter, local_list_of
from tests.services.api.builders import STATION, a_local_list, a_state, a_token

PLACE = f"/api/v1/stations/{STATION}/local-list"


@pytest.fixture(autouse=True)
def a_known_station_and_tokens(world: World) -> None:
    world.bus.hold(a_state())
    world.bus.hold(a_token(token="VAN", group="VANS"))
    world.bus.hold(a_token(token="CAR", group="CARS", status="Blocked"))


async def test_a_list_that_nobody_manages_has_no_rule_and_no_entries(client: AsyncClient) -> None:
    answer = await client.get(PLACE)

    told = answer.json()
    assert (told["list"]["status"], told["rule"], told["items"]) == ("unmanaged", None, [])
    assert "ETag" not in answer.headers


async def test_a_rule_stands_and_the_list_has_the_tokens_that_it_names(client: AsyncClient, world: World) -> None:
    answer = await client.put(PLACE, json={"tokens": "chosen", "groups": ["VANS"]})

    assert answer.status_code == 200
    record = world.bus.get(REF_LOCAL_LISTS, STATION)
    assert isinstance(record, LocalListProvisioned)
    assert record.rule == LocalListRule(tokens="chosen", groups=("VANS",))
    told = (await client.get(PLACE)).json()
    assert [entry["token"] for entry in told["items"]] == ["VAN"]
    assert told["list"]["status"] == "out-of-step"


async def test_blocked_tokens_are_on_the_list_as_blocked(client: AsyncClient) -> None:
    told = (await client.put(PLACE, json={})).json()

    assert {entry["token"]: entry["status"] for entry in told["items"]} == {
        "VAN": "Accepted",
        "CAR": "Blocked",
    }


async def test_a_rule_changes_only_what_the_caller_saw(client: AsyncClient) -> None:
    first = await client.put(PLACE, json={})
    await client.put(PLACE, json={"tokens": "empty"})

    late = await client.put(PLACE, json={"tokens": "all"}, headers={"If-Match": first.headers["ETag"]})

    assert late.status_code == 412
    assert "tokens" in {error["field"] for error in late.json()["errors"]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"tokens": "chosen"}, "groups"),
        ({"tokens": "all", "groups": ["VANS"]}, "tokens"),
        ({"tokens": "some"}, "tokens"),
        ({"tokens": "chosen", "groups": [""]}, "groups[0]"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_is_no_rule_is_named(client: AsyncClient, world: World, body: dict[str, object], field: str) -> None:
    answer = await client.put(PLACE, json=body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert world.bus.get(REF_LOCAL_LISTS, STATION) is None


async def test_a_list_is_managed_no_longer(client: AsyncClient, world: World) -> None:
    await client.put(PLACE, json={})

    assert (await client.delete(PLACE)).status_code == 204
    assert isinstance(world.bus.get(REF_LOCAL_LISTS, STATION), LocalListRemoved)
    assert (await client.delete(PLACE)).status_code == 404


async def test_a_list_is_sent_again_where_it_is_managed(client: AsyncClient, world: World) -> None:
    assert (await client.post(PLACE + "/sync")).status_code == 409
    await client.put(PLACE, json={})

    answer = await client.post(PLACE + "/sync")

    assert answer.status_code == 202
    (order,) = [record for record in world.bus.published if isinstance(record, LocalListSyncOrdered)]
    assert order.station == STATION


async def test_nothing_is_known_of_an_unknown_station(client: AsyncClient) -> None:
    place = "/api/v1/stations/NOBODY/local-list"

    assert (await client.get(place)).status_code == 404
    assert (await client.put(place, json={})).status_code == 404
    assert (await client.post(place + "/sync")).status_code == 404


async def test_lists_are_listed_by_status(client: AsyncClient, world: World) -> None:
    world.reads.local_list_rows[STATION] = local_list_of(a_local_list())

    page = (await client.get("/api/v1/local-lists?status=in-step&limit=7")).json()

    assert [item["station"] for item in page["items"]] == [STATION]
    assert world.reads.asked["local_lists"] == (LocalListFilter(status="in-step"), None, 7)
    assert (await client.get("/api/v1/local-lists?status=perhaps")).status_code in (400, 422)
