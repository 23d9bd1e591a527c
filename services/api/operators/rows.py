"""Operators as the API takes and gives them: users, API keys, roles. No hash and no secret is among them."""

import datetime as dt
import re
from typing import Annotated

import msgspec
from litestar.params import PathParameter

from schemas.base import Timestamp
from schemas.operators import DEFAULT_TENANT, NAME, PERMISSION, ApiKeyCreated, Scope, UserProvisioned
from services.api.web.bodies import Body
from services.api.web.passwords import LONGEST, SHORTEST

VALID_NAME = re.compile(NAME)
VALID_PERMISSION = re.compile(PERMISSION)

UserPath = Annotated[
    str, PathParameter(description="Name of the user: lower-case letters, digits, '.', '_', '@' and '-'.")
]
RolePath = Annotated[str, PathParameter(description="Name of the role.")]
ApiKeyPath = Annotated[str, PathParameter(description="Id of the API key.")]

Note = Annotated[str, msgspec.Meta(max_length=500, description="What it is for, for the reader.")]
Names = Annotated[tuple[str, ...], msgspec.Meta(max_length=100)]
RoleNames = Annotated[
    tuple[str, ...],
    msgspec.Meta(max_length=20, description="Names of roles; together they permit.", examples=[["viewer"]]),
]


class ScopeGiven(Body, frozen=True, kw_only=True):
    """Which stations it is limited to: those that fit every member; an empty member limits nothing."""

    tenants: Annotated[
        Names, msgspec.Meta(description=f"Of one of these tenants; `{DEFAULT_TENANT}`: of none in particular.")
    ] = ()
    sites: Annotated[Names, msgspec.Meta(description="At one of these sites.", examples=[["berlin-1"]])] = ()
    labels: Annotated[dict[str, str], msgspec.Meta(max_length=20, description="With all of these labels.")] = {}

    def scope(self) -> Scope:
        """As it is kept."""
        return Scope(
            tenants=tuple(dict.fromkeys(self.tenants)), sites=tuple(dict.fromkeys(self.sites)), labels=self.labels
        )


class ProvisionUser(Body, frozen=True, kw_only=True):
    """A person who signs in to the console."""

    roles: RoleNames = ()
    scope: ScopeGiven = msgspec.field(default_factory=ScopeGiven)
    password: Annotated[
        str,
        msgspec.Meta(
            max_length=LONGEST,
            description=f"{SHORTEST} characters or more. Empty: as before. A new one ends the user's logins. Stored hashed, never told.",
        ),
    ] = ""
    enabled: Annotated[bool, msgspec.Meta(description="Whether the user may sign in; false ends all logins.")] = True
    note: Note = ""


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person who signs in to the console."""

    user: str
    roles: tuple[str, ...]
    scope: Scope
    enabled: bool
    has_password: bool
    password_changed_at: dt.datetime
    note: str
    provisioned_at: dt.datetime
    provisioned_by: str


class ProvisionRole(Body, frozen=True, kw_only=True):
    """A role of one's own."""

    permissions: Annotated[
        tuple[str, ...],
        msgspec.Meta(
            min_length=1,
            max_length=200,
            description="Each `noun:action`: a noun as the tags of this document name them, or `*` for all but `operators` and `audit`;"
            " `read`, `command`, `write`, or `*`.",
            examples=[["*:read", "chargingprofiles:command"]],
        ),
    ]
    note: Note = ""


class CreateApiKey(Body, frozen=True, kw_only=True):
    """A key for a program."""

    roles: Annotated[RoleNames, msgspec.Meta(min_length=1)]
    scope: ScopeGiven = msgspec.field(default_factory=ScopeGiven)
    expires_at: Annotated[
        Timestamp | None, msgspec.Meta(description="From then on it is refused; null: until it is revoked.")
    ] = None
    note: Note = ""


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key of a program. `used_at` is true to the hour."""

    key: str
    roles: tuple[str, ...]
    scope: Scope
    expires_at: dt.datetime | None
    expired: bool
    used_at: dt.datetime | None
    used_from: str
    note: str
    created_at: dt.datetime
    created_by: str


class NewApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that was just created: `secret` is what the program sends as bearer token, and is told this once."""

    secret: str
    api_key: ApiKey


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and what it may do."""

    name: str
    kind: str
    roles: tuple[str, ...]
    permissions: tuple[str, ...]
    scope: Scope


def user_of(record: UserProvisioned) -> User:
    """A user as callers see it."""
    members = {name: getattr(record, name) for name in User.__struct_fields__ if name != "has_password"}
    return User(**members, has_password=bool(record.password_hash))


def key_of(record: ApiKeyCreated, *, now: dt.datetime, used_at: dt.datetime | None, used_from: str) -> ApiKey:
    """A key as callers see it."""
    return ApiKey(
        key=record.key,
        roles=record.roles,
        scope=record.scope,
        expires_at=record.expires_at,
        expired=record.expires_at is not None and record.expires_at <= now,
        used_at=used_at,
        used_from=used_from,
        note=record.note,
        created_at=record.created_at,
        created_by=record.created_by,
    )
