"""Loads over HTTP: what flows now, a node over time, what needs a person."""

from datetime import timedelta

import pytest
from httpx import AsyncClient

from services.api.energy.loadrows import AlertFilter, LoadFilter, LoadPoint, alert_of, load_of
from services.api.energy.stating import need_of
from services.api.fakes import NOON, World
from tests.services.api.energy.sites import SITE, a_load, a_site, an_alert, with_stations

HISTORY = f"{SITE}/load/history"
LONG_AGO = NOON - timedelta(days=9)
OLD = {
    "node": "garage",
    "from": LONG_AGO.isoformat(),
    "to": (LONG_AGO + timedelta(hours=1)).isoformat(),
    "step_s": "10",
}


@pytest.fixture(autouse=True)
def a_known_site(world: World) -> None:
    with_stations(world)
    world.bus.hold(a_site())


async def test_a_site_is_told_as_it_is_now(client: AsyncClient, world: World) -> None:
    unknown = await client.get(f"{SITE}/load")
    world.reads.load_rows["berlin"] = load_of(a_load())

    found = await client.get(f"{SITE}/load")

    assert unknown.status_code == 404
    assert "known yet" in unknown.json()["detail"]
    assert found.json()["nodes"][1]["load_a"] == {"L1": "40", "L2": "39.5", "L3": "10"}
    assert found.json()["evses"][0]["standing"] == "charging"
    assert (await client.get("/api/v1/sites/rome/load")).status_code == 404


async def test_loads_and_alerts_are_listed_by_their_filters(client: AsyncClient, world: World) -> None:
    world.reads.load_rows["berlin"] = load_of(a_load())
    world.reads.alert_rows["a"] = alert_of(an_alert())

    loads = await client.get("/api/v1/site-loads", params={"exceeded": True})
    alerts = await client.get("/api/v1/site-alerts", params={"site": "berlin", "over": False})

    assert [each["site"] for each in loads.json()["items"]] == ["berlin"]
    assert [each["detail"] for each in alerts.json()["items"]] == ["70 A on L1, 63 A are allowed"]
    assert world.reads.asked["site_loads"][0] == LoadFilter(exceeded=True)
    assert world.reads.asked["site_alerts"][0] == AlertFilter(site="berlin", over=False)


async def test_a_node_over_time_is_asked_in_steps_that_suit(client: AsyncClient, world: World) -> None:
    point = LoadPoint(
        at=NOON, load_a={"L1": 1.5}, told_a={}, limit_a={"L1": 63.0}, load_w=None, limit_w=None, exceeded=False
    )
    world.reads.load_points["berlin", "garage"] = (point,)

    day = (await client.get(HISTORY, params={"node": "garage"})).json()
    hour = await client.get(
        HISTORY, params={"node": "garage", "from": (NOON - timedelta(hours=1)).isoformat(), "step_s": 5}
    )

    top = (await client.get(HISTORY)).json()

    assert (day["step_s"], day["points"][0]["load_a"]) == (300, {"L1": 1.5})
    assert (top["node"], top["points"]) == ("grid", [])
    assert hour.json()["step_s"] == 5


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"node": "nowhere"}, 404),
        ({"node": "garage", "step_s": 1}, 422),
        ({"node": "garage", "step_s": 90}, 422),
        ({"node": "garage", "from": (NOON + timedelta(hours=1)).isoformat()}, 422),
        (OLD, 422),
    ],
)
async def test_what_cannot_be_shown_is_refused(client: AsyncClient, params: dict[str, str], status: int) -> None:
    assert (await client.get(HISTORY, params=params)).status_code == status


async def test_needs_of_a_site_are_listed(client: AsyncClient, world: World) -> None:
    await client.put(f"{SITE}/needs/DE-BER-0001/1", json={"energy_wh": 5})
    world.reads.need_rows.append(need_of(world.bus.published[-1]))  # type: ignore[arg-type]

    assert [each["energy_wh"] for each in (await client.get(f"{SITE}/needs")).json()] == ["5"]
    assert (await client.get("/api/v1/sites/rome/needs")).status_code == 404
