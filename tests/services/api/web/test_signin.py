"""People sign in to the console at an OpenID provider, and nobody else by what passes between."""

import datetime as dt
import re

import pytest
from httpx import AsyncClient

from services.api.config import Config
from services.api.fakes import KEY, World
from tests.services.api.conftest import stranger_of
from tests.services.api.issuer import ISSUER, PROVIDER, Issuer, asked_for


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def world(issuer: Issuer) -> World:
    world = World(Config(key=KEY, password_cost=4, provider=PROVIDER))
    world.outside = issuer
    return world


@pytest.fixture
def browser(world: World) -> AsyncClient:
    return stranger_of(world)


async def begun(browser: AsyncClient, issuer: Issuer, wanted: str = "/stations", **claims: object) -> dict[str, str]:
    """Go to the provider, which then has a token for whoever comes back; what it was asked for."""
    sent = await browser.get(f"/login/oidc?next={wanted}")
    assert sent.status_code == 303
    assert sent.headers["location"].startswith(f"{ISSUER}/authorize?")
    asked = asked_for(sent.headers["location"])
    issuer.id_token = issuer.token(**{"aud": "voltbus-console", "nonce": asked["nonce"], **claims})  # type: ignore[arg-type]
    return asked


async def come_back(browser: AsyncClient, **query: str) -> str:
    answer = await browser.get("/login/oidc/callback", params=query)
    return answer.headers.get("location") or answer.text


async def test_a_person_signs_in_and_goes_on_to_the_page_that_was_wanted(browser: AsyncClient, issuer: Issuer) -> None:
    asked = await begun(browser, issuer, roles=["viewer"])

    page = await come_back(browser, code="c-1", state=asked["state"])

    assert 'content="0;url=/stations"' in page
    assert (await browser.get("/stations")).status_code == 200
    assert (await browser.get("/api/v1/me")).json()["name"] == "oidc:ann"
    assert (await browser.post("/tokens", data={"token": "A"})).status_code == 403
    (form,) = issuer.redeemed
    assert (form["code"], form["client_id"]) == ("c-1", "voltbus-console")
    assert form["redirect_uri"] == asked["redirect_uri"] == "http://voltbus.test/login/oidc/callback"


async def test_the_code_is_bound_to_the_browser_that_asked_for_it(browser: AsyncClient, issuer: Issuer) -> None:
    asked = await begun(browser, issuer)

    assert asked["code_challenge_method"] == "S256"
    await come_back(browser, code="c", state=asked["state"])
    assert issuer.redeemed[0]["code_verifier"] not in str(asked)
    assert len(asked["code_challenge"]) == 43


@pytest.mark.parametrize(
    "query", [{"state": "of-somebody-else", "code": "c"}, {"state": "", "code": "c"}, {"code": ""}]
)
async def test_a_way_back_that_nobody_went_leads_nowhere(
    browser: AsyncClient, issuer: Issuer, query: dict[str, str]
) -> None:
    asked = await begun(browser, issuer)

    assert await come_back(browser, **{"state": asked["state"], **query}) == "/login?refused=1"
    assert issuer.redeemed == []
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_another_browser_cannot_come_back(browser: AsyncClient, issuer: Issuer, world: World) -> None:
    asked = await begun(browser, issuer)

    assert await come_back(stranger_of(world), code="c", state=asked["state"]) == "/login?refused=1"


@pytest.mark.parametrize("claims", [{"nonce": "of-another-sign-in"}, {"aud": "voltbus-api"}, {"exp": 1}])
async def test_an_id_token_of_something_else_signs_nobody_in(
    browser: AsyncClient, issuer: Issuer, claims: dict[str, object]
) -> None:
    asked = await begun(browser, issuer, **claims)

    assert await come_back(browser, code="c", state=asked["state"]) == "/login?refused=1"
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_the_way_back_is_open_for_some_minutes(browser: AsyncClient, issuer: Issuer, world: World) -> None:
    asked = await begun(browser, issuer)
    world.now += dt.timedelta(minutes=10)

    assert await come_back(browser, code="c", state=asked["state"]) == "/login?refused=1"


async def test_a_sign_in_leads_to_no_other_site(browser: AsyncClient, issuer: Issuer) -> None:
    asked = await begun(browser, issuer, wanted="https://evil.example.com/")

    assert 'url=/"' in await come_back(browser, code="c", state=asked["state"])


async def test_who_signs_in_and_out_by_the_provider_is_in_the_audit_log(
    browser: AsyncClient, issuer: Issuer, world: World
) -> None:
    asked = await begun(browser, issuer)
    await come_back(browser, code="c", state=asked["state"])
    token = re.search(r'name="form_token" value="(\w+)"', (await browser.get("/tokens")).text)
    assert token is not None
    await browser.post("/logout", data={"form_token": token[1]})
    await come_back(browser, code="c", state="x")

    assert [(one.actor, one.action, one.status) for one in world.bus.audited] == [
        ("oidc:ann", "sign-in", 200),
        ("oidc:ann", "sign-out", 200),
        ("operator", "sign-in", 401),
    ]
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_the_login_page_offers_the_provider_where_there_is_one(browser: AsyncClient) -> None:
    assert "/login/oidc?next=/stations" in (await browser.get("/login?next=/stations")).text
    without = stranger_of(World())
    assert "/login/oidc" not in (await without.get("/login")).text
    assert (await without.get("/login/oidc")).status_code == 404
