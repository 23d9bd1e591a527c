"""Use cases of demand response: the event is told before its stations, whose it is, and who may still change it."""

import pytest

from schemas.demandresponse import DemandEventOrdered, DemandStationOrdered
from schemas.operators import Scope
from services.api.demandresponse.rows import OrderDimming, OrderEvent
from services.api.demandresponse.usecases import dim, event_page, find, order, terms_of
from services.api.fakes import World
from services.api.operators.acting import acting
from services.api.web.policy import Principal
from services.api.web.problems import Problem
from tests.services.api.builders import NOON, a_state
from tests.services.api.demandresponse.worlds import HOUR, an_event, some_terms


def a_body(**override: object) -> OrderEvent:
    return OrderEvent(**{"limit_w": some_terms().limit_w, "to_at": NOON + HOUR} | override)  # type: ignore[arg-type]


async def test_an_event_is_told_before_its_stations(world: World) -> None:
    for name in "AB":
        world.bus.hold(a_state(station=name))
    row = await order(world.ports(), a_body(), key="k")
    ordered, *orders = world.bus.published

    assert isinstance(ordered, DemandEventOrdered)
    assert (ordered.stations, ordered.event, ordered.terms.from_at) == (2, row.event, NOON)
    assert [each.station for each in orders if isinstance(each, DemandStationOrdered)] == ["A", "B"]
    assert (row.status, row.edition) == ("active", 1)


async def test_the_same_key_of_two_tenants_means_two_events_each_of_its_own_stations(world: World) -> None:
    for station, tenant in (("A", "acme"), ("B", "umbrella")):
        world.bus.hold(a_state(station=station, tenant=tenant))
    rows = []
    for tenant in ("acme", "umbrella"):
        principal = Principal(name=tenant, kind="user", scope=Scope(tenants=(tenant,)))
        rows.append(await order(acting(world.ports(), principal), a_body(), key="k"))

    assert [(row.tenant, row.stations) for row in rows] == [("acme", 1), ("umbrella", 1)]
    assert rows[0].event != rows[1].event
    orders = [each for each in world.bus.published if isinstance(each, DemandStationOrdered)]
    assert [(each.station, each.owner) for each in orders] == [("A", "acme"), ("B", "umbrella")]


async def test_another_tenants_event_is_not_there(world: World) -> None:
    world.bus.hold(an_event(tenant="acme"))
    umbrella = acting(world.ports(), Principal(name="u", kind="user", scope=Scope(tenants=("umbrella",))))

    assert find(umbrella, "event-1") is None
    assert find(world.ports(), "event-1") is not None


async def test_a_change_is_the_next_edition_and_the_same_terms_are_none(world: World) -> None:
    world.bus.hold(a_state())
    world.bus.hold(an_event(edition=4))
    body = a_body(title="Evening peak", from_at=NOON)
    assert (await order(world.ports(), body, event="event-1")).edition == 4
    assert world.bus.published == []
    row = await order(world.ports(), a_body(title="Other", from_at=NOON), event="event-1")

    assert (row.edition, world.bus.published[0].edition) == (5, 5)  # type: ignore[attr-defined]


def test_a_planned_event_whose_time_has_come_is_active_before_its_record_says_so(world: World) -> None:
    world.bus.hold(an_event(status="planned"))
    found = find(world.ports(), "event-1")
    assert found is not None
    assert found.status == "active"
    world.now = NOON + HOUR
    found = find(world.ports(), "event-1")
    assert found is not None
    assert found.status == "over"


def test_events_are_listed_the_latest_beginning_first(world: World) -> None:
    for number in range(3):
        world.bus.hold(an_event(f"e{number}", terms=some_terms(from_at=NOON - number * HOUR)))
    first = event_page(world.ports(), cursor=None, limit=2)
    rest = event_page(world.ports(), cursor=first.next_cursor, limit=2)

    assert [each.event for each in (*first.items, *rest.items)] == ["e0", "e1", "e2"]


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"percent": 5}, "limit_w"),
        ({"limit_w": None}, "limit_w"),
        ({"limit_w": -1}, "limit_w"),
        ({"to_at": NOON}, "to_at"),
        ({"to_at": NOON + 24 * 32 * HOUR}, "to_at"),
        ({"ramp_down_min": 61}, "ramp_down_min"),
        ({"limit_w": None, "percent": 5, "per": "site"}, "per"),
    ],
)
def test_what_cannot_be_is_named(members: dict, field: str) -> None:
    from decimal import Decimal

    members = {
        name: Decimal(value) if isinstance(value, int) and name != "ramp_down_min" else value
        for name, value in members.items()
    }
    with pytest.raises(Problem) as refused:
        terms_of(a_body(**members), NOON)
    assert field in [each.field for each in refused.value.errors]


async def test_a_dimming_has_the_limit_of_the_formula_for_its_charging_points(world: World) -> None:
    for name in "ABC":
        world.bus.hold(a_state(station=name, site="s"))
    row = await dim(world.ports(), OrderDimming(site="s", to_at=NOON + HOUR))

    assert (row.limit_w, row.kind, row.per, row.priority) == (10_500, "dimming", "site", 9)
    with pytest.raises(Problem, match=r".+") as refused:
        await dim(world.ports(), OrderDimming(site="s", limit_w=row.limit_w - 1, to_at=NOON + HOUR))
    assert "10500" in refused.value.errors[0].detail
    with pytest.raises(Problem):
        await dim(world.ports(), OrderDimming(site="nowhere", to_at=NOON + HOUR))
