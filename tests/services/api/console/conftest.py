"""The console over a world in memory: empty, good or hostile."""

import httpx
import pytest

from services.api.console import routes
from services.api.fakes import KEY, World
from services.api.http import create_app
from tests.services.api.conftest import client_of


def stranger_of(world: World) -> httpx.AsyncClient:
    """A browser that is not logged in."""
    client = client_of(create_app(world.ports(), console=routes.routers()))
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
