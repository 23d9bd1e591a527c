"""The page of persons: found, exported, erased."""

from http import HTTPStatus

from services.api.fakes import World
from tests.services.api.conftest import browser_of
from tests.services.api.identities.given import DRIVER, admin_of, with_vault
from tests.services.api.operators.given import signed_in


async def test_a_person_is_found_and_erased_on_the_page(world: World) -> None:
    await admin_of(with_vault(world)).put(f"/api/v1/tokens/{DRIVER}", json={})
    browser = await browser_of(world)
    [pseudonym] = world.identities.vault.identities_of(DRIVER, "token")

    page = await browser.get("/identities", params={"identity": DRIVER.lower()})
    erased = await browser.post("/identities/erase", data={"identity": DRIVER}, headers={"HX-Request": "true"})
    after = await browser.get("/identities", params={"identity": pseudonym})

    assert f"<h2>{DRIVER}</h2>" in page.text
    assert f"/api/v1/identities/{pseudonym}/export" in page.text
    assert "is nobody from now on; the token was removed" in erased.text
    assert world.identities.vault.reveal(pseudonym) is None
    assert "Nobody is kept as" in after.text


async def test_a_deployment_without_a_vault_says_how_to_have_one(world: World) -> None:
    page = await (await browser_of(world)).get("/identities")

    assert "identities_key_file" in page.text


async def test_who_may_not_see_persons_has_no_page(world: World) -> None:
    viewer = await signed_in(with_vault(world), "ann", "viewer")

    assert (await viewer.get("/identities")).status_code == HTTPStatus.FORBIDDEN
