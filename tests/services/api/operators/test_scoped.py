"""Whoever is limited to some stations has no others: in memory, in events, in what is published and proposed."""

import msgspec
import pytest

from schemas.authorization import REF_TOKENS, TokenProvisioned, TokenRemoved
from schemas.campaigns import FIRMWARE_CAMPAIGN_STATES, CampaignSteered
from schemas.commands import CommandRequested, CommandSettled
from schemas.operators import (
    API_KEY_USES,
    REF_API_KEYS,
    REF_ROLES,
    ApiKeyCreated,
    ApiKeyUsed,
    RoleProvisioned,
    Scope,
    UserProvisioned,
    UserRemoved,
)
from schemas.stationcommands import Reset
from schemas.stations import REF_STATIONS, STATION_STATES, StationProvisioned, StationRemoved
from services.api.demandresponse.metered import Drawn
from services.api.fakes import NOON, World
from services.api.live.hub import event
from services.api.operators.scoped import holding, kept, scoped
from services.api.ports import Ports
from services.api.web.paging import Page
from services.api.web.problems import Problem
from tests.services.api.builders import a_state, an_outcome

OSLO = Scope(sites=("oslo",))


def provisioned(station: str, **members: object) -> StationProvisioned:
    return StationProvisioned(station=station, provisioned_at=NOON, **members)  # type: ignore[arg-type]


@pytest.fixture
def world() -> World:
    world = World()
    for station, site in (("IN", "oslo"), ("OUT", "rome")):
        world.bus.hold(a_state(station=station, site=site))
        world.bus.hold(provisioned(station, site=site))
    return world


@pytest.fixture
def ports(world: World) -> Ports:
    return scoped(world.ports(), OSLO)


def asked(id_: str, station: str) -> CommandRequested:
    return CommandRequested(
        id=id_, station=station, command=Reset(type="OnIdle"), requested_at=NOON, expires_at=NOON, requested_by="x"
    )


def test_what_is_provisioned_counts_before_what_services_know(world: World) -> None:
    holds = holding(world.bus, OSLO)
    world.bus.hold(a_state(station="MOVED", site="oslo"))
    world.bus.hold(provisioned("MOVED", site="rome"))
    world.bus.hold(a_state(station="KNOWN", site="oslo"))

    assert holds("KNOWN")
    assert not holds("MOVED")
    assert not holds("UNHEARD-OF")


def test_a_removed_station_belongs_to_no_scope(world: World) -> None:
    world.bus.hold(StationRemoved(station="IN", removed_at=NOON))
    world.bus.hold(a_state(station="GONE", removed=True))
    holds = holding(world.bus, Scope(tenants=("default",)))

    assert not holds("IN")
    assert not holds("GONE")


def test_of_every_shape_of_answer_only_rows_of_the_scope_are_kept() -> None:
    def holds(station: str) -> bool:
        return station == "IN"

    own, other = an_outcome(station="IN"), an_outcome(station="OUT")

    assert kept(own, holds) is own
    assert kept(other, holds) is None
    assert kept((own, other), holds) == (own,)
    assert kept([own, other], holds) == [own]
    assert kept({"a": own, "b": other}, holds) == {"a": own}
    assert kept(Page((own, other), "next"), holds) == Page((own,), "next")
    assert kept(7, holds) == 7
    assert kept(None, holds) is None


def test_topics_that_are_not_by_station_are_empty(world: World, ports: Ports) -> None:
    world.bus.hold(TokenProvisioned(token="T", provisioned_at=NOON))

    assert set(ports.reference.all(REF_STATIONS)) == {"IN"}
    assert ports.reference.get(STATION_STATES, "OUT") is None
    assert ports.reference.get(REF_TOKENS, "T") is None
    assert ports.reference.all(REF_TOKENS) == {}
    assert ports.reference.all(FIRMWARE_CAMPAIGN_STATES) == {}
    assert ports.pricing.all(REF_TOKENS) != {}


async def test_commands_in_memory_are_those_of_its_stations(world: World, ports: Ports) -> None:
    for id_, station in (("c1", "IN"), ("c2", "OUT")):
        world.memory.requested(asked(id_, station))
        world.memory.settled(
            CommandSettled(id=f"s-{id_}", command_id=id_, station=station, outcome="accepted", settled_at=NOON)
        )

    assert ports.commands.find("c1") is not None
    assert ports.commands.find("c2") is None
    assert await ports.commands.outcome("c1", within_s=0) is not None
    assert await ports.commands.outcome("c2", within_s=0) is None


def test_events_of_other_stations_are_not_told(world: World, ports: Ports) -> None:
    subscription = ports.hub.subscribe(None, frozenset({"station"}))
    assert subscription is not None
    world.hub.publish(event("station", "OUT", "1", b'"out"'))
    world.hub.publish(event("station", "IN", "2", b'"in"'))

    told = subscription.drain()
    ports.hub.unsubscribe(subscription)

    assert b'"in"' in told
    assert b'"out"' not in told
    assert not world.hub.listened()


