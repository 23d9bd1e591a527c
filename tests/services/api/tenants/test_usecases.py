"""Which tenants there are, for the deployment and for one of them, and that no more are made than can be counted."""

import pytest
from msgspec.structs import replace

from schemas.operators import Scope
from schemas.stations import StationProvisioned
from schemas.tenants import Quotas, TenantProvisioned
from services.api.fakes import NOON, World
from services.api.http import quotas_of
from services.api.operators.acting import acting
from services.api.ports import Ports
from services.api.tenants import usecases
from services.api.tenants.rows import ProvisionTenant
from services.api.web.policy import Principal
from services.api.web.principals import OPERATOR_KEY
from services.api.web.problems import Problem


@pytest.fixture
def world() -> World:
    world = World()
    world.bus.hold(StationProvisioned(station="A", tenant="umbrella", provisioned_at=NOON))
    quotas = Quotas(commands_in_flight=3)
    world.bus.hold(TenantProvisioned(tenant="acme", quotas=quotas, provisioned_at=NOON))
    return world


def of(world: World, *tenants: str) -> Ports:
    ports = world.ports()
    principal = Principal(name="x", kind="user", scope=Scope(tenants=tenants)) if tenants else OPERATOR_KEY
    return acting(ports, principal, quotas=quotas_of(ports))


def test_those_that_are_provisioned_and_those_with_stations_are_listed(world: World) -> None:
    assert [each.tenant for each in usecases.tenants(of(world))] == ["acme", "umbrella"]
    assert [each.tenant for each in usecases.tenants(of(world, "umbrella"))] == ["umbrella"]
    assert usecases.known_tenant(of(world), "acme").usage.commands_in_flight == 0
    assert usecases.known_tenant(of(world), "umbrella").usage.commands_in_flight is None


def test_another_tenant_is_not_found(world: World) -> None:
    for name in ("acme", "nobody"):
        with pytest.raises(Problem) as refused:
            usecases.known_tenant(of(world, "umbrella"), name)
        assert refused.value.status == 404


def test_without_counters_nothing_is_used(world: World) -> None:
    ports = replace(of(world), quotas=None)

    assert usecases.known_tenant(ports, "acme").usage.stations == 0


async def test_no_more_are_provisioned_than_can_be_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usecases, "MOST", 1)

    with pytest.raises(Problem) as refused:
        await usecases.save_tenant(of(world), "umbrella", ProvisionTenant())
    await usecases.save_tenant(of(world), "acme", ProvisionTenant(title="Acme"))

    assert refused.value.status == 409
