"""The ports of a tenant's principal keep to its quotas; those of others are as they were."""

import pytest

from schemas.commands import CommandRequested
from schemas.operators import Scope
from schemas.stationcommands import Reset
from schemas.stations import StationProvisioned
from schemas.tenants import Quotas, TenantProvisioned
from services.api.fakes import NOON, World
from services.api.http import quotas_of
from services.api.operators.acting import acting
from services.api.ports import Ports
from services.api.tenants.metered import metered
from services.api.tenants.quotas import TenantQuotas
from services.api.web.policy import Principal
from services.api.web.problems import Problem
from tests.services.api.builders import a_state

ACME = Principal(name="ann", kind="user", scope=Scope(tenants=("acme",)))
EVERYBODY = Principal(name="root", kind="user")


@pytest.fixture
def world() -> World:
    world = World()
    quotas = Quotas(commands_per_minute=1, event_streams=1, stations=1)
    world.bus.hold(TenantProvisioned(tenant="acme", quotas=quotas, provisioned_at=NOON))
    world.bus.hold(a_state(station="A", tenant="acme"))
    return world


@pytest.fixture
def ports(world: World) -> Ports:
    return world.ports()


@pytest.fixture
def quotas(ports: Ports) -> TenantQuotas:
    return quotas_of(ports)


def asked(id_: str) -> CommandRequested:
    return CommandRequested(
        id=id_, station="A", command=Reset(type="OnIdle"), requested_at=NOON, expires_at=NOON, requested_by="x"
    )


async def test_commands_of_the_tenant_are_counted_and_those_of_the_deployment_are_not(
    ports: Ports, quotas: TenantQuotas
) -> None:
    own, all_ = acting(ports, ACME, quotas=quotas), acting(ports, EVERYBODY, quotas=quotas)
    await own.publisher.publish(asked("1"))
    with pytest.raises(Problem) as refused:
        await own.publisher.publish(asked("2"))
    await all_.publisher.publish(asked("3"), asked("4"))

    assert refused.value.status == 429


async def test_stations_of_the_tenant_are_counted_whoever_provisions_them(ports: Ports, quotas: TenantQuotas) -> None:
    for station, own in (("B", acting(ports, ACME, quotas=quotas)), ("C", acting(ports, EVERYBODY, quotas=quotas))):
        change = StationProvisioned(station=station, tenant="acme", provisioned_at=NOON)
        if station == "B":
            assert (await own.proposals.settle(change, based_on="")).accepted
            continue
        with pytest.raises(Problem) as refused:
            await own.proposals.settle(change, based_on="")
        assert refused.value.status == 409


def test_event_streams_are_counted_until_they_end(ports: Ports, quotas: TenantQuotas) -> None:
    own = acting(ports, ACME, quotas=quotas)
    first = own.hub.subscribe(None, frozenset({"station"}))
    assert first is not None
    with pytest.raises(Problem):
        own.hub.subscribe(None, frozenset({"station"}))
    own.hub.unsubscribe(first)

    assert own.hub.subscribe(None, frozenset({"station"})) is not None


async def test_a_request_whose_commands_are_published_only_waits_and_leaves_its_turn(
    ports: Ports, quotas: TenantQuotas
) -> None:
    for principal in (ACME, EVERYBODY):
        turn = Told()
        own = acting(ports, principal, quotas=quotas, turn=turn)
        await own.publisher.publish()
        assert not turn.ended
        await own.publisher.publish(asked("1"))
        assert turn.ended


class Told:
    """A turn, and whether it was ended."""

    ended = False

    def end(self) -> None:
        self.ended = True


def test_without_quotas_the_ports_are_as_they_were(world: World) -> None:
    ports = world.ports()

    assert metered(ports) is ports
