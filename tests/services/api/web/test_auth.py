"""Who may use the API, and how the console logs in."""

from datetime import timedelta

import pytest
from httpx import AsyncClient

from schemas.logins import LoginEnded
from services.api.config import Config
from services.api.fakes import KEY, NOON, World
from services.api.http import create_app
from services.api.web.auth import COOKIE, OperatorKey, local_path
from services.api.web.policy import POLICY, NounPolicy, Policy
from tests.services.api.apps import app_of
from tests.services.api.conftest import BEARER, client_of


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready", "/metrics"])
async def test_health_and_metrics_need_no_key(anybody: AsyncClient, path: str) -> None:
    assert (await anybody.get(path)).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/stations", "/api/v1/events", "/schema", "/schema/openapi.yaml"])
@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer wrong", f"Basic {KEY}", f"Bearer {KEY}x", "Bearer \udcff"]
)
async def test_everything_else_does(anybody: AsyncClient, path: str, authorization: str) -> None:
    header = authorization.encode("utf-8", "surrogateescape")

    answer = await anybody.get(path, headers=[(b"authorization", header)])

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_login_by_form_sets_a_cookie_that_opens_the_api(anybody: AsyncClient) -> None:
    login = await anybody.post("/login", data={"key": KEY, "next": "/stations/A?tab=log"}, follow_redirects=False)

    assert (login.status_code, login.headers["location"]) == (303, "/stations/A?tab=log")
    cookie = login.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert KEY not in cookie
    assert (await anybody.get("/api/v1/stations")).status_code == 200


async def test_a_login_by_json_sets_the_same_cookie(anybody: AsyncClient) -> None:
    assert (await anybody.post("/login", json={"key": KEY})).status_code == 204
    assert (await anybody.get("/api/v1/stations")).status_code == 200


