"""Users and keys for tests."""

from typing import Any

from httpx import AsyncClient

from services.api.fakes import World
from tests.services.api.apps import app_of
from tests.services.api.conftest import BEARER, client_of, stranger_of

PASSWORD = "correct horse battery staple"


async def keyed(world: World, *roles: str, **members: Any) -> AsyncClient:
    """A client with an API key that has these roles."""
    async with client_of(app_of(world.ports()), headers=BEARER) as admin:
        made = await admin.post("/api/v1/api-keys", json={"roles": list(roles), **members})
    assert made.status_code == 201, made.text
    return client_of(app_of(world.ports()), headers={"Authorization": f"Bearer {made.json()['secret']}"})


async def signed_in(world: World, user: str, *roles: str, **members: Any) -> AsyncClient:
    """A browser in which a new user with these roles has signed in."""
    async with client_of(app_of(world.ports()), headers=BEARER) as admin:
        body = {"roles": list(roles), "password": PASSWORD, **members}
        made = await admin.put(f"/api/v1/users/{user}", json=body)
    assert made.status_code == 200, made.text
    browser = stranger_of(world)
    login = await browser.post("/login", data={"user": user, "key": PASSWORD})
    assert login.headers["location"] == "/", login.text
    return browser
