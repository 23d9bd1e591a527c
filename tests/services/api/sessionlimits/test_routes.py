"""Session limits over HTTP: read, and set by an operator."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from httpx import AsyncClient
from msgspec.structs import replace

from schemas.base import Record
from schemas.sessionorders import SessionLimitOrdered
from schemas.transactionlimits import TransactionLimit
from services.api.fakes import World
from services.api.sessionlimits.rows import session_limit_of
from services.api.sessions.views import session_of
from tests.services.api.builders import STATION, a_session
from tests.services.api.sessionlimits.records import a_limit

URL = "/api/v1/sessions/s1/limit"


@pytest.fixture(autouse=True)
def a_running_session(world: World) -> None:
    world.reads.session_rows["s1"] = session_of(a_session())

    def applies(_: Record) -> None:
        row = world.reads.session_rows["s1"]
        world.reads.session_rows["s1"] = replace(row, changed_at=row.changed_at + dt.timedelta(seconds=1))

    world.bus.applies = applies


async def test_the_limit_of_a_session_is_told_with_what_it_reached(client: AsyncClient, world: World) -> None:
    world.reads.session_limit_rows["s1"] = session_limit_of(a_limit(status="stopped", reached="cost"))

    told = (await client.get(URL)).json()
    assert (told["max_cost"], told["currency"], told["max_time_s"], told["station_max_energy_wh"]) == (
        *("20", "EUR", 7200, "5000"),
    )
    assert (told["status"], told["reached"]) == ("stopped", "cost")
    assert len((await client.get("/api/v1/session-limits?status=stopped")).json()["items"]) == 1


async def test_a_session_without_a_limit_has_none(client: AsyncClient) -> None:
    assert (await client.get(URL)).status_code == 404
    assert (await client.get("/api/v1/sessions/s9/limit")).status_code == 404


@pytest.mark.usecase("E16", "C23")
async def test_an_operator_limits_a_running_session(client: AsyncClient, world: World) -> None:
    body = {"max_cost": "25.50", "max_soc_percent": 80, "reason": "asked for"}

    assert (await client.post(URL, json=body)).status_code == 200
    (order,) = world.bus.published
    assert isinstance(order, SessionLimitOrdered)
    assert (order.station, order.session, order.reason) == (STATION, "s1", "asked for")
    assert order.limit == TransactionLimit(max_cost=Decimal("25.50"), max_soc_percent=80)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({"reason": ""}, "reason"),
        ({"reason": "x", "max_cost": "0"}, "max_cost"),
        ({"reason": "x", "max_energy_wh": "-5"}, "max_energy_wh"),
        ({"reason": "x", "max_time_s": 0}, "max_time_s"),
        ({"reason": "x", "max_soc_percent": 101}, "max_soc_percent"),
        ({"reason": "x", "miles": 5}, "miles"),
    ],
)
async def test_what_limits_nothing_is_refused(client: AsyncClient, body: Any, field: str) -> None:
    answer = await client.post(URL, json=body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_session_that_is_over_is_limited_no_more(client: AsyncClient, world: World) -> None:
    world.reads.session_rows["s1"] = session_of(a_session(status="ended"))

    assert (await client.post(URL, json={"reason": "x", "max_cost": 5})).status_code == 409
    assert (await client.post("/api/v1/sessions/s9/limit", json={"reason": "x"})).status_code == 404
