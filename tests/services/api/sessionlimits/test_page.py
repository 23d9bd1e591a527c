"""Session limits in the console: the list, the card of a session, and the form."""

from decimal import Decimal

import pytest
from httpx import AsyncClient

from schemas.sessionorders import SessionLimitOrdered
from schemas.transactionlimits import TransactionLimit
from services.api.fakes import World
from services.api.sessionlimits.rows import session_limit_of
from services.api.sessions.views import session_of
from tests.services.api.builders import a_session
from tests.services.api.sessionlimits.records import a_limit

HTMX = {"hx-request": "true"}


@pytest.fixture(autouse=True)
def a_running_session(world: World) -> None:
    world.reads.session_rows["s1"] = session_of(a_session())


async def test_limited_sessions_are_listed_and_found_from_their_token(browser: AsyncClient, world: World) -> None:
    assert "No session was limited yet" in (await browser.get("/session-limits")).text
    world.reads.session_limit_rows["s1"] = session_limit_of(a_limit(status="stopped", reached="cost"))

    page = (await browser.get("/session-limits?token=04A2B3C4D5")).text
    for shown in ("20 EUR, 120 min", "stopped", "cost", "/sessions/s1"):
        assert shown in page


async def test_the_page_of_a_session_shows_its_limit_and_sets_it(browser: AsyncClient, world: World) -> None:
    assert "Limit session" in (await browser.get("/sessions/s1")).text
    world.reads.session_limit_rows["s1"] = session_limit_of(a_limit(attempts=2, detail="Rejected", status="stopping"))
    page = (await browser.get("/sessions/s1")).text
    for shown in ("20 EUR, 120 min", "2 times", "Rejected"):
        assert shown in page

    form = {"max_cost": "12,50", "max_energy_kwh": "10", "max_time_min": "90", "reason": "asked for"}
    assert (await browser.post("/sessions/s1/limit", data=form, headers=HTMX)).status_code == 200
    order = world.bus.published[-1]
    assert isinstance(order, SessionLimitOrdered)
    assert order.limit == TransactionLimit(max_cost=Decimal("12.50"), max_energy_wh=Decimal(10_000), max_time_s=5400)


async def test_a_session_that_is_over_and_was_never_limited_has_no_card(browser: AsyncClient, world: World) -> None:
    world.reads.session_rows["s1"] = session_of(a_session(status="ended"))

    assert "Limit session" not in (await browser.get("/sessions/s1")).text


async def test_what_cannot_be_used_is_named(browser: AsyncClient) -> None:
    answer = await browser.post("/sessions/s1/limit", data={"max_cost": "a lot", "reason": "x"}, headers=HTMX)

    assert answer.status_code == 422
    assert 'data-field="max_cost' in answer.text
