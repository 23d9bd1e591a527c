"""Orders on the session's page: what is filled in becomes what the API would have been asked for."""

from decimal import Decimal

import pytest
from httpx import AsyncClient
from msgspec.structs import replace

from schemas.base import Record
from schemas.sessionorders import SessionEndOrdered, SessionReleased
from services.api.fakes import NOON, World
from services.api.sessions.views import session_of
from tests.services.api.builders import a_session

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _a_session_that_follows(world: World) -> None:
    row = session_of(a_session())
    world.reads.session_rows["s1"] = row

    def applies(_: Record) -> None:
        world.reads.session_rows["s1"] = replace(row, changed_at=row.changed_at.replace(year=2027))

    world.bus.applies = applies


async def test_a_session_is_ended_with_kilowatt_hours_and_a_moment(browser: AsyncClient, world: World) -> None:
    fields = {"reason": " lost ", "energy_kwh": "7.5", "ended_at": "2026-06-01T12:00:30"}

    said = await browser.post("/sessions/s1/end", data=fields, headers=FRAGMENT)

    assert "ended" in said.text
    (order,) = world.bus.published
    assert isinstance(order, SessionEndOrdered)
    assert (order.reason, order.energy_wh, order.ended_at) == ("lost", Decimal(7500), NOON.replace(second=30))


async def test_a_token_is_released(browser: AsyncClient, world: World) -> None:
    await browser.post("/sessions/s1/release", data={"reason": "wrong car"}, headers=FRAGMENT)

    assert isinstance(world.bus.published[0], SessionReleased)


@pytest.mark.parametrize(("fields", "named"), [({}, "reason"), ({"reason": "x", "energy_kwh": "lots"}, "energy_kwh")])
async def test_what_cannot_be_used_is_named(
    browser: AsyncClient, world: World, fields: dict[str, str], named: str
) -> None:
    said = await browser.post("/sessions/s1/end", data=fields, headers=FRAGMENT)

    assert said.status_code == 422
    assert named in said.text
    assert world.bus.published == []


async def test_the_page_of_a_session_offers_what_can_be_ordered(browser: AsyncClient) -> None:
    page = (await browser.get("/sessions/s1")).text

    assert 'action="/sessions/s1/end"' in page
    assert 'action="/sessions/s1/release"' in page
