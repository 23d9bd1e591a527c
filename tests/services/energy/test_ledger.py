"""A ledger of currents: whatever goes wrong at a simulated site, no limit is exceeded, and nobody is told too often or left behind."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.sitetrees import Limits, Node, SiteMeter, SiteTree
from tests.examples import examples
from tests.services.energy.records import grid, outlet, tree
from tests.services.energy.simulation import Chances, Simulation

METER = SiteMeter(meter="building", node="grid")
ROTATED = (("L1", "L2", "L3"), ("L2", "L3", "L1"), ("L3", "L1", "L2"))


def depot(amps: float = 63, *, meters: tuple[SiteMeter, ...] = ()) -> SiteTree:
    """Two panels below a grid connection, with EVSEs of all rotations, one of a single phase."""
    panels = tuple(
        Node(node=name, parent="grid", kind="panel", limits=Limits(amps=Decimal(40))) for name in ("north", "south")
    )
    outlets = [outlet(number, "north" if number < 4 else "south", lines=ROTATED[number % 3]) for number in range(1, 7)]
    single = outlet(7, "south", lines=("L2",))
    return tree(nodes=(grid(amps), *panels, *outlets, single), meters=meters)


def delta() -> SiteTree:
    """EVSEs between two lines behind a transformer with a delta primary, as they are wired in North America."""
    transformer = Node(
        node="t", parent="grid", kind="transformer", turns=Decimal("0.433"), limits=Limits(amps=Decimal(90))
    )
    pairs = (("L1", "L2"), ("L2", "L3"), ("L3", "L1"))
    outlets = tuple(outlet(number, "t", lines=pairs[number % 3], delta=True) for number in range(1, 7))
    return tree(nodes=(grid(40), transformer, *outlets), voltage=Decimal(120))


WRONG = Chances(lost=0.1, refused=0.05, cut_every_s=100, crash=0.03, away_every_s=200, arrivals_every_s=40)
CALM = Chances(arrivals_every_s=40)


@settings(max_examples=examples(30), deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(("depot", "delta")))
def test_no_limit_is_exceeded_though_commands_are_lost_and_refused_stations_cut_off_and_the_service_crashes(
    seed: int, kind: str
) -> None:
    assert Simulation(depot() if kind == "depot" else delta(), seed, WRONG).run(600).ledger == []


@settings(max_examples=examples(30), deadline=None)
@given(st.integers(0, 2**32))
def test_a_load_that_nobody_manages_may_jump(seed: int) -> None:
    jumps = replace_chances(CALM, jump_every_s=60, jumps_to=45)

    assert Simulation(depot(100, meters=(METER,)), seed, jumps).run(600).ledger == []


@settings(max_examples=examples(10), deadline=None)
@given(st.integers(0, 2**32))
def test_among_equals_nobody_is_left_below_the_least_while_another_has_much(seed: int) -> None:
    few = replace_chances(CALM, arrivals_every_s=20, stays_s=3000, modest=0.0, single=0.0)
    site = Simulation(tree(40, 8, fallback_share=Decimal(0)), seed, few).run(1800)

    assert site.ledger == []
    assert site.longest < 900


def test_what_the_limits_allow_is_given() -> None:
    """Of what six cars that take all could have had within the limit, nearly all was drawn."""
    site = Simulation(tree(63, 6), 1, replace_chances(CALM, arrivals_every_s=5, stays_s=1e6, modest=0.0, single=0.0))
    site.run(600)

    assert sum(site.drawn(station) for station in site.stations.values()) >= 0.95 * 63
    assert site.ledger == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("services.energy.targets.counted", lambda evse, _own, _at: evse.told.amps if evse.told else 0.0),
        ("services.energy.sequencing.APART", timedelta(seconds=3)),
    ],
    ids=["only-what-is-told-counts", "told-all-the-time"],
)
def test_the_ledger_finds_what_is_wrong(name: str, value: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name, value)
    chances = replace_chances(WRONG, arrivals_every_s=10, stays_s=2000, cut_for_s=900, modest=0)

    assert Simulation(tree(20, 6), 1, chances).run(900).ledger != []


def replace_chances(chances: Chances, **changes: float) -> Chances:
    return Chances(**(chances.__dict__ | changes))
