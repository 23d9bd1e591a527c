"""Tenants as the API takes and gives them: their quotas, and what they use of them."""

import datetime as dt
from typing import Annotated

import msgspec
from litestar.params import PathParameter

from schemas.tenants import Figure, Quotas, TenantProvisioned
from services.api.web.bodies import Body

TenantPath = Annotated[str, PathParameter(description="The tenant's name, as its stations, keys and users have it.")]


class QuotasGiven(Body, frozen=True, kw_only=True):
    """How much a tenant may use; null: as much as there is."""

    stations: Annotated[Figure | None, msgspec.Meta(description="Provisioned stations; 409 beyond.")] = None
    requests_per_s: Annotated[
        Annotated[float, msgspec.Meta(gt=0, le=1_000_000)] | None,
        msgspec.Meta(
            description="Requests of its keys and users, together; 429 beyond, before anything of one is done."
        ),
    ] = None
    commands_per_minute: Annotated[
        Figure | None, msgspec.Meta(description="Commands of its keys and users, one for each station; 429 beyond.")
    ] = None
    commands_in_flight: Annotated[
        Figure | None, msgspec.Meta(description="Commands without an outcome that have not expired; 429 beyond.")
    ] = None
    event_streams: Annotated[Figure | None, msgspec.Meta(description="Streams of events at once; 429 beyond.")] = None
    transfers: Annotated[Figure | None, msgspec.Meta(description="Exports and imports at once; 429 beyond.")] = None
    messages_per_s: Annotated[
        Annotated[float, msgspec.Meta(gt=0, le=1_000_000)] | None,
        msgspec.Meta(
            description="Messages a second of its stations, together; beyond it gateways read them later. Of each gateway, the share"
            " of the tenant's stations that are connected there."
        ),
    ] = None

    def quotas(self) -> Quotas:
        """As they are kept."""
        return Quotas(**msgspec.structs.asdict(self))


class ProvisionTenant(Body, frozen=True, kw_only=True):
    """A tenant and its quotas."""

    title: Annotated[str, msgspec.Meta(max_length=100, description="A name for people.", examples=["Acme"])] = ""
    quotas: QuotasGiven = QuotasGiven()
    note: Annotated[str, msgspec.Meta(max_length=500, description="For the reader.")] = ""


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What a tenant uses now: all but `stations` at the process that was asked. `refused`: by quota, since that process began.

    `commands_in_flight` is null where no quota has commands counted.
    """

    stations: int
    commands_in_flight: int | None
    event_streams: int
    transfers: int
    refused: dict[str, int]


class Tenant(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant with its quotas and its use. One that is not provisioned has stations and no quotas."""

    tenant: str
    title: str
    note: str
    provisioned: bool
    quotas: Quotas
    usage: Usage
    provisioned_at: dt.datetime | None
    provisioned_by: str


def tenant_of(name: str, record: TenantProvisioned | None, usage: Usage) -> Tenant:
    """A tenant as callers see it."""
    return Tenant(
        tenant=name,
        title=record.title if record else "",
        note=record.note if record else "",
        provisioned=record is not None,
        quotas=record.quotas if record else Quotas(),
        usage=usage,
        provisioned_at=record.provisioned_at if record else None,
        provisioned_by=record.provisioned_by if record else "",
    )
