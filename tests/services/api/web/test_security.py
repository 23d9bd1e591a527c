"""Security headers: on every answer; that of HSTS over https alone."""

import httpx
import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from services.api.config import Config
from services.api.fakes import KEY, World
from services.api.web.security import HEADERS
from tests.services.api.apps import app_of

HSTS = "strict-transport-security"


async def head_of(world: World, scheme: str = "http", *, proxy: str = "", **headers: str) -> httpx.Headers:
    """The head of an answer to a request that came by this scheme; `proxy`: whose X-Forwarded-Proto is trusted."""
    app = ProxyHeadersMiddleware(app_of(world.ports(), console=True), trusted_hosts=proxy)
    transport = httpx.ASGITransport(app, client=("10.0.0.1", 4000))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://voltbus.test", headers=headers) as client:
        return (await client.get("/login")).headers


async def test_every_answer_has_them() -> None:
    head = await head_of(World())
    assert {name: head[name] for name in HEADERS} == HEADERS
    assert "camera=()" in head["permissions-policy"]


async def test_https_is_asked_for_from_then_on_where_the_request_came_by_it() -> None:
    assert HSTS not in await head_of(World())
    assert (await head_of(World(), "https"))[HSTS] == "max-age=31536000"


@pytest.mark.parametrize(("proxy", "said"), [("10.0.0.1", True), ("10.0.0.2", False)], ids=("trusted", "not trusted"))
async def test_a_proxy_says_so_where_it_is_trusted(proxy: str, said: bool) -> None:
    head = await head_of(World(), proxy=proxy, **{"X-Forwarded-Proto": "https"})
    assert (HSTS in head) == said


async def test_it_can_be_turned_off() -> None:
    assert HSTS not in await head_of(World(Config(key=KEY, hsts_s=0)), "https")
