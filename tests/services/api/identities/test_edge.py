"""The edge of the API: what callers name is a pseudonym behind it, and a person again for who may see him."""

import asyncio
import json
from http import HTTPStatus

from schemas.identities import IdentityKept, is_pseudonym
from schemas.identityvault import Vault
from services.api.fakes import World
from services.api.identities.keeping import Keeper
from tests.schemas.vaults import KEY, chance
from tests.services.api.builders import STATION, a_state
from tests.services.api.identities.given import DRIVER, admin_of, said, with_vault
from tests.services.api.operators.given import keyed, signed_in


async def test_a_token_is_provisioned_found_and_listed_by_its_number_and_stands_nowhere(world: World) -> None:
    admin = admin_of(with_vault(world))

    put = await admin.put(f"/api/v1/tokens/{DRIVER.lower()}", json={"label": "Van 7"})
    got = await admin.get(f"/api/v1/tokens/{DRIVER}")
    listed = await admin.get("/api/v1/tokens")

    assert put.status_code == HTTPStatus.OK, put.text
    assert put.json() == got.json()
    assert got.json()["token"] == DRIVER
    assert [each["token"] for each in listed.json()["items"]] == [DRIVER]
    assert DRIVER.lower() not in said(world).lower()
    assert "Van 7" in said(world)


async def test_a_command_leaves_with_pseudonyms_and_keeps_who_it_names(world: World) -> None:
    with_vault(world).bus.hold(a_state())
    body = {"command": "RemoteStart", "arguments": {"token": DRIVER, "evse": 1}, "wait_s": 0}
    raw = {"payload": {"idTag": DRIVER, "connectorId": 1}}

    asked = await admin_of(world).post(f"/api/v1/stations/{STATION}/commands", json=body)
    await admin_of(world).post(f"/api/v1/stations/{STATION}/ocpp/RemoteStartTransaction", json=raw)

    assert asked.is_success, asked.text
    assert DRIVER not in said(world)
    assert len([record for record in world.bus.published if isinstance(record, IdentityKept)]) == 1


async def test_a_question_keeps_nobody(world: World) -> None:
    admin = admin_of(with_vault(world))

    answers = [
        await admin.get(f"/api/v1/tokens/{DRIVER}"),
        await admin.get("/api/v1/sessions", params={"token": DRIVER}),
        await admin.delete(f"/api/v1/tokens/{DRIVER}"),
    ]

    assert [answer.status_code for answer in answers] == [404, 200, 404]
    assert DRIVER not in said(world)
    assert not [record for record in world.bus.published if isinstance(record, IdentityKept)]


async def test_who_may_not_see_persons_sees_pseudonyms_and_may_use_them(world: World) -> None:
    with_vault(world)
    await admin_of(world).put(f"/api/v1/tokens/{DRIVER}", json={})
    viewer = await keyed(world, "viewer")

    [listed] = (await viewer.get("/api/v1/tokens")).json()["items"]

    assert is_pseudonym(listed["token"])
    assert (await viewer.get(f"/api/v1/tokens/{listed['token']}")).json() == listed
    assert (await viewer.get(f"/api/v1/identities/{DRIVER}")).status_code == HTTPStatus.FORBIDDEN


async def test_who_may_not_change_anything_keeps_nobody_by_trying(world: World) -> None:
    viewer = await keyed(with_vault(world), "viewer")

    refused = await viewer.put(f"/api/v1/tokens/{DRIVER}", json={})

    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert DRIVER not in said(world)
    assert not [record for record in world.bus.published if isinstance(record, IdentityKept)]


async def test_pages_and_forms_of_the_console_are_masked_too(world: World) -> None:
    admin = await signed_in(with_vault(world), "ann", "admin")

    saved = await admin.post("/tokens", data={"token": DRIVER, "label": "Van 7", "status": "Accepted"})
    page = await admin.get("/tokens")

    assert saved.status_code == HTTPStatus.SEE_OTHER, saved.text
    assert DRIVER in page.text
    assert DRIVER not in said(world)


async def test_a_tariff_is_assigned_to_a_token_and_taken_away_in_the_console(world: World) -> None:
    admin = await signed_in(with_vault(world), "ann", "admin")
    tariff = {"currency": "EUR", "elements": [{"price_components": [{"type": "ENERGY", "price": "0.5"}]}]}
    await admin_of(world).put("/api/v1/tariffs/day", json=tariff)

    saved = await admin.post("/tariffs/assign", data={"kind": "token", "name": DRIVER, "tariffs": "day"})
    there = await admin_of(world).get(f"/api/v1/tariff-assignments/token/{DRIVER}")
    taken = await admin.post("/tariffs/unassign", data={"target": f"token:{DRIVER}"})
    gone = await admin_of(world).get(f"/api/v1/tariff-assignments/token/{DRIVER}")

    assert [saved.status_code, taken.status_code] == [HTTPStatus.SEE_OTHER] * 2
    assert there.json()["tariffs"] == ["day"]
    assert gone.status_code == HTTPStatus.NOT_FOUND
    assert DRIVER not in said(world)


async def test_an_import_keeps_everyone_in_it_at_once(world: World) -> None:
    rows = "token,label\n" + "".join(f"04CANARY{number:03},Van\n" for number in range(50))
    admin = admin_of(with_vault(world))
    headers = {"content-type": "text/csv"}

    checked = await admin.post("/api/v1/token-imports", params={"dry_run": "true"}, content=rows, headers=headers)
    kept_by_check = [record for record in world.bus.published if isinstance(record, IdentityKept)]
    report = await admin.post("/api/v1/token-imports", content=rows, headers=headers)

    assert checked.json()["created"] == 50
    assert kept_by_check == []
    assert report.json()["created"] == 50
    assert {row["id"] for row in report.json()["rows"]} == {f"04CANARY{number:03}" for number in range(50)}
    assert "CANARY" not in said(world)


async def test_until_the_vault_was_read_every_request_is_answered_503(world: World) -> None:
    world.identities = Keeper(Vault(KEY), world.bus, clock=lambda: world.now, random=chance)

    answer = await admin_of(world).get("/api/v1/stations")

    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "vault" in answer.json()["detail"]


async def test_without_a_vault_bodies_and_answers_are_what_they_were(world: World) -> None:
    admin = admin_of(world)

    put = await admin.put(f"/api/v1/tokens/{DRIVER}", json={})

    assert put.headers["content-length"] == str(len(put.content))
    assert DRIVER in said(world)


async def test_ten_callers_who_name_one_person_at_once_keep_him_once(world: World) -> None:
    admin = admin_of(with_vault(world))

    await asyncio.gather(*(admin.put(f"/api/v1/tokens/{DRIVER}", json={"label": str(n)}) for n in range(10)))

    assert len(json.loads((await admin.get("/api/v1/tokens")).text)["items"]) == 1
