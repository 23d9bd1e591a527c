"""The API and the console over a world in memory, in the test's own loop."""

from functools import partial
from pathlib import Path
from zlib import crc32

import httpx
import pytest
from jinja2 import Environment, FileSystemBytecodeCache
from litestar import Litestar

from services.api.console import rendering
from services.api.fakes import KEY, World
from services.api.web.formtokens import HEADER
from tests.services.api.apps import App, app_of

COMPILED = (
    Path(__file__).parents[3] / ".cache" / "templates" / format(crc32(Path(rendering.__file__).read_bytes()), "x")
)
"""Templates as Jinja compiled them, for all processes that run tests: else each would compile two hundred. By the module that says how
they are compiled; Jinja itself looks whether a template has changed since."""

COMPILED.mkdir(parents=True, exist_ok=True)
rendering.Environment = partial(Environment, bytecode_cache=FileSystemBytecodeCache(str(COMPILED)))

BEARER = {"Authorization": f"Bearer {KEY}"}


def client_of(app: App | Litestar, **options: object) -> httpx.AsyncClient:
    """A client without the key. Once it has logged in it sends its login's token with everything, as the console's pages do."""
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://voltbus.test", **options)  # type: ignore[arg-type]

    async def remember(answer: httpx.Response) -> None:
        if HEADER in answer.headers:
            client.headers[HEADER] = answer.headers[HEADER]

    client.event_hooks["response"].append(remember)
    return client


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def anybody(world: World) -> httpx.AsyncClient:
    return client_of(app_of(world.ports()))


@pytest.fixture
def client(anybody: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client with the operator's key."""
    anybody.headers.update(BEARER)
    return anybody


def stranger_of(world: World) -> httpx.AsyncClient:
    """A browser that is not logged in."""
    client = client_of(app_of(world.ports(), console=True))
    client.headers["Accept"] = "text/html"
    return client


async def browser_of(world: World) -> httpx.AsyncClient:
    """A browser that has logged in."""
    client = stranger_of(world)
    login = await client.post("/login", data={"key": KEY})
    assert login.status_code == 303
    return client


@pytest.fixture
def stranger(world: World) -> httpx.AsyncClient:
    """A browser that is not logged in."""
    return stranger_of(world)


@pytest.fixture
async def browser(world: World) -> httpx.AsyncClient:
    """A browser that has logged in."""
    return await browser_of(world)
