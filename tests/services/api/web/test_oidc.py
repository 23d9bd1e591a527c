"""Tokens of an OpenID provider open the API, if they are its own, meant for us, and not over."""

import datetime as dt

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from httpx import AsyncClient

from schemas.operators import Scope
from services.api.config import Config
from services.api.fakes import KEY, NOON, World
from services.api.web.oidc import ASKED_EVERY_S, KEYS_KEPT_S, Provider, Refused, Tokens
from tests.services.api.apps import app_of
from tests.services.api.conftest import client_of
from tests.services.api.issuer import ISSUER, NOW, PROVIDER, Issuer


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def world(issuer: Issuer) -> World:
    world = World(Config(key=KEY, password_cost=4, provider=PROVIDER))
    world.outside = issuer
    return world


@pytest.fixture
def program(world: World) -> AsyncClient:
    return client_of(app_of(world.ports()))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_token_opens_what_its_roles_permit(program: AsyncClient, issuer: Issuer) -> None:
    headers = bearer(issuer.token(roles=["viewer", "of-another-system"]))

    me = (await program.get("/api/v1/me", headers=headers)).json()
    assert (me["name"], me["kind"], me["roles"]) == ("oidc:ann", "token", ["viewer"])
    assert (await program.get("/api/v1/stations", headers=headers)).status_code == 200
    assert (await program.put("/api/v1/tokens/A", json={}, headers=headers)).status_code == 403


OTHERS = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": NOW - 31},
        {"exp": None},
        {"exp": "tomorrow"},
        {"nbf": NOW + 60},
        {"aud": "another-api"},
        {"aud": None},
        {"iss": "https://evil.example.com"},
        {"iss": None},
        {"sub": None},
        {"preferred_username": None},
        {"preferred_username": ["ann"]},
        {"key": "of another issuer"},
        {"kid": "unknown"},
        {"key": "a-secret-of-sixteen-or-more-bytes-in-all", "algorithm": "HS256"},
        {"key": "", "algorithm": "none"},
    ],
    ids=str,
)
async def test_a_token_that_is_not_right_opens_nothing(
    program: AsyncClient, issuer: Issuer, claims: dict[str, object]
) -> None:
    given = {**claims}
    if given.get("key") == "of another issuer":
        given["key"] = OTHERS
    if given.get("algorithm") == "none":
        token = issuer.token()
        token = f"eyJhbGciOiJub25lIiwia2lkIjoia2V5LTEifQ.{token.split('.')[1]}."
    else:
        token = issuer.token(**given)  # type: ignore[arg-type]

    answer = await program.get("/api/v1/stations", headers=bearer(token))

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("token", ["ey..", "eyJ.x.y", "ey" + "a" * 20_000 + ".b.c", "eyJhbGciOiJFUzI1NiJ9.e30."])
async def test_what_is_no_token_opens_nothing(program: AsyncClient, token: str) -> None:
    assert (await program.get("/api/v1/stations", headers=bearer(token))).status_code == 401


async def test_keys_are_asked_for_once_and_again_where_one_is_new(issuer: Issuer, world: World) -> None:
    tokens = Tokens(PROVIDER, issuer, clock=lambda: world.now)
    for _ in range(3):
        await tokens.owner(issuer.token())
    assert len(issuer.asked) == 2
    issuer.rotate()
    with pytest.raises(Refused):
        await tokens.owner(issuer.token())  # asked a moment ago
    world.now += dt.timedelta(seconds=ASKED_EVERY_S)

    assert (await tokens.owner(issuer.token())).name == "ann"
    assert len(issuer.asked) == 3


async def test_a_key_that_was_withdrawn_opens_nothing_after_a_while(issuer: Issuer, world: World) -> None:
    tokens = Tokens(PROVIDER, issuer, clock=lambda: world.now)
    old = issuer.token(exp=NOW + 10 * int(KEYS_KEPT_S))
    await tokens.owner(old)
    issuer.rotate(keep=False)
    world.now += dt.timedelta(seconds=KEYS_KEPT_S)

    with pytest.raises(Refused, match="does not have"):
        await tokens.owner(old)


async def test_known_keys_do_while_the_provider_is_away_and_unknown_ones_are_an_outage(
    issuer: Issuer, world: World, program: AsyncClient
) -> None:
    token = issuer.token(exp=NOW + 10 * int(KEYS_KEPT_S))
    assert (await program.get("/api/v1/stations", headers=bearer(token))).status_code == 200
    issuer.away = True
    world.now += dt.timedelta(seconds=KEYS_KEPT_S)

    assert (await program.get("/api/v1/stations", headers=bearer(token))).status_code == 200
    fresh = client_of(app_of(world.ports()))
    assert (await fresh.get("/api/v1/stations", headers=bearer(token))).status_code == 503


async def test_odd_tokens_do_not_make_us_ask_the_provider_for_each(issuer: Issuer) -> None:
    tokens = Tokens(PROVIDER, issuer, clock=lambda: NOON)
    for number in range(9):
        with pytest.raises(Refused):
            await tokens.owner(issuer.token(kid=f"odd-{number}"))

    assert len(issuer.asked) == 2


@pytest.mark.parametrize(
    ("claims", "scope"),
    [
        ({"where": {"sites": ["oslo"]}, "org": "acme"}, Scope(sites=("oslo",), tenants=("acme",))),
        ({"where": {"sites": "oslo rome"}, "org": ["acme"]}, Scope(sites=("oslo", "rome"), tenants=("acme",))),
        ({"where": {"sites": []}, "org": "acme"}, None),
        ({"org": "acme"}, None),
    ],
)
async def test_claims_limit_their_owner_and_one_that_is_missing_lets_nobody_in(
    issuer: Issuer, claims: dict[str, object], scope: Scope | None
) -> None:
    provider = Provider(issuer=ISSUER, audience="voltbus-api", sites_claim="where.sites", tenants_claim="org")
    tokens = Tokens(provider, issuer, clock=lambda: NOON)

    if scope is None:
        with pytest.raises(Refused, match="no claim"):
            await tokens.owner(issuer.token(**claims))  # type: ignore[arg-type]
    else:
        assert (await tokens.owner(issuer.token(**claims))).scope == scope  # type: ignore[arg-type]


async def test_without_an_audience_no_access_token_is_taken(issuer: Issuer) -> None:
    tokens = Tokens(Provider(issuer=ISSUER, client_id="voltbus-console"), issuer, clock=lambda: NOON)

    with pytest.raises(Refused, match="oidc_audience"):
        await tokens.owner(issuer.token(aud=""))


async def test_keys_of_this_deployment_open_it_still(program: AsyncClient) -> None:
    assert (await program.get("/api/v1/stations", headers=bearer(KEY))).status_code == 200
