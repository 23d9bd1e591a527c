"""Provisioning: changes of reference data are proposed, and decided in one place, so that none overwrites another."""

import hashlib
from typing import Literal

import msgspec

from schemas.authorization import REF_TOKENS, TokenProvisioned, TokenRemoved, token_key
from schemas.base import Record, Timestamp
from schemas.boottemplates import REF_BOOT_TEMPLATES, BootTemplateProvisioned, BootTemplateRemoved
from schemas.chargingprofiles import REF_PROFILE_TEMPLATES, ProfileTemplateProvisioned, ProfileTemplateRemoved
from schemas.compatibility import REF_COMPATIBILITY, CompatibilityProvisioned, CompatibilityRemoved
from schemas.contracts import REF_CONTRACT_ROOTS, ContractRootRemoved, ContractRootTrusted
from schemas.energy import REF_SITES, SiteProvisioned, SiteRemoved
from schemas.ids import folded
from schemas.locallists import REF_LOCAL_LISTS, LocalListProvisioned, LocalListRemoved
from schemas.operators import (
    REF_API_KEYS,
    REF_ROLES,
    REF_USERS,
    ApiKeyCreated,
    ApiKeyRevoked,
    RoleProvisioned,
    RoleRemoved,
    UserProvisioned,
    UserRemoved,
)
from schemas.revocations import REF_REVOCATIONS, CertificateRevoked
from schemas.stations import REF_STATIONS, StationProvisioned, StationRemoved
from schemas.tariffs import (
    REF_TARIFF_ASSIGNMENTS,
    REF_TARIFFS,
    TariffAssigned,
    TariffProvisioned,
    TariffRemoved,
    TariffUnassigned,
)
from schemas.tenants import REF_TENANTS, TenantProvisioned, TenantRemoved
from schemas.topic import Topic
from schemas.vendors import REF_VENDORS, VendorProvisioned, VendorRemoved
from schemas.webhooks import REF_WEBHOOKS, WebhookProvisioned, WebhookRemoved

Change = (
    StationProvisioned
    | StationRemoved
    | TokenProvisioned
    | TokenRemoved
    | TariffProvisioned
    | TariffRemoved
    | TariffAssigned
    | TariffUnassigned
    | CompatibilityProvisioned
    | CompatibilityRemoved
    | LocalListProvisioned
    | LocalListRemoved
    | ProfileTemplateProvisioned
    | ProfileTemplateRemoved
    | WebhookProvisioned
    | WebhookRemoved
    | BootTemplateProvisioned
    | BootTemplateRemoved
    | VendorProvisioned
    | VendorRemoved
    | CertificateRevoked
    | ContractRootTrusted
    | ContractRootRemoved
    | RoleProvisioned
    | RoleRemoved
    | UserProvisioned
    | UserRemoved
    | ApiKeyCreated
    | ApiKeyRevoked
    | TenantProvisioned
    | TenantRemoved
    | SiteProvisioned
    | SiteRemoved
)
"""What may be proposed: the record for its reference topic."""

REMOVED = (
    StationRemoved
    | TokenRemoved
    | TariffRemoved
    | TariffUnassigned
    | CompatibilityRemoved
    | LocalListRemoved
    | ProfileTemplateRemoved
    | WebhookRemoved
    | BootTemplateRemoved
    | VendorRemoved
    | ContractRootRemoved
    | RoleRemoved
    | UserRemoved
    | ApiKeyRevoked
    | TenantRemoved
    | SiteRemoved
)
"""The records that stand for a resource which was removed."""

Refusal = Literal["changed", "id-taken", "tariff-assigned", "tariff-unknown", "busy", "evse-taken"]
"""`changed`: the resource was changed since the revision that the proposal was based on. `busy`: too many changes at once; retry later.
`evse-taken`: an EVSE is in the tree of another site."""

TARIFFS = "tariffs"
"""The key of all tariffs and assignments: none may be removed while it is assigned."""

SITES = "sites"
"""The key of all sites: an EVSE is in one tree at most."""


