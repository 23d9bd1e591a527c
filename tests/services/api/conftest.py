"""The API over a world in memory, in the test's own loop."""

import httpx
import pytest
from litestar import Litestar

from services.api.fakes import KEY, World
from services.api.http import create_app

BEARER = {"Authorization": f"Bearer {KEY}"}


def client_of(app: Litestar, **options: object) -> httpx.AsyncClient:
    """A client without the key."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://voltbus.test", **options)  # type: ignore[arg-type]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def anybody(world: World) -> httpx.AsyncClient:
    return client_of(create_app(world.ports()))


@pytest.fixture
def client(anybody: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client with the operator's key."""
    anybody.headers.update(BEARER)
    return anybody
