"""Use cases of security operations: who is in which wave, and what is published in which order."""

import pytest

from schemas.operators import Scope
from schemas.securityoperations import SecurityBatchOrdered, SecurityOperationOrdered
from services.api.boottemplates.rows import Criteria
from services.api.fakes import World
from services.api.operators.acting import acting
from services.api.securityoperations.rows import OrderBatch
from services.api.securityoperations.usecases import batch_page, chosen, order_batch, wave_ends
from services.api.web.policy import Principal
from services.api.web.problems import Problem
from tests.services.api.builders import a_state
from tests.services.api.securityoperations.worlds import NETWORK, a_batch

UPGRADE = {"kind": "upgrade-profile", "security_profile": 2, "network": NETWORK}


def hold(world: World, count: int) -> None:
    for number in range(count):
        world.bus.hold(a_state(station=f"CP-{number}", connected=number != 0, vendor="Acme" if number < 4 else "Other"))


@pytest.mark.parametrize(
    ("stations", "ends"),
    [(5, (5,)), (10, (10,)), (11, (10, 11)), (510, (10, 510)), (1200, (10, 510, 1010, 1200))],
)
def test_the_first_wave_is_small_and_no_wave_is_empty(stations: int, ends: tuple[int, ...]) -> None:
    assert wave_ends(stations, 10, 500) == ends


async def test_a_batch_is_ordered_before_its_operations_each_with_its_number(world: World) -> None:
    hold(world, 6)
    row = await order_batch(world.ports(), OrderBatch(**UPGRADE, first=2, wave=100), key="k")
    ordered, *orders = world.bus.published

    assert isinstance(ordered, SecurityBatchOrdered)
    assert (ordered.stations, ordered.wave_ends, row.batch) == (6, (2, 6), ordered.key)
    assert all(isinstance(each, SecurityOperationOrdered) and each.batch == ordered.key for each in orders)
    assert [(each.number, each.wave) for each in orders] == [(0, 0), (1, 0), (2, 1), (3, 1), (4, 1), (5, 1)]
    assert orders[-1].station == "CP-0"  # the one that is away comes last
    assert len({each.seed for each in orders}) == 6


async def test_a_batch_that_is_repeated_with_its_key_is_the_same(world: World) -> None:
    hold(world, 2)
    for _ in range(2):
        await order_batch(world.ports(), OrderBatch(**UPGRADE), key="k")
    ids = [each.id for each in world.bus.published]

    assert ids[:3] == ids[3:]


async def test_the_same_key_of_two_tenants_means_two_batches_each_of_its_own_stations(world: World) -> None:
    for number, tenant in enumerate(("acme", "acme", "umbrella")):
        world.bus.hold(a_state(station=f"CP-{number}", tenant=tenant))
    made = {}
    for tenant in ("acme", "umbrella"):
        principal = Principal(name=tenant, kind="user", scope=Scope(tenants=(tenant,)))
        made[tenant] = await order_batch(acting(world.ports(), principal), OrderBatch(**UPGRADE), key="k")
    everybody = await order_batch(world.ports(), OrderBatch(**UPGRADE), key="k")

    assert [(each.tenant, each.stations) for each in (*made.values(), everybody)] == [
        *(("acme", 2), ("umbrella", 1), ("", 3))
    ]
    assert len({each.batch for each in (*made.values(), everybody)}) == 3
    orders = [each for each in world.bus.published if isinstance(each, SecurityOperationOrdered)]
    assert {each.station for each in orders if each.batch == made["acme"].batch} == {"CP-0", "CP-1"}


def test_criteria_choose_stations(world: World) -> None:
    hold(world, 6)
    assert len(chosen(world.ports(), OrderBatch(**UPGRADE))) == 6
    assert len(chosen(world.ports(), OrderBatch(**UPGRADE, criteria=Criteria(vendor="acme")))) == 4
    assert chosen(world.ports(), OrderBatch(**UPGRADE, stations=("CP-3",))) == ["CP-3"]
    with pytest.raises(Problem, match="CP-99"):
        chosen(world.ports(), OrderBatch(**UPGRADE, stations=("CP-99",)))


def test_batches_are_listed_newest_first(world: World) -> None:
    for number in range(3):
        world.bus.hold(a_batch(batch=f"b{number}"))
    first = batch_page(world.ports(), cursor=None, limit=2)
    rest = batch_page(world.ports(), cursor=first.next_cursor, limit=2)

    assert [each.batch for each in (*first.items, *rest.items)] == ["b2", "b1", "b0"]
