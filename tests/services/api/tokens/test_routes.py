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
        ({"types": ["Card"]}, "types[0]"),
        ({"prepaid": "euro"}, "prepaid"),
        ({"limits": {"max_cost": "-1"}}, "limits.max_cost"),
        ({"limits": {"max_energy_wh": "NaN"}}, "limits.max_energy_wh"),
        ({"limits": {"max_soc_percent": 101}}, "limits.max_soc_percent"),
        ({"limits": {"max_miles": 1}}, "limits.max_miles"),
        ({"cache_s": -1}, "cache_s"),
        ({"places": [{}]}, "places[0]"),
        ({"places": [{"site": "Berlin", "station": "CP-1"}]}, "places[0]"),
        ({"places": [{"site": "Berlin", "evses": [1]}]}, "places[0].evses"),
        ({"places": [{"station": "CP-1", "evses": [1, 1]}]}, "places[0].evses"),
        ({"hours": [{"start_time": "8"}]}, "hours[0].start_time"),
        ({"hours": [{"start_time": "08:00", "end_time": "08:00"}]}, "hours[0].end_time"),
        ({"hours": [{}], "time_zone": "Berlin"}, "time_zone"),
        ({"time_zone": "Europe/Berlin"}, "time_zone"),
        ({"language": "d"}, "language"),
        ({"language2": "de"}, "language2"),
        ({"language": "de", "language2": "DE"}, "language2"),
        ({"message": "a\nb"}, "message"),
        ({"priority": 10}, "priority"),
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


async def test_what_a_token_may_do_is_told_as_it_was_said(client: AsyncClient) -> None:
    body = {
        "types": ["ISO14443", "MacAddress"],
        "limits": {"max_cost": "20.00", "max_energy_wh": "20000", "max_time_s": 7200, "max_soc_percent": 80},
        "cache_s": 600,
        "places": [{"station": "CP-1", "evses": [1, 2]}, {"site": "Berlin"}],
        "hours": [{"day_of_week": ["MONDAY"], "start_time": "08:00", "end_time": "18:00"}],
        "time_zone": "Europe/Berlin",
        "language": "de",
        "language2": "en-US",
        "message": "Hallo",
        "priority": 3,
    }

    told = (await client.put("/api/v1/tokens/A", json=body)).json()

    assert told["limits"] == body["limits"]
    assert [each["station"] if each.get("station") else each["site"] for each in told["places"]] == ["CP-1", "Berlin"]
    for name in ("types", "cache_s", "time_zone", "language", "language2", "message", "priority"):
        assert told[name] == body[name]
    assert (told["prepaid"], told["credit"]) == ("", None)
