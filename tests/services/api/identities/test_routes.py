"""Identities over HTTP: who somebody is, what is known of him, and his erasure."""

import json
from http import HTTPStatus

from schemas.audit import AuditRecorded
from schemas.authorization import TokenRemoved
from schemas.identities import IdentityErased, is_pseudonym
from services.api.fakes import World
from tests.services.api.identities.given import DRIVER, admin_of, said, with_vault


async def test_a_person_is_found_by_token_and_by_pseudonym(world: World) -> None:
    admin = admin_of(with_vault(world))
    await admin.put(f"/api/v1/tokens/{DRIVER}", json={})

    found = (await admin.get(f"/api/v1/identities/{DRIVER.lower()}")).json()
    [pseudonym] = world.identities.vault.identities_of(DRIVER, "token")

    assert found["known_as"] == DRIVER
    assert found["provisioned"]
    assert (await admin.get(f"/api/v1/identities/{pseudonym}")).json() == found


async def test_an_export_has_a_line_for_whatever_is_known(world: World) -> None:
    admin = admin_of(with_vault(world))
    await admin.put(f"/api/v1/tokens/{DRIVER}", json={"label": "Van 7"})

    answer = await admin.get(f"/api/v1/identities/{DRIVER}/export")
    lines = [json.loads(line) for line in answer.text.splitlines()]

    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert [line["kind"] for line in lines][:2] == ["identity", "token"]
    assert lines[1]["content"]["token"] == DRIVER


async def test_an_erased_person_is_nobody_and_the_audit_log_names_the_pseudonym_alone(world: World) -> None:
    admin = admin_of(with_vault(world))
    await admin.put(f"/api/v1/tokens/{DRIVER}", json={})
    [pseudonym] = world.identities.vault.identities_of(DRIVER, "token")

    erased = await admin.delete(f"/api/v1/identities/{DRIVER}")

    assert erased.json() == {"identities": [pseudonym], "token_removed": True}
    kinds = [type(record) for record in world.bus.published]
    assert kinds.index(TokenRemoved) < kinds.index(IdentityErased)
    assert (await admin.get(f"/api/v1/identities/{pseudonym}")).status_code == HTTPStatus.NOT_FOUND
    assert (await admin.get(f"/api/v1/tokens/{DRIVER}")).status_code == HTTPStatus.NOT_FOUND
    entries = [entry for entry in world.bus.audited if isinstance(entry, AuditRecorded) and entry.method == "DELETE"]
    assert [pseudonym in entry.path for entry in entries] == [True] * len(entries)
    assert DRIVER not in said(world)


async def test_a_token_that_is_provisioned_again_is_another_person(world: World) -> None:
    admin = admin_of(with_vault(world))
    await admin.put(f"/api/v1/tokens/{DRIVER}", json={})
    before = world.identities.vault.identities_of(DRIVER, "token")
    await admin.delete(f"/api/v1/identities/{DRIVER}")

    await admin.put(f"/api/v1/tokens/{DRIVER}", json={})

    [after] = world.identities.vault.identities_of(DRIVER, "token")
    assert is_pseudonym(after)
    assert after not in before


async def test_nobody_is_404_and_a_deployment_without_a_vault_says_so(world: World) -> None:
    assert (await admin_of(world).get(f"/api/v1/identities/{DRIVER}")).status_code == HTTPStatus.CONFLICT

    admin = admin_of(with_vault(world))
    assert (await admin.get(f"/api/v1/identities/{DRIVER}")).status_code == HTTPStatus.NOT_FOUND
    assert (await admin.delete(f"/api/v1/identities/{DRIVER}")).status_code == HTTPStatus.NOT_FOUND
