"""Readings of meters and needs of drivers are on Kafka before they are answered, or named as wrong."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from httpx import AsyncClient

from schemas.energy import NeedStated, SiteMeterReported
from schemas.operators import ApiKeyCreated, Scope
from services.api.fakes import NOON, World
from services.api.web.principals import digest_of
from tests.services.api.apps import app_of
from tests.services.api.conftest import client_of
from tests.services.api.energy.sites import SITE, a_site, with_stations

METER = f"{SITE}/meters/building/readings"
NEED = f"{SITE}/needs/DE-BER-0001/1"


@pytest.fixture(autouse=True)
def a_known_site(world: World) -> None:
    with_stations(world)
    world.bus.hold(a_site())


async def test_readings_are_published_as_they_were_measured(client: AsyncClient, world: World) -> None:
    at = NOON - timedelta(seconds=5)
    body = {"readings": [{"amps": {"L1": 41.5, "L2": "-3"}, "measured_at": at.isoformat()}, {"watts": 9000}]}

    answer = await client.post(METER, json=body)

    assert (answer.status_code, answer.json()["taken"]) == (202, 2)
    first, second = world.bus.published
    assert isinstance(first, SiteMeterReported)
    assert isinstance(second, SiteMeterReported)
    assert (first.amps, first.measured_at, first.received_at) == (
        {"L1": Decimal("41.5"), "L2": Decimal(-3)},
        at,
        NOON,
    )
    assert (second.watts, second.measured_at) == (Decimal(9000), NOON)


@pytest.mark.parametrize(
    ("reading", "member"),
    [
        ({}, "amps"),
        ({"amps": {"L1": 1}, "watts": 1}, "amps"),
        ({"amps": {"L1": 1e9}}, "amps.L1"),
        ({"watts": "NaN"}, "watts"),
        ({"watts": 1, "measured_at": (NOON - timedelta(hours=2)).isoformat()}, "measured_at"),
        ({"watts": 1, "measured_at": (NOON + timedelta(hours=2)).isoformat()}, "measured_at"),
    ],
)
async def test_a_reading_that_cannot_count_is_named(
    client: AsyncClient, world: World, reading: dict[str, Any], member: str
) -> None:
    answer = await client.post(METER, json={"readings": [{"watts": 1}, reading]})

    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [f"readings[1].{member}"]
    assert world.bus.published == []


async def test_what_kafka_does_not_have_is_not_answered_as_taken(client: AsyncClient, world: World) -> None:
    world.bus.away = True

    assert (await client.post(METER, json={"readings": [{"watts": 1}]})).status_code == 503
    assert (await client.put(NEED, json={"energy_wh": 1})).status_code == 503


async def test_a_meter_or_an_evse_that_the_tree_lacks_is_not_found(client: AsyncClient) -> None:
    assert (await client.post(f"{SITE}/meters/other/readings", json={"readings": [{"watts": 1}]})).status_code == 404
    assert (await client.put(f"{SITE}/needs/DE-BER-0001/2", json={})).status_code == 404
    assert (await client.put("/api/v1/sites/rome/needs/DE-BER-0001/1", json={})).status_code == 404


async def test_a_need_is_published_with_who_stated_it(client: AsyncClient, world: World) -> None:
    leaves = NOON + timedelta(hours=8)

    answer = await client.put(NEED, json={"energy_wh": 20000, "departure_at": leaves.isoformat()})

    assert answer.status_code == 200, answer.text
    (stated,) = world.bus.published
    assert isinstance(stated, NeedStated)
    assert (stated.station, stated.evse, stated.energy_wh, stated.departure_at, stated.source) == (
        "DE-BER-0001",
        1,
        Decimal(20000),
        leaves,
        "driver",
    )
    assert stated.stated_by == answer.json()["stated_by"] != ""


@pytest.mark.parametrize(
    "need",
    [
        {"energy_wh": -1},
        {"energy_wh": "Infinity"},
        {"departure_at": NOON.isoformat()},
        {"departure_at": (NOON + timedelta(days=40)).isoformat()},
    ],
)
async def test_a_need_that_cannot_be_met_by_anybody_is_refused(client: AsyncClient, need: dict[str, Any]) -> None:
    assert (await client.put(NEED, json=need)).status_code == 422


async def test_who_is_limited_to_another_site_can_say_nothing_here(world: World) -> None:
    scope = Scope(sites=("rome",))
    world.bus.hold(ApiKeyCreated(key="k", digest=digest_of("s"), roles=("energy",), scope=scope, created_at=NOON))
    async with client_of(app_of(world.ports()), headers={"Authorization": "Bearer vbk_k_s"}) as other:
        assert (await other.post(METER, json={"readings": [{"watts": 1}]})).status_code == 404
        assert (await other.put(NEED, json={})).status_code == 404
    assert not any(isinstance(each, SiteMeterReported | NeedStated) for each in world.bus.published)


async def test_a_key_of_the_site_reports_and_states(world: World) -> None:
    scope = Scope(sites=("berlin",))
    world.bus.hold(ApiKeyCreated(key="k", digest=digest_of("s"), roles=("energy",), scope=scope, created_at=NOON))
    async with client_of(app_of(world.ports()), headers={"Authorization": "Bearer vbk_k_s"}) as own:
        assert (await own.post(METER, json={"readings": [{"watts": 1}]})).status_code == 202
        assert (await own.put(NEED, json={})).status_code == 200
