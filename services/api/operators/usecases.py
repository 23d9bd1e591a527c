"""Use cases of operators: users, API keys and roles, made, changed and removed. Routes and pages call them."""

import secrets
from collections.abc import Collection, Iterable
from http import HTTPStatus

from msgspec.structs import replace

from schemas.base import Record
from schemas.operators import (
    REF_API_KEYS,
    REF_ROLES,
    REF_USERS,
    ApiKeyCreated,
    ApiKeyRevoked,
    RoleProvisioned,
    RoleRemoved,
    Scope,
    UserProvisioned,
    UserRemoved,
)
from services.api.operators.rows import (
    VALID_NAME,
    VALID_PERMISSION,
    ApiKey,
    CreateApiKey,
    NewApiKey,
    ProvisionRole,
    ProvisionUser,
    ScopeGiven,
    User,
    key_of,
    user_of,
)
from services.api.operators.uses import last_use
from services.api.ports import Ports
from services.api.web.changing import WHATEVER, Condition, changed
from services.api.web.parameters import in_utc
from services.api.web.passwords import SHORTEST, Hashing
from services.api.web.policy import BUILT_IN, Role, covers
from services.api.web.principals import PREFIX, digest_of, role_of
from services.api.web.problems import Problem, invalid, not_found

SECRET_BYTES = 32
ID_CHARACTERS = 16
MOST = 1_000
"""Users, keys and roles, each: every process of the API holds them all."""

NAMED_SO = "lower-case letters, digits, '.', '_', '@' and '-', a letter or digit first"


# -- users ------------------------------------------------------------------------------------------------------------


def users(ports: Ports) -> tuple[User, ...]:
    """Every user, by name."""
    records = sorted(ports.reference.all(REF_USERS).items())
    return tuple(user_of(record) for _, record in records if isinstance(record, UserProvisioned))


def known_user(ports: Ports, name: str) -> UserProvisioned:
    """The record of a user. Raises Problem: 404."""
    record = ports.reference.get(REF_USERS, name)
    if not isinstance(record, UserProvisioned):
        raise not_found(f"No user is called {name!r}.")
    return record


async def save_user(ports: Ports, name: str, data: ProvisionUser, *, given: Condition = WHATEVER) -> UserProvisioned:
    """Provision a user, or change one. Raises Problem, Outage."""
    _require_name("user", name)
    _require_grantable(ports, _existing(ports, data.roles))
    if data.password and len(data.password) < SHORTEST:
        raise invalid("password", f"{SHORTEST} characters or more")
    new_hash = await Hashing(n=ports.config.password_cost).hashed(data.password) if data.password else ""

    async def made(before: Record | None) -> UserProvisioned:
        known = before if isinstance(before, UserProvisioned) else None
        if known is None:
            _require_room(ports.reference.all(REF_USERS).values(), UserProvisioned)
        else:
            _require_grantable(ports, _found(ports, known.roles))
        now = ports.clock()
        return UserProvisioned(
            user=name,
            roles=tuple(dict.fromkeys(data.roles)),
            scope=_scope(ports, data.scope),
            password_hash=new_hash or (known.password_hash if known else ""),
            password_changed_at=now if new_hash or known is None else known.password_changed_at,
            enabled=data.enabled,
            note=data.note,
            provisioned_at=now,
            provisioned_by=ports.principal.name,
        )

    return await changed(ports, REF_USERS, name, made, given=given)


async def remove_user(ports: Ports, name: str, *, given: Condition = WHATEVER) -> None:
    """Remove a user: all logins are void. Raises Problem: 404; Outage."""

    async def made(before: Record | None) -> UserRemoved:
        if not isinstance(before, UserProvisioned):
            raise not_found(f"No user is called {name!r}.")
        _require_grantable(ports, _found(ports, before.roles))
        return UserRemoved(user=name, removed_at=ports.clock(), removed_by=ports.principal.name)

    await changed(ports, REF_USERS, name, made, given=given)


# -- API keys ---------------------------------------------------------------------------------------------------------


def api_keys(ports: Ports) -> tuple[ApiKey, ...]:
    """Every key that was not revoked, by its id."""
    records = sorted(ports.reference.all(REF_API_KEYS).items())
    return tuple(_shown(ports, record) for _, record in records if isinstance(record, ApiKeyCreated))


def api_key(ports: Ports, key: str) -> ApiKey:
    """A key. Raises Problem: 404."""
    record = ports.reference.get(REF_API_KEYS, key)
    if not isinstance(record, ApiKeyCreated):
        raise not_found(f"There is no API key {key!r}.")
    return _shown(ports, record)


async def create_key(ports: Ports, data: CreateApiKey) -> NewApiKey:
    """Create a key; its secret is in the answer and nowhere else. Raises Problem, Outage."""
    _require_grantable(ports, _existing(ports, data.roles))
    expires_at = in_utc("expires_at", data.expires_at)
    if expires_at is not None and expires_at <= ports.clock():
        raise invalid("expires_at", "a moment in the future")
    _require_room(ports.reference.all(REF_API_KEYS).values(), ApiKeyCreated)
    id_, secret = ports.new_id()[-ID_CHARACTERS:], secrets.token_urlsafe(SECRET_BYTES)

    async def made(before: Record | None) -> ApiKeyCreated:
        if before is not None:
            raise Problem(HTTPStatus.CONFLICT, "The id of the new key is taken; try again.")
        return ApiKeyCreated(
            key=id_,
            digest=digest_of(secret),
            roles=tuple(dict.fromkeys(data.roles)),
            scope=_scope(ports, data.scope),
            expires_at=expires_at,
            note=data.note,
            created_at=ports.clock(),
            created_by=ports.principal.name,
        )

    record = await changed(ports, REF_API_KEYS, id_, made)
    return NewApiKey(secret=f"{PREFIX}{id_}_{secret}", api_key=_shown(ports, record))


