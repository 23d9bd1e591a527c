"""Operators in the console: users, API keys and roles, each with its form."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, get, post

from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.operators import usecases
from services.api.operators.rows import ApiKey, CreateApiKey, ProvisionRole, ProvisionUser, User, user_of
from services.api.web.changing import tag_of
from services.api.web.entrance import nouns_of
from services.api.web.parameters import Given
from services.api.web.policy import ACTIONS, Role

HERE = "/operators"


class Users(msgspec.Struct, frozen=True, kw_only=True):
    """Every user, and the one that the form changes; None: a new one."""

    rows: tuple[User, ...]
    user: User | None
    etag: str
    roles: tuple[Role, ...]


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """Every key, and the roles that a new one may have."""

    rows: tuple[ApiKey, ...]
    roles: tuple[Role, ...]


class Roles(msgspec.Struct, frozen=True, kw_only=True):
    """Every role, and the one of one's own that the form changes."""

    rows: tuple[Role, ...]
    role: Role | None
    actions: tuple[str, ...] = ACTIONS


async def users(asked: PageRequest) -> Users:
    """The users and their form."""
    name = asked.get("user")
    record = usecases.known_user(asked.ports, name) if name else None
    return Users(
        rows=usecases.users(asked.ports),
        user=user_of(record) if record else None,
        etag=tag_of(record),
        roles=usecases.roles(asked.ports),
    )


async def keys(asked: PageRequest) -> Keys:
    """The API keys and their form."""
    return Keys(rows=usecases.api_keys(asked.ports), roles=usecases.roles(asked.ports))


async def roles(asked: PageRequest) -> Roles:
    """The roles and their form."""
    name = asked.get("role")
    return Roles(rows=usecases.roles(asked.ports), role=usecases.known_role(asked.ports, name) if name else None)


PAGE = Screen(
    title="Operators",
    nav="operators",
    template="operators/page.html",
    parts=(
        Part(name="users", template="operators/users.html", load=users),
        Part(name="keys", template="operators/keys.html", load=keys, poll_s=60),
        Part(name="roles", template="operators/roles.html", load=roles),
    ),
)


@get(HERE)
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """Users, API keys and roles."""
    await ports.reference.caught_up()
    return await show.page(PAGE, page_request(request, ports))


@post("/operators/users", status_code=200)
async def save_user(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Provision a user."""
    given = await forms.posted(request)
    name = given.get("user", "").strip()
    members = {
        "roles": _chosen(given),
        "scope": _scope(given),
        "password": given.get("password", ""),
        "enabled": "enabled" in given,
        "note": given.get("note", "").strip(),
    }
    saved = await usecases.save_user(ports, name, forms.body(members, ProvisionUser), given=forms.meant(given))
    tag = tag_of(saved) if given.get("etag") else ""
    return show.notice(request, f"{name} is saved.", then=HERE, etag=tag)


@post("/operators/users/remove", status_code=200)
async def remove_user(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Remove a user."""
    name = (await forms.posted(request)).get("user", "")
    await usecases.remove_user(ports, name)
    return show.notice(request, f"{name} was removed; all logins have ended.", then=HERE)


@post("/operators/keys", status_code=200)
async def create_key(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Create an API key, and show its secret once."""
    given = await forms.posted(request)
    members = {
        "roles": _chosen(given),
        "scope": _scope(given),
        "expires_at": forms.moment("expires_at", given.get("expires_at", "")),
        "note": given.get("note", "").strip(),
    }
    created = await usecases.create_key(ports, forms.body(members, CreateApiKey))
    return show.told(
        request, f"Key {created.api_key.key} is created. Copy it now, it is not shown again: {created.secret}"
    )


@post("/operators/keys/revoke", status_code=200)
async def revoke_key(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Revoke an API key."""
    key = (await forms.posted(request)).get("key", "")
    await usecases.revoke_key(ports, key)
    return show.notice(request, f"Key {key} is revoked.", then=HERE)


@post("/operators/roles", status_code=200)
async def save_role(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Provision a role."""
    given = await forms.posted(request)
    name = given.get("role", "").strip()
    members = {"permissions": given.get("permissions", "").split(), "note": given.get("note", "").strip()}
    await usecases.save_role(ports, name, forms.body(members, ProvisionRole), nouns=nouns_of(request.app))
    return show.notice(request, f"{name} is saved.", then=HERE)


@post("/operators/roles/remove", status_code=200)
async def remove_role(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Remove a role."""
    name = (await forms.posted(request)).get("role", "")
    await usecases.remove_role(ports, name)
    return show.notice(request, f"{name} was removed: it permits nothing any more.", then=HERE)


def _chosen(given: Mapping[str, str]) -> list[str]:
    return [name.removeprefix("role-") for name in given if name.startswith("role-")]


def _scope(given: Mapping[str, str]) -> dict[str, Any]:
    return {
        "tenants": _names(given.get("tenants", "")),
        "sites": _names(given.get("sites", "")),
        "labels": forms.pairs(given.get("labels", "")),
    }


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


HANDLERS = (listed, save_user, remove_user, create_key, revoke_key, save_role, remove_role)
