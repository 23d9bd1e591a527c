"""Users, API keys and roles over HTTP: made, used, limited, ended."""

import datetime as dt

import pytest
from httpx import AsyncClient

from schemas.operators import API_KEY_USES, ApiKeyCreated, ApiKeyUsed, UserProvisioned
from services.api.fakes import NOON, World
from services.api.web.principals import digest_of
from tests.services.api.apps import app_of
from tests.services.api.builders import STATION, a_state
from tests.services.api.conftest import BEARER, client_of
from tests.services.api.operators.given import PASSWORD, keyed, signed_in

RESET = {"command": "Reset", "arguments": {"type": "OnIdle"}, "wait_s": 0}


async def test_the_secret_of_a_key_is_told_once_and_only_its_digest_is_kept(client: AsyncClient, world: World) -> None:
    made = await client.post("/api/v1/api-keys", json={"roles": ["viewer"], "note": "reports"})
    listed = await client.get("/api/v1/api-keys")

    secret = made.json()["secret"]
    record = next(one for one in world.bus.published if isinstance(one, ApiKeyCreated))
    assert made.status_code == 201
    assert [key["note"] for key in listed.json()] == ["reports"]
    assert record.digest == digest_of(secret.removeprefix(f"vbk_{record.key}_"))
    assert secret not in listed.text
    assert record.digest not in listed.text + made.text


async def test_a_key_may_do_what_its_roles_permit_and_nothing_else(world: World) -> None:
    world.bus.hold(a_state())
    viewer = await keyed(world, "viewer")

    assert (await viewer.get("/api/v1/stations")).status_code == 200
    refused = await viewer.post(f"/api/v1/stations/{STATION}/commands", json=RESET)
    assert refused.status_code == 403
    assert "commands:command" in refused.json()["detail"]
    assert (await viewer.get("/api/v1/users")).status_code == 403
    assert (await viewer.put("/api/v1/tokens/A", json={})).status_code == 403


async def test_what_a_key_does_is_said_to_be_its_own(world: World) -> None:
    world.bus.hold(a_state())
    operator = await keyed(world, "operator")

    asked = await operator.post(f"/api/v1/stations/{STATION}/commands", json=RESET)

    assert asked.status_code == 202
    assert asked.json()["requested_by"] == (await operator.get("/api/v1/me")).json()["name"]


async def test_a_revoked_key_is_refused_by_every_process_at_once(client: AsyncClient, world: World) -> None:
    program = await keyed(world, "viewer")
    elsewhere = client_of(app_of(world.ports()), headers=dict(program.headers))
    key = (await client.get("/api/v1/api-keys")).json()[0]["key"]

    assert (await client.delete(f"/api/v1/api-keys/{key}")).status_code == 204

    assert (await program.get("/api/v1/stations")).status_code == 401
    assert (await elsewhere.get("/api/v1/stations")).status_code == 401
    assert (await client.get("/api/v1/api-keys")).json() == []


async def test_a_key_expires(world: World) -> None:
    program = await keyed(world, "viewer", expires_at="2026-06-01T13:00:00Z")
    assert (await program.get("/api/v1/stations")).status_code == 200

    world.now = NOON + dt.timedelta(hours=1)

    assert (await program.get("/api/v1/stations")).status_code == 401


async def test_the_use_of_a_key_is_said_once_an_hour(client: AsyncClient, world: World) -> None:
    program = await keyed(world, "viewer")
    for minutes in (0, 1, 59, 60, 61):
        world.now = NOON + dt.timedelta(minutes=minutes)
        await program.get("/api/v1/stations")

    uses = [one.at for one in world.bus.published if isinstance(one, ApiKeyUsed)]
    assert uses == [NOON, NOON + dt.timedelta(hours=1)]
    assert (await client.get("/api/v1/api-keys")).json()[0]["used_at"] == "2026-06-01T13:00:00Z"


async def test_that_a_use_cannot_be_noted_holds_nobody_up(world: World) -> None:
    program = await keyed(world, "viewer")
    world.bus.away = True

    assert (await program.get("/api/v1/stations")).status_code == 200
    assert world.bus.all(API_KEY_USES) == {}


@pytest.mark.parametrize("offered", ["vbk_", "vbk__", "vbk_x_y", "vbk_{key}_", "vbk_{key}_wrong", "{key}", "vbk_{key}"])
async def test_a_key_that_is_not_right_opens_nothing(world: World, client: AsyncClient, offered: str) -> None:
    await keyed(world, "viewer")
    key = (await client.get("/api/v1/api-keys")).json()[0]["key"]
    headers = {"Authorization": f"Bearer {offered.format(key=key)}"}

    assert (await client_of(app_of(world.ports()), headers=headers).get("/api/v1/stations")).status_code == 401


async def test_a_user_signs_in_by_name_and_password_and_is_who_acts(world: World) -> None:
    browser = await signed_in(world, "ann", "operator")

    assert (await browser.get("/stations")).status_code == 200
    assert (await browser.get("/api/v1/me")).json()["name"] == "ann"
    assert (await browser.get("/operators")).status_code == 403


async def test_a_user_is_never_shown_with_a_password(client: AsyncClient, world: World) -> None:
    put = await client.put("/api/v1/users/ann", json={"password": PASSWORD, "roles": ["viewer"]})
    got = await client.get("/api/v1/users/ann")

    record = next(one for one in world.bus.published if isinstance(one, UserProvisioned))
    assert put.json() == got.json()
    assert got.json()["has_password"]
    assert PASSWORD not in record.password_hash
    assert record.password_hash not in got.text