async def revoke_key(ports: Ports, key: str) -> None:
    """Revoke a key, at every process of the API. Raises Problem: 404; Outage."""

    async def made(before: Record | None) -> ApiKeyRevoked:
        if not isinstance(before, ApiKeyCreated):
            raise not_found(f"There is no API key {key!r}.")
        _require_grantable(ports, _found(ports, before.roles))
        return ApiKeyRevoked(key=key, revoked_at=ports.clock(), revoked_by=ports.principal.name)

    await changed(ports, REF_API_KEYS, key, made)


def _shown(ports: Ports, record: ApiKeyCreated) -> ApiKey:
    used = last_use(ports, record.key)
    return key_of(record, now=ports.clock(), used_at=used.at if used else None, used_from=used.address if used else "")


# -- roles ------------------------------------------------------------------------------------------------------------


def roles(ports: Ports) -> tuple[Role, ...]:
    """Every role: the built-in ones, then those of one's own by name."""
    records = (record for _, record in sorted(ports.reference.all(REF_ROLES).items()))
    own = (role_of(ports.reference, record.role) for record in records if isinstance(record, RoleProvisioned))
    return (*BUILT_IN, *(role for role in own if role is not None))


def known_role(ports: Ports, name: str) -> Role:
    """A role. Raises Problem: 404."""
    found = role_of(ports.reference, name)
    if found is None:
        raise not_found(f"No role is called {name!r}.")
    return found


async def save_role(
    ports: Ports, name: str, data: ProvisionRole, *, nouns: Collection[str], given: Condition = WHATEVER
) -> RoleProvisioned:
    """Provision a role, or change one. `nouns`: all that there are. Raises Problem, Outage."""
    _require_name("role", name)
    _require_own(name)
    for permission in data.permissions:
        if not VALID_PERMISSION.fullmatch(permission):
            raise invalid("permissions", f"{permission!r}: each is noun:action, as stations:read")
        noun = permission.partition(":")[0]
        if noun != "*" and noun not in nouns:
            raise invalid("permissions", f"{noun!r} is no noun; there are {', '.join(sorted(nouns))}")
        _require_covered(ports, permission)

    async def made(before: Record | None) -> RoleProvisioned:
        if not isinstance(before, RoleProvisioned):
            _require_room(ports.reference.all(REF_ROLES).values(), RoleProvisioned)
        return RoleProvisioned(
            role=name,
            permissions=tuple(dict.fromkeys(data.permissions)),
            note=data.note,
            provisioned_at=ports.clock(),
            provisioned_by=ports.principal.name,
        )

    return await changed(ports, REF_ROLES, name, made, given=given)


async def remove_role(ports: Ports, name: str, *, given: Condition = WHATEVER) -> None:
    """Remove a role: it permits nothing any more to those who have it. Raises Problem: 404, 409; Outage."""
    _require_own(name)

    async def made(before: Record | None) -> RoleRemoved:
        if not isinstance(before, RoleProvisioned):
            raise not_found(f"No role is called {name!r}.")
        return RoleRemoved(role=name, removed_at=ports.clock(), removed_by=ports.principal.name)

    await changed(ports, REF_ROLES, name, made, given=given)


def _scope(ports: Ports, given: ScopeGiven) -> Scope:
    """What a user or key is limited to: where it names no tenant, to those that its maker is limited to."""
    scope = given.scope()
    return scope if scope.tenants else replace(scope, tenants=ports.principal.scope.tenants)


def _require_own(name: str) -> None:
    if any(role.role == name for role in BUILT_IN):
        raise Problem(HTTPStatus.CONFLICT, f"{name} is built in: give a role of your own another name.")


# -- what they have in common -----------------------------------------------------------------------------------------


def _require_name(field: str, name: str) -> None:
    if not VALID_NAME.fullmatch(name):
        raise invalid(field, f"1 to 64 characters: {NAMED_SO}")


def _existing(ports: Ports, names: Iterable[str]) -> list[Role]:
    """The roles of these names. Raises Problem for one that does not exist."""
    found = []
    for name in names:
        role = role_of(ports.reference, name)
        if role is None:
            there = ", ".join(one.role for one in roles(ports))
            raise invalid("roles", f"no role is called {name!r}; there are {there}")
        found.append(role)
    return found


def _found(ports: Ports, names: Iterable[str]) -> list[Role]:
    """Those of these roles that still exist."""
    return [role for name in names if (role := role_of(ports.reference, name)) is not None]


def _require_grantable(ports: Ports, given: Iterable[Role]) -> None:
    """Nobody gives, changes or takes away more than he has. Raises Problem: 403."""
    for role in given:
        for permission in role.permissions:
            _require_covered(ports, permission)


def _require_covered(ports: Ports, permission: str) -> None:
    if not covers(ports.principal.permissions, permission):
        raise Problem(HTTPStatus.FORBIDDEN, f"Who does not have {permission} himself gives it to nobody.")


def _require_room(records: Iterable[Record], kind: type[Record]) -> None:
    if sum(isinstance(record, kind) for record in records) >= MOST:
        raise Problem(HTTPStatus.CONFLICT, f"There are {MOST} already: remove one first.")
