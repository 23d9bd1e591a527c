"""Tenants: their quotas, and what they use of them."""

from typing import Annotated

from litestar import Response, Router, delete, get, put
from litestar.params import Body

from services.api.tenants import usecases
from services.api.tenants.rows import ProvisionTenant, Tenant, TenantPath
from services.api.web.changing import IfMatch, IfNoneMatch, condition, etag
from services.api.web.parameters import Given
from services.api.web.problems import documented


@get("/", summary="List tenants")
async def list_tenants(ports: Given) -> tuple[Tenant, ...]:
    """Every tenant that is provisioned or has stations, with its quotas and what it uses of them now."""
    await ports.reference.caught_up()
    return usecases.tenants(ports)


@get("/{tenant:str}", summary="Get a tenant", responses=documented(404))
async def get_tenant(tenant: TenantPath, ports: Given) -> Response[Tenant]:
    """A tenant, its quotas and what it uses of them now; the `ETag` names its provisioned state for `If-Match`."""
    await ports.reference.caught_up()
    return _answer(usecases.known_tenant(ports, tenant), ports)


@put("/{tenant:str}", summary="Set a tenant's quotas", responses=documented(409, 412, 422))
async def put_tenant(
    tenant: TenantPath,
    data: Annotated[ProvisionTenant, Body()],
    ports: Given,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[Tenant]:
    """Say how much a tenant may use. Who is limited to a tenant cannot set its quotas."""
    await usecases.save_tenant(ports, tenant, data, given=condition(if_match, if_none_match))
    return _answer(usecases.known_tenant(ports, tenant), ports)


@delete("/{tenant:str}", summary="Lift a tenant's quotas", responses=documented(404, 412))
async def delete_tenant(tenant: TenantPath, ports: Given, if_match: IfMatch = None) -> None:
    """Forget a tenant's quotas; its stations and all else that is its own stay."""
    await usecases.remove_tenant(ports, tenant, given=condition(if_match))


def _answer(tenant: Tenant, ports: Given) -> Response[Tenant]:
    return Response(tenant, headers=etag(usecases.written(ports, tenant.tenant)))


def router() -> Router:
    """Everything below /tenants."""
    return Router(path="/tenants", route_handlers=[list_tenants, get_tenant, put_tenant, delete_tenant])
