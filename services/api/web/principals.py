"""Principals: who a key or a user is, by the reference data that this process has read."""

import hashlib
import hmac
from datetime import datetime
from typing import Protocol

from schemas.base import Record
from schemas.operators import REF_API_KEYS, REF_ROLES, REF_USERS, ApiKeyCreated, RoleProvisioned, UserProvisioned
from schemas.topic import Topic
from services.api.web.policy import BUILT_IN, Principal, Role, permissions_of

PREFIX = "vbk_"
"""Every API key begins so, and then has its id, `_` and its secret: who finds one in a log or a repository knows what it is."""

OPERATOR_KEY = Principal(
    name="operator",
    kind="operator-key",
    roles=("admin",),
    permissions=permissions_of(("admin",), {BUILT_IN[-1].role: BUILT_IN[-1]}),
)
"""Who has the operator key of the deployment."""


class Records(Protocol):
    """Compacted topics as this process has read them."""

    def get(self, topic: Topic, key: str) -> Record | None:
        """The newest record of a key."""


def role_of(reference: Records, name: str) -> Role | None:
    """A role by its name: a built-in one, or one that is provisioned."""
    built_in = next((role for role in BUILT_IN if role.role == name), None)
    if built_in is not None:
        return built_in
    record = reference.get(REF_ROLES, name)
    if not isinstance(record, RoleProvisioned):
        return None
    return Role(role=record.role, permissions=record.permissions, note=record.note)


def digest_of(secret: str) -> str:
    """What is kept of an API key's secret. It has 256 random bits: no slow hash makes it any harder to guess."""
    return hashlib.sha256(secret.encode(errors="surrogateescape")).hexdigest()


def of_key(reference: Records, offered: str, now: datetime) -> tuple[Principal, str] | None:
    """Whose API key it is, and the key's id; None for one that is unknown, wrong, revoked or expired."""
    id_, _, secret = offered.removeprefix(PREFIX).partition("_")
    record = reference.get(REF_API_KEYS, id_) if offered.startswith(PREFIX) else None
    kept = record.digest if isinstance(record, ApiKeyCreated) else ""
    if not hmac.compare_digest(digest_of(secret), kept or "0" * 64) or not isinstance(record, ApiKeyCreated):
        return None
    if record.expires_at is not None and now >= record.expires_at:
        return None
    principal = Principal(
        name=f"key:{id_}",
        kind="api-key",
        roles=record.roles,
        permissions=_permissions(reference, record.roles),
        scope=record.scope,
    )
    return principal, id_


def of_user(reference: Records, name: str) -> tuple[Principal, UserProvisioned] | None:
    """The user of that name; None where there is none, or it is turned off."""
    record = reference.get(REF_USERS, name)
    if not isinstance(record, UserProvisioned) or not record.enabled:
        return None
    principal = Principal(
        name=name,
        kind="user",
        roles=record.roles,
        permissions=_permissions(reference, record.roles),
        scope=record.scope,
    )
    return principal, record


def _permissions(reference: Records, roles: tuple[str, ...]) -> tuple[str, ...]:
    return permissions_of(roles, {name: role for name in roles if (role := role_of(reference, name))})
