"""Use cases of tenants: list them with what they use, set their quotas. Routes and pages call them."""

import re
from http import HTTPStatus

from schemas.base import Record
from schemas.operators import TENANT
from schemas.tenants import REF_TENANTS, TenantProvisioned, TenantRemoved
from services.api.ports import Ports
from services.api.tenants.rows import ProvisionTenant, Tenant, Usage, tenant_of
from services.api.web.changing import WHATEVER, Condition, changed
from services.api.web.problems import Problem, invalid, not_found

VALID_NAME = re.compile(TENANT)

MOST = 1_000
"""Tenants that are provisioned: each process of the API counts for each."""


def tenants(ports: Ports) -> tuple[Tenant, ...]:
    """Every tenant that is provisioned or has stations, by name; who is limited to some sees these."""
    own, stations = ports.principal.scope.tenants, _stations(ports)
    names = {name for name, record in ports.reference.all(REF_TENANTS).items() if isinstance(record, TenantProvisioned)}
    names |= set(own) if own else stations.keys()
    return tuple(_shown(ports, name) for name in sorted(names))


def known_tenant(ports: Ports, name: str) -> Tenant:
    """A tenant. Raises Problem: 404."""
    own = ports.principal.scope.tenants
    there = name in own if own else written(ports, name) is not None or name in _stations(ports)
    if not there:
        raise not_found(f"No tenant {name!r} is provisioned, and no station belongs to one of this name.")
    return _shown(ports, name)


def written(ports: Ports, name: str) -> TenantProvisioned | None:
    """What is provisioned of a tenant."""
    record = ports.reference.get(REF_TENANTS, name)
    return record if isinstance(record, TenantProvisioned) else None


async def save_tenant(
    ports: Ports, name: str, data: ProvisionTenant, *, given: Condition = WHATEVER
) -> TenantProvisioned:
    """Have quotas hold for a tenant, at every process of the API within a second. Raises Problem, Outage."""
    if not VALID_NAME.fullmatch(name):
        raise invalid("tenant", "1 to 64 of a-z, 0-9, '.', '_' and '-', a letter or digit first")

    async def made(before: Record | None) -> TenantProvisioned:
        there = sum(isinstance(each, TenantProvisioned) for each in ports.reference.all(REF_TENANTS).values())
        if not isinstance(before, TenantProvisioned) and there >= MOST:
            raise Problem(HTTPStatus.CONFLICT, f"There are {MOST} tenants already: remove one first.")
        return TenantProvisioned(
            tenant=name,
            title=data.title,
            quotas=data.quotas.quotas(),
            note=data.note,
            provisioned_at=ports.clock(),
            provisioned_by=ports.principal.name,
        )

    return await changed(ports, REF_TENANTS, name, made, given=given)


async def remove_tenant(ports: Ports, name: str, *, given: Condition = WHATEVER) -> None:
    """Lift the quotas of a tenant; what belongs to it still does. Raises Problem: 404; Outage."""

    async def made(before: Record | None) -> TenantRemoved:
        if not isinstance(before, TenantProvisioned):
            raise not_found(f"No tenant {name!r} is provisioned.")
        return TenantRemoved(tenant=name, removed_at=ports.clock(), removed_by=ports.principal.name)

    await changed(ports, REF_TENANTS, name, made, given=given)


def _stations(ports: Ports) -> dict[str, int]:
    return {} if ports.quotas is None else dict(ports.quotas.stations())


def _shown(ports: Ports, name: str) -> Tenant:
    record, quotas = written(ports, name), ports.quotas
    if quotas is None:
        usage = Usage(stations=0, commands_in_flight=None, event_streams=0, transfers=0, refused={})
        return tenant_of(name, record, usage)
    use = quotas.use(name)
    counted = use.quotas.commands_in_flight is not None or use.quotas.commands_per_minute is not None
    usage = Usage(
        stations=quotas.stations().get(name, 0),
        commands_in_flight=quotas.in_flight(name) if counted else None,
        event_streams=use.streams,
        transfers=use.transfers,
        refused=dict(use.refused),
    )
    return tenant_of(name, record, usage)
