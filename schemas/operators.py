"""Operators: the users and API keys that may use the API and the console, and the roles that they have."""

import msgspec

from schemas.base import Record, Timestamp
from schemas.topic import Topic

DEFAULT_TENANT = "default"
"""The tenant of every station that names none."""

DEPLOYMENT = ""
"""Stands for the deployment itself, where a record that has a tenant of its own names none: it holds for every tenant's stations."""

NOBODY = "\0"
"""Stands for the tenant of a station that was removed: no tenant is called so."""

TENANT = r"[a-z0-9][a-z0-9._-]{0,63}"
"""How tenants of quotas may be called."""

NAME = r"[a-z0-9][a-z0-9._@-]{0,63}"
"""How users and roles may be called."""

PERMISSION = r"(\*|[a-z]+):(read|command|write|\*)"
"""A permission: a noun of the API, or `*` for all but those of operators themselves, and an action."""


class Scope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which stations a user or a key is limited to: those of one of the tenants, at one of the sites, with all the labels.

    A member that is empty limits nothing; a scope with all members empty is no limit.
    """

    tenants: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    labels: dict[str, str] = {}


EVERYTHING = Scope()


def reaches(tenant: str, place: str) -> bool:
    """Whether what belongs to `tenant` holds at a station of the tenant `place`: its own, and all where it is the deployment's."""
    return tenant in (DEPLOYMENT, place)


class RoleProvisioned(Record, frozen=True, kw_only=True, tag="role-provisioned"):
    """A role: its permissions, each `noun:action`."""

    role: str
    permissions: tuple[str, ...]
    note: str = ""
    provisioned_at: Timestamp
    provisioned_by: str = ""


class RoleRemoved(Record, frozen=True, kw_only=True, tag="role-removed"):
    """The role was removed: who has it may do nothing by it any more."""

    role: str
    removed_at: Timestamp
    removed_by: str = ""


class UserProvisioned(Record, frozen=True, kw_only=True, tag="user-provisioned"):
    """A person who signs in to the console. `password_hash` is made by `services.api.operators.passwords`.

    Logins from before `password_changed_at` are void.
    """

    user: str
    roles: tuple[str, ...] = ()
    scope: Scope = EVERYTHING
    password_hash: str = ""
    password_changed_at: Timestamp
    enabled: bool = True
    note: str = ""
    provisioned_at: Timestamp
    provisioned_by: str = ""


class UserRemoved(Record, frozen=True, kw_only=True, tag="user-removed"):
    """The user was removed: all logins are void."""

    user: str
    removed_at: Timestamp
    removed_by: str = ""


class ApiKeyCreated(Record, frozen=True, kw_only=True, tag="api-key-created"):
    """A key by which a program uses the API. `digest` is the SHA-256 of its secret of 256 random bits, in hexadecimal digits."""

    key: str
    digest: str
    roles: tuple[str, ...] = ()
    scope: Scope = EVERYTHING
    expires_at: Timestamp | None = None
    note: str = ""
    created_at: Timestamp
    created_by: str = ""


class ApiKeyRevoked(Record, frozen=True, kw_only=True, tag="api-key-revoked"):
    """The key was revoked: no process of the API takes it any more."""

    key: str
    revoked_at: Timestamp
    revoked_by: str = ""


class ApiKeyUsed(Record, frozen=True, kw_only=True, tag="api-key-used"):
    """The key was used. Said again at the earliest an hour later, by each process of the API."""

    key: str
    at: Timestamp
    address: str = ""


REF_ROLES = Topic(
    name="csms.ref.roles",
    meaning="Reference data: roles of operators beside the built-in ones.",
    records=(RoleProvisioned, RoleRemoved),
    key="role",
    retention_s=None,
)
REF_USERS = Topic(
    name="csms.ref.users",
    meaning="Reference data: persons who sign in to the console.",
    records=(UserProvisioned, UserRemoved),
    key="user",
    retention_s=None,
)
REF_API_KEYS = Topic(
    name="csms.ref.api-keys",
    meaning="Reference data: keys of programs that use the API; never their secrets.",
    records=(ApiKeyCreated, ApiKeyRevoked),
    key="key",
    retention_s=None,
)
API_KEY_USES = Topic(
    name="csms.api-key-uses",
    meaning="When each key of the API was used, once an hour at most.",
    records=(ApiKeyUsed,),
    key="key",
    retention_s=None,
)

TOPICS = (REF_ROLES, REF_USERS, REF_API_KEYS, API_KEY_USES)