@pytest.mark.parametrize(
    "change", [{"enabled": False}, {"password": "another long password"}], ids=["turned-off", "new-password"]
)
async def test_the_logins_of_a_user_end_with_the_reason_for_them(
    client: AsyncClient, world: World, change: dict[str, object]
) -> None:
    browser = await signed_in(world, "ann", "viewer")
    world.now = NOON + dt.timedelta(minutes=1)

    await client.put("/api/v1/users/ann", json={"roles": ["viewer"], **change})

    assert (await browser.get("/api/v1/stations")).status_code == 401


async def test_a_change_of_roles_holds_from_the_next_request_on(client: AsyncClient, world: World) -> None:
    browser = await signed_in(world, "ann", "viewer")
    assert (await browser.get("/api/v1/users")).status_code == 403

    await client.put("/api/v1/users/ann", json={"roles": ["admin"]})

    assert (await browser.get("/api/v1/users")).status_code == 200


async def test_a_removed_user_is_out(client: AsyncClient, world: World) -> None:
    browser = await signed_in(world, "ann", "viewer")

    assert (await client.delete("/api/v1/users/ann")).status_code == 204
    assert (await client.delete("/api/v1/users/ann")).status_code == 404
    assert (await browser.get("/api/v1/stations")).status_code == 401
    assert (
        (await browser.post("/login", data={"user": "ann", "key": PASSWORD})).headers["location"].startswith("/login")
    )


async def test_guessing_the_password_of_a_user_locks_the_user_out_for_a_while(
    world: World, client: AsyncClient
) -> None:
    await client.put("/api/v1/users/ann", json={"password": PASSWORD, "roles": ["viewer"]})
    await client.put("/api/v1/users/bob", json={"password": PASSWORD, "roles": ["viewer"]})
    guesser = client_of(app_of(world.ports()))
    for _ in range(world.config.login_failures):
        assert (await guesser.post("/login", json={"user": "ann", "key": "wrong"})).status_code == 401

    locked = await guesser.post("/login", json={"user": "ann", "key": PASSWORD})
    world.now = NOON + dt.timedelta(minutes=1)

    assert (locked.status_code, locked.headers["retry-after"]) == (429, "60")
    assert (await guesser.post("/login", json={"user": "ann", "key": PASSWORD})).status_code == 204


async def test_a_role_of_ones_own_permits_what_it_says(client: AsyncClient, world: World) -> None:
    made = await client.put("/api/v1/roles/tariff-desk", json={"permissions": ["tariffs:*", "stations:read"]})
    desk = await keyed(world, "tariff-desk")

    assert made.status_code == 200
    assert (await desk.get("/api/v1/tariffs")).status_code == 200
    assert (await desk.get("/api/v1/sessions")).status_code == 403
    await client.delete("/api/v1/roles/tariff-desk")
    assert (await desk.get("/api/v1/tariffs")).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/v1/roles/x", {"permissions": ["stations"]}, "permissions"),
        ("/api/v1/roles/x", {"permissions": ["wallboxes:read"]}, "permissions"),
        ("/api/v1/roles/X", {"permissions": ["*:read"]}, "role"),
        ("/api/v1/users/x", {"roles": ["nonsense"]}, "roles"),
        ("/api/v1/users/x", {"roles": [], "password": "short"}, "password"),
        ("/api/v1/users/_", {"roles": []}, "user"),
    ],
)
async def test_what_cannot_be_used_is_refused_by_name(
    client: AsyncClient, path: str, body: dict[str, object], field: str
) -> None:
    refused = await client.put(path, json=body)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == field


async def test_built_in_roles_stay_as_they_are(client: AsyncClient) -> None:
    assert (await client.put("/api/v1/roles/viewer", json={"permissions": ["*:*"]})).status_code == 409
    assert (await client.delete("/api/v1/roles/admin")).status_code == 409


async def test_nobody_gives_more_than_he_has(client: AsyncClient, world: World) -> None:
    await client.put("/api/v1/roles/hr", json={"permissions": ["operators:*", "*:read"]})
    await client.put("/api/v1/users/boss", json={"roles": ["admin"], "password": PASSWORD})
    clerk = await keyed(world, "hr")

    assert (await clerk.put("/api/v1/users/x", json={"roles": ["viewer"]})).status_code == 200
    assert (await clerk.put("/api/v1/users/x", json={"roles": ["admin"]})).status_code == 403
    assert (await clerk.post("/api/v1/api-keys", json={"roles": ["operator"]})).status_code == 403
    assert (await clerk.put("/api/v1/roles/own", json={"permissions": ["*:*"]})).status_code == 403
    assert (await clerk.put("/api/v1/users/boss", json={"roles": [], "password": PASSWORD})).status_code == 403
    assert (await clerk.delete("/api/v1/users/boss")).status_code == 403


async def test_the_operator_key_of_the_deployment_is_the_first_admin(client: AsyncClient) -> None:
    me = (await client.get("/api/v1/me")).json()

    assert (me["name"], me["kind"], me["roles"]) == ("operator", "operator-key", ["admin"])


async def test_a_login_works_at_every_process(world: World) -> None:
    browser = await signed_in(world, "ann", "viewer")

    elsewhere = client_of(app_of(world.ports()), cookies=dict(browser.cookies))

    assert (await elsewhere.get("/api/v1/me")).json()["name"] == "ann"
    assert (await client_of(app_of(world.ports()), headers=BEARER).get("/api/v1/me")).json()["name"] == "operator"