class ChangeProposed(Record, frozen=True, kw_only=True, tag="change-proposed"):
    """A proposal to apply `change`, if the resource still has the revision `based_on` (a `revision_of`).

    `key` is `settled_by(change)`: changes that depend on each other have the same key.
    """

    id: str
    key: str
    change: Change
    based_on: str = ""
    proposed_at: Timestamp


class ChangeSettled(Record, frozen=True, kw_only=True, tag="change-settled"):
    """The decision on a proposal. An accepted change is on its reference topic; otherwise `detail` names what prevents it."""

    id: str
    key: str
    proposal: str
    accepted: bool
    refusal: Refusal | None = None
    detail: str = ""
    proposed_at: Timestamp


class RecentChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change that may not have been read back from its reference topic yet."""

    change: Change
    at: Timestamp


class ProvisioningState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """State of `provisioning` for a key: its latest changes. Everything else is on the reference topics."""

    recent: dict[str, RecentChange] = {}


def deciding_key(change: Change) -> str:  # noqa: PLR0911, PLR0912 one row for each noun
    """The key by which a change is decided."""
    match change:
        case StationProvisioned() | StationRemoved():
            return f"station:{folded(change.station)}"
        case TokenProvisioned() | TokenRemoved():
            return f"token:{token_key(change.token)}"
        case CompatibilityProvisioned() | CompatibilityRemoved():
            return f"compatibility:{change.name}"
        case LocalListProvisioned() | LocalListRemoved():
            return f"local-list:{change.station}"
        case ProfileTemplateProvisioned() | ProfileTemplateRemoved():
            return f"profile-template:{change.template}"
        case VendorProvisioned() | VendorRemoved():
            return f"vendor:{change.vendor}"
        case CertificateRevoked():
            return f"revocation:{change.fingerprint}"
        case ContractRootTrusted() | ContractRootRemoved():
            return f"contract-root:{change.root}"
        case WebhookProvisioned() | WebhookRemoved():
            return f"webhook:{change.webhook}"
        case BootTemplateProvisioned() | BootTemplateRemoved():
            return f"boot-template:{change.template}"
        case RoleProvisioned() | RoleRemoved():
            return f"role:{change.role}"
        case UserProvisioned() | UserRemoved():
            return f"user:{change.user}"
        case ApiKeyCreated() | ApiKeyRevoked():
            return f"api-key:{change.key}"
        case TenantProvisioned() | TenantRemoved():
            return f"tenant:{change.tenant}"
        case SiteProvisioned() | SiteRemoved():
            return SITES
        case _:
            return TARIFFS


def revision_of(record: Record | None) -> str:
    """The revision of a resource: a digest of its record; empty where there is none."""
    if record is None:
        return ""
    return hashlib.blake2b(msgspec.json.encode(record), digest_size=12).hexdigest()


PROVISIONING = Topic(
    name="csms.provisioning",
    meaning="Changes of reference data that operators propose, each based on a revision.",
    records=(ChangeProposed,),
    key="key",
)
PROVISIONING_OUTCOMES = Topic(
    name="csms.provisioning-outcomes",
    meaning="Which proposed changes of reference data were accepted, and why others were not.",
    records=(ChangeSettled,),
    key="key",
)

REFERENCE: tuple[Topic, ...] = (
    REF_STATIONS,
    REF_TOKENS,
    REF_TARIFFS,
    REF_TARIFF_ASSIGNMENTS,
    REF_COMPATIBILITY,
    REF_LOCAL_LISTS,
    REF_PROFILE_TEMPLATES,
    REF_WEBHOOKS,
    REF_BOOT_TEMPLATES,
    REF_VENDORS,
    REF_REVOCATIONS,
    REF_CONTRACT_ROOTS,
    REF_ROLES,
    REF_USERS,
    REF_API_KEYS,
    REF_TENANTS,
    REF_SITES,
)
"""Reference data: read whole at start, kept by the embedded default across restarts."""

TOPICS = (
    PROVISIONING,
    PROVISIONING_OUTCOMES,
)
