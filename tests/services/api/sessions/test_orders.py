"""Orders on sessions over HTTP: ended, corrected, released, each with its reason."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from httpx import AsyncClient
from msgspec.structs import replace

from schemas.base import Record
from schemas.sessionorders import WITHIN_REACH, SessionCorrected, SessionEndOrdered, SessionReleased
from services.api.config import Config
from services.api.fakes import KEY, NOON, World
from services.api.sessions.views import session_of
from tests.services.api.apps import app_of
from tests.services.api.builders import STATION, a_session
from tests.services.api.conftest import BEARER, client_of

WHY = {"reason": "the station lost it"}


def holds(world: World, **session: Any) -> None:
    """A session that follows what is ordered of it."""
    world.reads.session_rows["s1"] = session_of(a_session(**session))

    def applies(order: Record) -> None:
        assert isinstance(order, SessionEndOrdered | SessionCorrected | SessionReleased)
        row = world.reads.session_rows[order.session]
        status: Any = row.status if isinstance(order, SessionReleased) else "ended"
        world.reads.session_rows[order.session] = replace(
            row, status=status, changed_at=row.changed_at + dt.timedelta(seconds=1)
        )

    world.bus.applies = applies


async def test_a_session_that_hangs_is_ended_and_told_as_it_then_is(client: AsyncClient, world: World) -> None:
    holds(world)

    answer = await client.post("/api/v1/sessions/s1/end", json=WHY)

    assert (answer.status_code, answer.json()["status"]) == (200, "ended")
    (order,) = world.bus.published
    assert isinstance(order, SessionEndOrdered)
    assert (order.station, order.session, order.reason, order.ordered_by, order.ordered_at) == (
        STATION,
        "s1",
        WHY["reason"],
        "operator",
        NOON,
    )
    assert (order.ended_at, order.energy_wh) == (None, None)


async def test_a_session_that_is_over_is_corrected(client: AsyncClient, world: World) -> None:
    holds(world, status="ended", started_at=NOON - dt.timedelta(hours=2))

    answer = await client.post(
        "/api/v1/sessions/s1/correct", json=WHY | {"energy_wh": "42.5", "ended_at": "2026-06-01T13:00:00+02:00"}
    )

    assert answer.status_code == 200
    (order,) = world.bus.published
    assert isinstance(order, SessionCorrected)
    assert (order.energy_wh, order.ended_at) == (Decimal("42.5"), NOON - dt.timedelta(hours=1))


async def test_a_session_s_token_is_released(client: AsyncClient, world: World) -> None:
    holds(world)

    answer = await client.post("/api/v1/sessions/s1/release", json=WHY)

    assert (answer.status_code, answer.json()["status"]) == (200, "active")
    assert isinstance(world.bus.published[0], SessionReleased)


async def test_a_change_that_is_not_seen_in_time_is_accepted() -> None:
    world = World(Config(key=KEY, order_wait_s=0))
    world.reads.session_rows["s1"] = session_of(a_session())
    async with client_of(app_of(world.ports()), headers=BEARER) as client:
        answer = await client.post("/api/v1/sessions/s1/end", json=WHY)

    assert (answer.status_code, answer.json()["status"]) == (202, "active")


@pytest.mark.parametrize(("status", "order"), [("ended", "correct"), ("presumed-ended", "end")])
async def test_a_session_that_is_out_of_reach_is_refused_and_nothing_is_ordered(
    client: AsyncClient, world: World, status: Any, order: str
) -> None:
    began = NOON - dt.timedelta(days=9)
    for number in range(WITHIN_REACH + 1):
        id_ = f"s{number}"
        row = a_session(session=id_, status=status, started_at=began + dt.timedelta(hours=number))
        world.reads.session_rows[id_] = session_of(row)

    answer = await client.post(f"/api/v1/sessions/s0/{order}", json=WHY | {"energy_wh": "1"})

    assert answer.status_code == 409
    assert "can be changed no more" in answer.json()["detail"]
    assert world.bus.published == []


@pytest.mark.parametrize("order", ["end", "correct", "release"])
async def test_a_session_that_nobody_knows_is_not_found(client: AsyncClient, world: World, order: str) -> None:
    answer = await client.post(f"/api/v1/sessions/none/{order}", json=WHY)

    assert answer.status_code == 404
    assert world.bus.published == []


@pytest.mark.parametrize(
    ("order", "status"), [("end", "ended"), ("correct", "active"), ("release", "ended"), ("release", "presumed-ended")]
)
async def test_an_order_that_the_session_is_past_or_not_ready_for_conflicts(
    client: AsyncClient, world: World, order: str, status: str
) -> None:
    holds(world, status=status)

    assert (await client.post(f"/api/v1/sessions/s1/{order}", json=WHY)).status_code == 409
    assert world.bus.published == []


async def test_a_presumed_end_can_be_made_sure(client: AsyncClient, world: World) -> None:
    holds(world, status="presumed-ended")

    assert (await client.post("/api/v1/sessions/s1/end", json=WHY)).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({"reason": ""}, "reason"),
        (WHY | {"ended_at": "2026-06-01T11:59:59Z"}, "ended_at"),
        (WHY | {"ended_at": "2026-06-01T12:02:00Z"}, "ended_at"),
        (WHY | {"ended_at": "2026-06-01T12:00:00"}, "ended_at"),
        (WHY | {"energy_wh": "-1"}, "energy_wh"),
        (WHY | {"energy_wh": "NaN"}, "energy_wh"),
        (WHY | {"energy_wh": "1e30"}, "energy_wh"),
        (WHY | {"energy": "1"}, "energy"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_name(
    client: AsyncClient, world: World, body: dict[str, str], field: str
) -> None:
    holds(world)

    answer = await client.post("/api/v1/sessions/s1/end", json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert world.bus.published == []


async def test_a_correction_that_corrects_nothing_is_refused(client: AsyncClient, world: World) -> None:
    holds(world, status="ended")

    assert (await client.post("/api/v1/sessions/s1/correct", json=WHY)).status_code == 422
