"""Tenants: who shares the deployment, and how much of it each may use. Whose a record is: `schemas.operators`."""

from typing import Annotated

import msgspec

from schemas.base import Record, Timestamp
from schemas.topic import Topic

Figure = Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]


class Quotas(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How much a tenant may use; None: as much as there is. `stations` are provisioned ones. Requests and commands are those of the
    tenant's own keys and users, and so are event streams, and exports and imports (`transfers`), at once. `messages_per_s` are what its
    connected stations send, together.
    """

    stations: Figure | None = None
    requests_per_s: Annotated[float, msgspec.Meta(gt=0, le=1_000_000)] | None = None
    commands_per_minute: Figure | None = None
    commands_in_flight: Figure | None = None
    event_streams: Figure | None = None
    transfers: Figure | None = None
    messages_per_s: Annotated[float, msgspec.Meta(gt=0, le=1_000_000)] | None = None


class TenantProvisioned(Record, frozen=True, kw_only=True, tag="tenant-provisioned"):
    """A tenant and its quotas. A tenant that is not provisioned has none."""

    tenant: str
    title: str = ""
    quotas: Quotas = Quotas()
    note: str = ""
    provisioned_at: Timestamp
    provisioned_by: str = ""


class TenantRemoved(Record, frozen=True, kw_only=True, tag="tenant-removed"):
    """The tenant has no quotas any more; what belongs to it still does."""

    tenant: str
    removed_at: Timestamp
    removed_by: str = ""


REF_TENANTS = Topic(
    name="csms.ref.tenants",
    meaning="Reference data: tenants and their quotas.",
    records=(TenantProvisioned, TenantRemoved),
    key="tenant",
    retention_s=None,
)

TOPICS = (REF_TENANTS,)
