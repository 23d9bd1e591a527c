"""Operators in the console: forms make users, keys and roles, and a key's secret is seen once."""

from httpx import AsyncClient

from services.api.fakes import World
from tests.services.api.apps import app_of
from tests.services.api.conftest import client_of
from tests.services.api.operators.given import PASSWORD, signed_in


async def test_forms_make_a_user_who_is_then_listed(browser: AsyncClient) -> None:
    form = {
        "user": "ann",
        "password": PASSWORD,
        "role-viewer": "on",
        "sites": "oslo, bergen",
        "enabled": "on",
        "etag": "",
    }

    saved = await browser.post("/operators/users", data=form, headers={"hx-request": "true"})
    page = (await browser.get("/operators")).text

    assert "ann is saved" in saved.text
    assert "sites oslo, bergen" in page
    assert PASSWORD not in page


async def test_the_form_of_a_user_is_filled_in_with_what_stands(browser: AsyncClient) -> None:
    form = {"user": "ann", "password": PASSWORD, "role-viewer": "on", "labels": "row = A", "enabled": "on"}
    await browser.post("/operators/users", data=form)

    page = (await browser.get("/operators?user=ann")).text

    assert "Change a user" in page
    assert "row = A" in page
    await browser.post("/operators/users/remove", data={"user": "ann"})
    assert 'id="user-ann"' not in (await browser.get("/operators")).text


async def test_a_key_is_shown_once_with_and_without_the_script(browser: AsyncClient, world: World) -> None:
    form = {"role-viewer": "on", "note": "reports"}
    scripted = await browser.post("/operators/keys", data=form, headers={"hx-request": "true"})
    plain = await browser.post("/operators/keys", data=form)

    for answer in (scripted, plain):
        secret = next(word for word in answer.text.replace("<", " ").split() if word.startswith("vbk_"))
        client = client_of(app_of(world.ports()), headers={"Authorization": f"Bearer {secret}"})
        assert (await client.get("/api/v1/stations")).status_code == 200
        assert secret not in (await browser.get("/operators")).text


async def test_a_key_is_revoked_by_a_button(browser: AsyncClient) -> None:
    await browser.post("/operators/keys", data={"role-viewer": "on"})
    key = (await browser.get("/api/v1/api-keys")).json()[0]["key"]

    await browser.post("/operators/keys/revoke", data={"key": key})

    assert (await browser.get("/api/v1/api-keys")).json() == []


async def test_roles_are_made_and_removed_by_forms(browser: AsyncClient) -> None:
    await browser.post("/operators/roles", data={"role": "desk", "permissions": "tariffs:*  *:read"})
    page = (await browser.get("/operators?role=desk")).text
    await browser.post("/operators/roles/remove", data={"role": "desk"})

    assert "tariffs:* *:read" in page
    assert 'id="role-desk"' not in (await browser.get("/operators")).text


async def test_who_may_not_see_operators_has_no_link_to_them(world: World, browser: AsyncClient) -> None:
    viewer = await signed_in(world, "ann", "viewer")

    assert 'href="/operators"' not in (await viewer.get("/stations")).text
    assert 'href="/operators"' in (await browser.get("/stations")).text
