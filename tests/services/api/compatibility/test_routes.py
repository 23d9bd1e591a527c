"""The compatibility matrix over HTTP: what ships, what operators write, and what was seen."""

import pytest
from httpx import AsyncClient

from schemas.compatibility import CompatibilityProvisioned, CompatibilityRemoved, Row, Rule, shipped_rows
from services.api.fakes import World
from services.api.stations.views import station_of
from tests.services.api.builders import a_state

SHIPPED = shipped_rows()[0]
BODY = {"vendor": "Acme*", "model": "Post ?", "rules": ["no-pong", "no-heartbeat"], "note": "Answers no ping."}


async def names(client: AsyncClient, query: str = "") -> list[str]:
    return [row["name"] for row in (await client.get(f"/api/v1/compatibility{query}")).json()]


async def test_what_ships_is_there_and_says_so(client: AsyncClient) -> None:
    row = (await client.get(f"/api/v1/compatibility/{SHIPPED.name}")).json()

    assert await names(client) == sorted(each.name for each in shipped_rows())
    assert (row["origin"], row["rules"], row["provisioned_at"]) == ("shipped", list(SHIPPED.rules), None)


async def test_a_row_is_written_read_and_listed(client: AsyncClient, world: World) -> None:
    put = await client.put("/api/v1/compatibility/acme", json=BODY)
    got = await client.get("/api/v1/compatibility/acme")

    (record,) = world.bus.published
    assert isinstance(record, CompatibilityProvisioned)
    assert record.row == Row(
        name="acme", vendor="Acme*", model="Post ?", rules=(Rule.NO_PONG, Rule.NO_HEARTBEAT), note="Answers no ping."
    )
    assert put.json() == got.json()
    assert got.json() | BODY == got.json()
    assert (got.json()["origin"], got.json()["firmware"], got.json()["station"]) == ("operator", "*", "*")
    assert "acme" in await names(client)


async def test_a_shipped_row_is_replaced_by_one_of_its_name_and_holds_again_once_that_is_removed(
    client: AsyncClient, world: World
) -> None:
    path = f"/api/v1/compatibility/{SHIPPED.name}"
    replaced = (await client.put(path, json={"vendor": SHIPPED.vendor})).json()
    assert (replaced["origin"], replaced["replaces_shipped"], replaced["rules"]) == ("operator", True, [])
    assert (await names(client)).count(SHIPPED.name) == 1

    assert (await client.delete(path)).status_code == 204

    assert isinstance(world.bus.published[-1], CompatibilityRemoved)
    assert (await client.get(path)).json()["origin"] == "shipped"


async def test_of_two_operators_who_change_one_row_the_later_is_told_what_stands_now(
    client: AsyncClient, world: World
) -> None:
    await client.put("/api/v1/compatibility/acme", json=BODY)
    seen = (await client.get("/api/v1/compatibility/acme")).headers["etag"]
    await client.put("/api/v1/compatibility/acme", json=BODY | {"model": "Post 9"}, headers={"If-Match": seen})
    before = len(world.bus.published)

    lost = await client.put("/api/v1/compatibility/acme", json=BODY | {"strict": True}, headers={"If-Match": seen})

    assert lost.status_code == 412
    assert {"field": "model", "detail": 'is now "Post 9"'} in lost.json()["errors"]
    assert len(world.bus.published) == before
    assert (await client.delete("/api/v1/compatibility/acme", headers={"If-Match": seen})).status_code == 412


async def test_a_row_is_written_only_where_there_is_none_if_that_is_asked(client: AsyncClient) -> None:
    new = {"If-None-Match": "*"}

    assert (await client.put("/api/v1/compatibility/acme", json=BODY, headers=new)).status_code == 200
    assert (await client.put("/api/v1/compatibility/acme", json=BODY, headers=new)).status_code == 412
    assert (await client.put(f"/api/v1/compatibility/{SHIPPED.name}", json={}, headers=new)).status_code == 200


async def test_a_shipped_row_is_not_removed_and_the_refusal_says_how_to_turn_it_off(client: AsyncClient) -> None:
    answer = await client.delete(f"/api/v1/compatibility/{SHIPPED.name}")

    assert answer.status_code == 409
    assert "without rules" in answer.json()["detail"]


async def test_what_is_not_there_is_not_found(client: AsyncClient) -> None:
    assert (await client.get("/api/v1/compatibility/nothing")).status_code == 404
    assert (await client.delete("/api/v1/compatibility/nothing")).status_code == 404


@pytest.mark.parametrize(
    ("body", "field", "detail"),
    [
        ({"rules": ["no-pong", "no-ping"]}, "rules[1]", "no-heartbeat"),
        ({"deviations": ["late"]}, "deviations[0]", "text-too-long"),
        ({"vendor": "[AB]*"}, "vendor", "`*` stands for any"),
        ({"model": ""}, "model", "1 to 64"),
        ({"firmware": "1" * 65}, "firmware", "1 to 64"),
        ({"station": "a\u0007"}, "station", "printable"),
        ({"strict": "perhaps"}, "strict", "bool"),
        ({"rule": "no-pong"}, "rule", "unknown field"),
        ({"note": "x" * 501}, "note", "<= 500"),
    ],
)
async def test_what_cannot_be_used_is_named_with_what_can(
    client: AsyncClient, world: World, body: object, field: str, detail: str
) -> None:
    answer = await client.put("/api/v1/compatibility/acme", json=body)

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert detail in error["detail"]
    assert world.bus.published == []


@pytest.mark.parametrize("name", ["Acme", "-acme", "a" * 65, "a%20b", "a%2Fb"])
async def test_a_name_is_one_that_fits_into_a_path(client: AsyncClient, name: str) -> None:
    assert (await client.put(f"/api/v1/compatibility/{name}", json={})).status_code in (404, 422)


async def test_every_word_that_is_wrong_is_named_at_once(client: AsyncClient) -> None:
    answer = await client.put("/api/v1/compatibility/acme", json={"vendor": "", "rules": ["x"], "deviations": ["y"]})

    assert [error["field"] for error in answer.json()["errors"]] == ["vendor", "rules[0]", "deviations[0]"]


async def test_rows_that_hold_for_a_station_are_those_that_fit_what_it_booted_as(
    client: AsyncClient, world: World
) -> None:
    world.reads.station_rows["DE-1"] = station_of(a_state(station="DE-1", vendor="ACME GmbH", model="Post 2"))
    await client.put("/api/v1/compatibility/acme", json=BODY)
    await client.put("/api/v1/compatibility/others", json={"vendor": "Other"})

    assert await names(client, "?station=DE-1") == ["acme"]


async def test_the_openapi_document_names_the_rules(client: AsyncClient) -> None:
    document = (await client.get("/schema")).json()

    rules = document["components"]["schemas"]["ProvisionRow"]["properties"]["rules"]
    assert all(rule in rules["description"] for rule in Rule)
