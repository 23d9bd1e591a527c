"""Tokens over HTTP."""

import pytest
from httpx import AsyncClient

from schemas.authorization import TokenProvisioned, TokenRemoved
from services.api.fakes import World
from tests.services.api.builders import a_token


async def test_a_token_is_the_same_in_any_case(client: AsyncClient, world: World) -> None:
    body = {"status": "Blocked", "expires_at": "2027-01-01T00:00:00+01:00", "group": "fleet", "label": "Van 7"}

    put = await client.put("/api/v1/tokens/04a2b3c4d5", json=body)
    got = await client.get("/api/v1/tokens/04A2b3c4D5")

    (record,) = world.bus.published
    assert isinstance(record, TokenProvisioned)
    assert record.token == "04A2B3C4D5"
    assert put.json() == got.json()
    assert got.json()["status"] == "Blocked"
    assert got.json()["label"] == "Van 7"


async def test_moments_are_told_in_utc(client: AsyncClient) -> None:
    put = await client.put("/api/v1/tokens/A", json={"expires_at": "2027-01-01T00:00:00+01:00"})

    assert put.json()["expires_at"] == "2026-12-31T23:00:00Z"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status": "Perhaps"}, "status"),
        ({"expires_at": "2027-01-01T00:00:00"}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"group": "x" * 37}, "group"),
        ({"concurrent_sessions": "perhaps"}, "concurrent_sessions"),
        ({"expiry": None}, "expiry"),
    ],
)
async def test_a_bad_member_is_named(client: AsyncClient, body: object, field: str) -> None:
    answer = await client.put("/api/v1/tokens/A", json=body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("token", ["%20", "x" * 256, "a%07b"])
async def test_what_is_no_token_is_refused(client: AsyncClient, token: str) -> None:
    assert (await client.put(f"/api/v1/tokens/{token}", json={})).status_code == 422


async def test_a_removed_token_is_gone_at_once(client: AsyncClient, world: World) -> None:
    await client.put("/api/v1/tokens/a", json={})

    assert (await client.delete("/api/v1/tokens/A")).status_code == 204
    assert isinstance(world.bus.published[-1], TokenRemoved)
    assert (await client.get("/api/v1/tokens/A")).status_code == 404
    assert (await client.delete("/api/v1/tokens/A")).status_code == 404
    assert (await client.get("/api/v1/tokens")).json()["items"] == []


async def test_every_token_comes_once_over_the_pages(client: AsyncClient, world: World) -> None:
    for number in (3, 1, 2, 5, 4):
        world.bus.hold(a_token(token=f"T{number}"))

    seen, cursor = [], ""
    for _ in range(3):
        page = (await client.get(f"/api/v1/tokens?limit=2{cursor}")).json()
        seen += [item["token"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"

    assert seen == ["T1", "T2", "T3", "T4", "T5"]
    assert page["next_cursor"] is None


async def test_tokens_are_found_by_a_part_of_token_label_or_group(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_token(token="AA01"))
    world.bus.hold(a_token(token="BB02", label="Blue van"))
    world.bus.hold(a_token(token="CC03", group="vans"))

    found = (await client.get("/api/v1/tokens?search=VAN")).json()["items"]

    assert [item["token"] for item in found] == ["BB02", "CC03"]
