"""Operators: users, API keys and roles, and who asks."""

from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, post, put
from litestar.params import Body

from services.api.operators import usecases
from services.api.operators.rows import (
    ApiKey,
    ApiKeyPath,
    CreateApiKey,
    Me,
    NewApiKey,
    ProvisionRole,
    ProvisionUser,
    RolePath,
    User,
    UserPath,
    user_of,
)
from services.api.web.changing import IfMatch, IfNoneMatch, condition, etag
from services.api.web.entrance import nouns_of
from services.api.web.parameters import Given
from services.api.web.policy import Role
from services.api.web.problems import documented


@get("/me", summary="Who asks")
async def get_me(ports: Given) -> Me:
    """By which name this key or login is known, and what it may do."""
    who = ports.principal
    return Me(name=who.name, kind=who.kind, roles=who.roles, permissions=who.permissions, scope=who.scope)


@get("/users", summary="List users")
async def list_users(ports: Given) -> tuple[User, ...]:
    """Every person who signs in to the console, by name."""
    await ports.reference.caught_up()
    return usecases.users(ports)


@get("/users/{user:str}", summary="Get a user", responses=documented(404))
async def get_user(user: UserPath, ports: Given) -> Response[User]:
    """A user; the `ETag` names its state for `If-Match`."""
    await ports.reference.caught_up()
    record = usecases.known_user(ports, user)
    return Response(user_of(record), headers=etag(record))


@put("/users/{user:str}", summary="Provision a user", responses=documented(403, 409, 412, 422))
async def put_user(
    user: UserPath,
    data: Annotated[ProvisionUser, Body()],
    ports: Given,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[User]:
    """Have a person sign in to the console by name and password. Nobody gives others a role that permits more than his own."""
    record = await usecases.save_user(ports, user, data, given=condition(if_match, if_none_match))
    return Response(user_of(record), headers=etag(record))


@delete("/users/{user:str}", summary="Remove a user", responses=documented(403, 404, 412))
async def delete_user(user: UserPath, ports: Given, if_match: IfMatch = None) -> None:
    """Remove a user; all logins end."""
    await usecases.remove_user(ports, user, given=condition(if_match))


@get("/api-keys", summary="List API keys")
async def list_api_keys(ports: Given) -> tuple[ApiKey, ...]:
    """Every key that was not revoked, with its last use; never its secret."""
    await ports.reference.caught_up()
    return usecases.api_keys(ports)


@post("/api-keys", summary="Create an API key", status_code=HTTPStatus.CREATED, responses=documented(403, 422))
async def create_api_key(data: Annotated[CreateApiKey, Body()], ports: Given) -> NewApiKey:
    """Create a key for a program. Its `secret` is told this once: nobody can read it again."""
    return await usecases.create_key(ports, data)


@get("/api-keys/{key:str}", summary="Get an API key", responses=documented(404))
async def get_api_key(key: ApiKeyPath, ports: Given) -> ApiKey:
    """A key, with its last use."""
    await ports.reference.caught_up()
    return usecases.api_key(ports, key)


@delete("/api-keys/{key:str}", summary="Revoke an API key", responses=documented(403, 404))
async def revoke_api_key(key: ApiKeyPath, ports: Given) -> None:
    """Revoke a key: no process of the API takes it any more, and event streams that it opened end."""
    await usecases.revoke_key(ports, key)


@get("/roles", summary="List roles")
async def list_roles(ports: Given) -> tuple[Role, ...]:
    """The built-in roles, then those of one's own."""
    await ports.reference.caught_up()
    return usecases.roles(ports)


@get("/roles/{role:str}", summary="Get a role", responses=documented(404))
async def get_role(role: RolePath, ports: Given) -> Role:
    """A role and what it permits."""
    await ports.reference.caught_up()
    return usecases.known_role(ports, role)


@put("/roles/{role:str}", summary="Provision a role", responses=documented(403, 409, 412, 422))
async def put_role(
    role: RolePath,
    data: Annotated[ProvisionRole, Body()],
    ports: Given,
    *,
    request: Request[Any, Any, Any],
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Role:
    """Provision a role of one's own; who has it has what it permits from then on."""
    await usecases.save_role(ports, role, data, nouns=nouns_of(request.app), given=condition(if_match, if_none_match))
    return usecases.known_role(ports, role)


@delete("/roles/{role:str}", summary="Remove a role", responses=documented(404, 409, 412))
async def delete_role(role: RolePath, ports: Given, if_match: IfMatch = None) -> None:
    """Remove a role: to users and keys that have it, it permits nothing any more."""
    await usecases.remove_role(ports, role, given=condition(if_match))


def router() -> Router:
    """Users, API keys and roles."""
    handlers = [
        get_me,
        *(list_users, get_user, put_user, delete_user),
        *(list_api_keys, create_api_key, get_api_key, revoke_api_key),
        *(list_roles, get_role, put_role, delete_role),
    ]
    return Router(path="/", route_handlers=handlers)