async def test_a_wrong_key_opens_nothing(anybody: AsyncClient) -> None:
    form = await anybody.post("/login", data={"key": "wrong", "next": "/x"}, follow_redirects=False)
    program = await anybody.post("/login", json={"key": "wrong"})

    assert form.headers["location"] == "/login?refused=1&next=/x"
    assert program.status_code == 401
    assert COOKIE not in anybody.cookies


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"key": 1}', b"\xff"])
async def test_a_login_that_cannot_be_read_is_refused(anybody: AsyncClient, body: bytes) -> None:
    answer = await anybody.post("/login", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 422


async def test_a_login_ends_with_its_time(anybody: AsyncClient, world: World) -> None:
    await anybody.post("/login", json={"key": KEY})
    world.now = NOON + timedelta(seconds=world.config.login_s + 1)

    assert (await anybody.get("/api/v1/stations")).status_code == 401


async def test_every_process_with_the_key_admits_the_login(anybody: AsyncClient) -> None:
    await anybody.post("/login", json={"key": KEY})
    cookies = dict(anybody.cookies)

    async with client_of(app_of(World().ports()), cookies=cookies) as same:
        assert (await same.get("/api/v1/stations")).status_code == 200
    async with client_of(app_of(World(Config(key="another-key-altogether")).ports()), cookies=cookies) as other:
        assert (await other.get("/api/v1/stations")).status_code == 401


@pytest.mark.parametrize("login", ["", ".", "x.y", "99999999999.forged", "9" * 400 + ".x", "²³.x", "1.ü"])
def test_a_forged_login_is_not_admitted(login: str) -> None:
    assert OperatorKey(KEY).read(login) is None


async def test_a_logout_forgets_the_cookie(anybody: AsyncClient) -> None:
    await anybody.post("/login", json={"key": KEY})

    answer = await anybody.post("/logout", follow_redirects=False)

    assert answer.headers["location"] == "/login"
    assert (await anybody.get("/api/v1/stations")).status_code == 401


async def test_a_logout_ends_the_login_wherever_its_cookie_went(anybody: AsyncClient, world: World) -> None:
    """A cookie that somebody copied is void in every process that hears Kafka."""
    await anybody.post("/login", json={"key": KEY})
    stolen = dict(anybody.cookies)
    await anybody.post("/logout")

    async with client_of(app_of(world.ports()), cookies=stolen) as elsewhere:
        answer = await elsewhere.get("/api/v1/stations")

    assert answer.status_code == 401
    assert [type(record) for record in world.bus.published] == [LoginEnded]


async def test_a_logout_ends_no_other_login(anybody: AsyncClient, world: World) -> None:
    await anybody.post("/login", json={"key": KEY})
    async with client_of(app_of(world.ports())) as colleague:
        await colleague.post("/login", json={"key": KEY})
        await anybody.post("/logout")

        assert (await colleague.get("/api/v1/stations")).status_code == 200


async def test_a_logout_that_kafka_does_not_take_is_told(anybody: AsyncClient, world: World) -> None:
    await anybody.post("/login", json={"key": KEY})
    world.bus.away = True

    assert (await anybody.post("/logout", follow_redirects=False)).status_code == 503


async def test_a_logout_without_a_login_says_nothing_to_kafka(anybody: AsyncClient, world: World) -> None:
    assert (await anybody.post("/logout", follow_redirects=False)).status_code == 303
    assert world.bus.published == []


async def test_a_login_that_nobody_uses_ends(anybody: AsyncClient, world: World) -> None:
    await anybody.post("/login", json={"key": KEY})
    world.now = NOON + timedelta(seconds=world.config.idle_s)

    assert (await anybody.get("/api/v1/stations")).status_code == 401


async def test_a_login_that_is_used_goes_on_until_its_last_moment(anybody: AsyncClient, world: World) -> None:
    await anybody.post("/login", json={"key": KEY})
    answers = []
    for minutes in range(50, world.config.login_s // 60 + 100, 50):
        world.now = NOON + timedelta(minutes=minutes)
        answers.append((await anybody.put("/api/v1/tokens/A", json={})).status_code)

    assert answers == [200] * 14 + [401, 401]


async def test_what_a_page_does_by_itself_keeps_no_login_alive(anybody: AsyncClient, world: World) -> None:
    await anybody.post("/login", json={"key": KEY})
    for minutes in (30, 59):
        world.now = NOON + timedelta(minutes=minutes)
        await anybody.get("/api/v1/stations")
        await anybody.get("/schema", headers={"hx-request": "true"})
    world.now = NOON + timedelta(minutes=61)

    assert (await anybody.get("/api/v1/stations")).status_code == 401


async def test_a_key_cannot_be_guessed_quickly(anybody: AsyncClient, world: World) -> None:
    wrong = [await anybody.post("/login", json={"key": "wrong"}) for _ in range(world.config.login_failures)]
    right = await anybody.post("/login", json={"key": KEY})
    form = await anybody.post("/login", data={"key": KEY}, follow_redirects=False)
    world.now = NOON + timedelta(seconds=60)
    later = await anybody.post("/login", json={"key": KEY})

    assert {answer.status_code for answer in wrong} == {401}
    assert (right.status_code, form.status_code, later.status_code) == (429, 429, 204)
    assert 0 < int(right.headers["retry-after"]) <= 60
    assert form.headers["content-type"].startswith("text/html")


FOREIGN = [
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://voltbus.test.evil.example"},
    {"sec-fetch-site": "cross-site", "origin": "http://voltbus.test"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/api/v1/tokens/A"), ("DELETE", "/api/v1/tokens/A"), ("POST", "/logout"), ("POST", "/login")],
)
async def test_another_sites_page_cannot_act_with_the_cookie_by_any_header(
    anybody: AsyncClient, world: World, headers: dict[str, str], method: str, path: str
) -> None:
    await anybody.post("/login", json={"key": KEY})

    body = {"json": {"key": KEY}} if path != "/logout" and method != "DELETE" else {}
    answer = await anybody.request(method, path, headers=headers, **body)

    assert answer.status_code == 403
    assert world.bus.published == []


@pytest.mark.parametrize(
    "headers", [{"origin": "http://voltbus.test"}, {"sec-fetch-site": "same-origin", "origin": "x"}, {}]
)
async def test_our_own_pages_and_programs_may(anybody: AsyncClient, headers: dict[str, str]) -> None:
    await anybody.post("/login", json={"key": KEY})

    assert (await anybody.put("/api/v1/tokens/A", json={}, headers=headers)).status_code == 200


async def test_another_sites_page_cannot_read_with_the_cookie(anybody: AsyncClient) -> None:
    await anybody.post("/login", json={"key": KEY})

    assert (await anybody.get("/api/v1/stations", headers={"origin": "https://evil.example"})).status_code == 403


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"]
)
async def test_the_api_takes_a_body_as_json_alone(client: AsyncClient, world: World, kind: str) -> None:
    """A form of another site cannot be made to look like JSON."""
    headers = {"content-type": kind} if kind else {}

    answer = await client.put("/api/v1/tokens/A", content=b'{"label": "x"}', headers=headers)

    assert answer.status_code == 415
    assert "application/json" in answer.json()["detail"]
    assert world.bus.published == []


async def test_json_may_say_its_charset(client: AsyncClient) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}

    assert (await client.put("/api/v1/tokens/A", content=b"{}", headers=headers)).status_code == 200


async def test_another_sites_page_cannot_act_with_the_cookie(anybody: AsyncClient, world: World) -> None:
    await anybody.post("/login", json={"key": KEY})

    foreign = await anybody.put("/api/v1/tokens/A", json={}, headers={"sec-fetch-site": "same-site"})
    own = await anybody.put("/api/v1/tokens/A", json={}, headers={"sec-fetch-site": "same-origin"})

    assert (foreign.status_code, own.status_code) == (403, 200)
    assert len(world.bus.published) == 1


async def test_a_cookie_goes_over_https_only_where_asked() -> None:
    async with client_of(app_of(World(Config(key=KEY, secure_cookie=True)).ports())) as client:
        login = await client.post("/login", json={"key": KEY})

    assert "secure" in login.headers["set-cookie"].lower()


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/\\evil.example", "x", "", "/a\r\nb"])
def test_a_login_leads_to_no_other_site(path: str) -> None:
    assert local_path(path) == "/"


async def test_no_other_site_is_allowed_to_read(client: AsyncClient) -> None:
    answer = await client.get("/api/v1/stations", headers={"Origin": "https://evil.example"})

    assert "access-control-allow-origin" not in answer.headers


async def test_a_person_without_a_login_is_sent_to_the_login_page(world: World) -> None:
    from litestar import get

    @get("/fleet", opt={POLICY: NounPolicy("overview", Policy())})
    async def page() -> str:
        return "the fleet"

    async with client_of(create_app(world.ports(), console=[page])) as client:
        person = await client.get("/fleet?x=1", headers={"accept": "text/html"}, follow_redirects=False)
        program = await client.get("/fleet")
        operator = await client.get("/fleet", headers=BEARER)

    assert (person.status_code, person.headers["location"]) == (303, "/login?next=/fleet%3Fx%3D1")
    assert program.status_code == 401
    assert operator.text == "the fleet"