async def test_nothing_is_published_to_other_stations_or_to_none(world: World, ports: Ports) -> None:
    with pytest.raises(Problem) as other:
        await ports.publisher.publish(asked("c1", "IN"), asked("c2", "OUT"))
    with pytest.raises(Problem) as none:
        await ports.publisher.publish(TokenProvisioned(token="T", provisioned_at=NOON))

    assert (other.value.status, none.value.status) == (404, 403)
    assert world.bus.published == []


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (provisioned("IN", site="rome"), 403),
        (provisioned("NEW", site="rome"), 403),
        (provisioned("OUT", site="oslo"), 409),
        (provisioned("out", site="oslo"), 409),
        (StationRemoved(station="OUT", removed_at=NOON), 404),
        (TokenProvisioned(token="T", provisioned_at=NOON), 403),
    ],
)
async def test_no_change_takes_a_station_into_a_scope_or_out_of_it(ports: Ports, change: object, status: int) -> None:
    with pytest.raises(Problem) as refused:
        await ports.proposals.settle(change, based_on="")  # type: ignore[arg-type]

    assert refused.value.status == status


async def test_own_stations_are_changed_and_new_ones_made(ports: Ports) -> None:
    made = await ports.proposals.settle(provisioned("NEW", site="oslo"), based_on="")

    assert made.accepted


async def test_only_sites_of_its_stations_are_offered(world: World) -> None:
    class Sites:
        async def sites(self) -> tuple[str, ...]:
            return ("oslo", "rome")

    ports = msgspec.structs.replace(world.ports(), reads_within=lambda _scope, _holds: Sites())

    assert await scoped(ports, OSLO).reads.sites() == ("oslo",)


async def test_sums_over_a_site_are_read_of_its_own_sites_alone(world: World) -> None:
    class Metered:
        async def drawn_by_site(self) -> tuple[Drawn, ...]:
            return (Drawn("oslo", NOON, 1.0, 0.0), Drawn("rome", NOON, 2.0, 0.0))

    ports = msgspec.structs.replace(world.ports(), reads_within=lambda _scope, _holds: Metered())

    assert [row.site for row in await scoped(ports, OSLO).reads.drawn_by_site()] == ["oslo"]


# -- what hangs on no station ------------------------------------------------------------------------------------------

ACME = Scope(tenants=("acme",))


def token(name: str, tenant: str) -> TokenProvisioned:
    return TokenProvisioned(token=name, provisioned_at=NOON, tenant=tenant)


def test_of_what_has_a_tenant_only_ones_own_is_there_with_what_follows_it(world: World) -> None:
    for name, tenant in (("OWN", "acme"), ("OTHER", "umbrella"), ("COMMON", "")):
        world.bus.hold(token(name, tenant))
        world.bus.hold(ApiKeyCreated(key=name, digest="", scope=Scope(tenants=(tenant,)), created_at=NOON))
        world.bus.hold(ApiKeyUsed(key=name, at=NOON))
    world.bus.hold(RoleProvisioned(role="night", permissions=("*:read",), provisioned_at=NOON))

    own = scoped(world.ports(), ACME).reference

    for topic in (REF_TOKENS, REF_API_KEYS, API_KEY_USES):
        assert set(own.all(topic)) == {"OWN"}
        assert own.get(topic, "OTHER") is None
    assert own.get(REF_ROLES, "night") is not None
    assert scoped(world.ports(), Scope(tenants=("acme",), sites=("oslo",))).reference.all(REF_TOKENS) == {}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (token("NEW", "umbrella"), 403),
        (token("NEW", ""), 403),
        (token("OTHER", "acme"), 409),
        (token("COMMON", "acme"), 409),
        (token("GONE", "acme"), 409),
        (TokenRemoved(token="OTHER", removed_at=NOON, tenant="acme"), 409),
        (RoleProvisioned(role="night", permissions=(), provisioned_at=NOON), 403),
        (UserProvisioned(user="eve", scope=Scope(), password_changed_at=NOON, provisioned_at=NOON), 403),
    ],
)
async def test_no_change_takes_what_is_anothers_or_was(world: World, change: object, status: int) -> None:
    world.bus.hold(token("OTHER", "umbrella"))
    world.bus.hold(token("COMMON", ""))
    world.bus.hold(TokenRemoved(token="GONE", removed_at=NOON, tenant="umbrella"))
    ports = scoped(world.ports(), ACME)

    with pytest.raises(Problem) as refused:
        await ports.proposals.settle(change, based_on="")  # type: ignore[arg-type]

    assert refused.value.status == status


async def test_ones_own_is_made_and_a_user_may_have_a_name_that_is_free_again(world: World) -> None:
    world.bus.hold(UserRemoved(user="ann", removed_at=NOON))
    ports = scoped(world.ports(), ACME)
    ann = UserProvisioned(user="ann", scope=ACME, password_changed_at=NOON, provisioned_at=NOON)

    made = [await ports.proposals.settle(change, based_on="") for change in (token("NEW", "acme"), ann)]

    assert all(each.accepted for each in made)


async def test_orders_about_what_is_anothers_are_not_published(world: World) -> None:
    ports = scoped(world.ports(), ACME)

    with pytest.raises(Problem) as refused:
        await ports.publisher.publish(
            CampaignSteered(id="1", key="c", action="cancel", requested_at=NOON, tenant="umbrella")
        )
    await ports.publisher.publish(CampaignSteered(id="1", key="c", action="cancel", requested_at=NOON, tenant="acme"))

    assert refused.value.status == 403
    assert len(world.bus.published) == 1
