"""Entrance: what a route's policy does not permit is not begun."""

import datetime as dt

import pytest
from httpx import AsyncClient
from litestar import Router, get

from services.api.config import Config
from services.api.fakes import KEY, World
from services.api.http import create_app
from services.api.web.entrance import Holding, nouns_of
from services.api.web.policy import POLICY, NounPolicy, Policy
from tests.services.api.apps import app_of
from tests.services.api.builders import STATION, a_state
from tests.services.api.conftest import client_of
from tests.services.api.operators.given import keyed, signed_in


async def test_what_is_refused_has_no_effect(world: World) -> None:
    world.bus.hold(a_state())
    viewer = await keyed(world, "viewer")
    before = len(world.bus.published)

    body = {"command": "Reset", "arguments": {"type": "OnIdle"}, "wait_s": 0}
    refused = await viewer.post(f"/api/v1/stations/{STATION}/commands", json=body)

    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    assert [record for record in world.bus.published[before:] if "requested" in type(record).__name__.lower()] == []


async def test_a_form_that_is_not_permitted_is_answered_in_words(world: World) -> None:
    viewer = await signed_in(world, "ann", "viewer")

    refused = await viewer.post("/tokens", data={"token": "A"}, headers={"hx-request": "true"})

    assert refused.status_code == 403
    assert "ann has no role that permits tokens:write" in refused.text


async def test_the_document_and_who_one_is_need_no_role(world: World) -> None:
    nobody = await signed_in(world, "ann")

    assert (await nobody.get("/schema/openapi.json")).status_code == 200
    assert (await nobody.get("/reference")).status_code == 200
    assert (await nobody.get("/api/v1/me")).json()["permissions"] == []
    assert (await nobody.get("/api/v1/stations")).status_code == 403
    assert (await nobody.options("/api/v1/stations")).status_code == 204


async def test_a_stream_of_events_ends_with_the_key_that_opened_it(world: World) -> None:
    program = await keyed(world, "viewer")
    key = program.headers["authorization"].split("_")[1]

    async with client_of(app_of(world.ports()), headers={"Authorization": f"Bearer {KEY}"}) as admin:
        await admin.delete(f"/api/v1/api-keys/{key}")

    assert (await program.get("/api/v1/events")).status_code == 401


async def test_a_key_that_asks_too_often_waits_and_the_operator_key_does_not() -> None:
    world = World(Config(key=KEY, password_cost=4, requests_per_s=1.0, requests_burst=2))
    program = await keyed(world, "viewer")
    answers = [await program.get("/api/v1/sessions") for _ in range(3)]
    world.now += dt.timedelta(seconds=1)

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["retry-after"] == "1"
    assert (await program.get("/api/v1/sessions")).status_code == 200
    async with client_of(app_of(world.ports()), headers={"Authorization": f"Bearer {KEY}"}) as admin:
        assert {(await admin.get("/api/v1/sessions")).status_code for _ in range(9)} == {200}


async def test_an_address_that_does_not_exist_is_a_page_for_a_browser_and_a_problem_for_a_program(
    browser: AsyncClient, client: AsyncClient
) -> None:
    for path in ("/nowhere", "/stations/a/b/c/d/e", "/tokens/x/y"):
        page = await browser.get(path)
        assert page.status_code == 404
        assert page.headers["content-type"].startswith("text/html")
        assert "To the fleet" in page.text
    for path in ("/api/v1/nowhere", "/nowhere"):
        answer = await (browser if path.startswith("/api") else client).get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_permissions_may_name_the_nouns_of_routes() -> None:
    @get("/x")
    async def x() -> None: ...

    page = Router(path="/", route_handlers=[x], opt={POLICY: NounPolicy("wallboxes", Policy())})

    assert {"stations", "operators", "wallboxes"} <= nouns_of(create_app(World().ports(), console=[page]))


async def test_a_refusal_is_held_for_a_while_and_not_more_of_them_than_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    inside: list[float] = []
    holding = Holding(lambda: 1.5)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if not inside:
            inside.append(seconds)
            await holding.hold()  # another one, while this one waits

    monkeypatch.setattr("services.api.web.entrance.HELD_MOST", 1)
    monkeypatch.setattr("asyncio.sleep", sleep)
    await holding.hold()
    await holding.hold()
    await Holding(lambda: 0.0).hold()

    assert slept == [1.5, 1.5]
