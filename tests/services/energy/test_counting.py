"""What an EVSE counts with: the most that it may draw by all that is known."""

from decimal import Decimal

import pytest

from schemas.states.energy import EvseState, Fallback, Told
from services.energy.counting import allowed, by_itself, counted, last_told
from services.energy.sites import Site
from tests.services.energy.records import BEGAN, grid, outlet, provisioned, second, tree

PLACE = Site(provisioned(tree(63, 1))).places[0]
SAID = Site(provisioned(tree(nodes=(grid(63), outlet(1, fallback_a=Decimal(9)))))).places[0]
NEW = EvseState(station="CP-1", evse=1)


def an_evse(**members: object) -> EvseState:
    return EvseState(station="CP-1", evse=1, **members)  # type: ignore[arg-type]


def limit(amps: float, after: float = 6, at: float = 0) -> Told:
    return Told(command_id="c", transaction_id="t1", amps=amps, after_a=after, at=second(at), until=second(at + 600))


@pytest.mark.parametrize(
    ("evse", "at", "amps"),
    [
        (an_evse(fallback_a=6.0), 0, 6),
        (an_evse(fallback_a=6.0, fallback_sent=Fallback(command_id="c", amps=9.0, at=BEGAN)), 0, 9),
        (an_evse(fallback_a=6.0, fallback_maybe_a=10.0), 0, 10),
        (NEW, 0, 8),  # just known, without a session: what it is being given
        (NEW, 60, 32),
        (an_evse(transaction_id="t1"), 0, 32),
    ],
)
def test_by_itself_an_evse_may_draw_what_it_accepted_or_may_have(evse: EvseState, at: float, amps: float) -> None:
    assert by_itself(evse, PLACE, 8, BEGAN, second(at)) == amps


def test_of_one_that_never_accepted_a_fallback_the_tree_is_believed() -> None:
    assert by_itself(NEW, SAID, 9, BEGAN, second(600)) == 9


@pytest.mark.parametrize(
    ("evse", "at", "amps"),
    [
        (NEW, 0, 6),
        (an_evse(told=limit(20)), 0, 20),
        (an_evse(told=limit(3)), 0, 6),  # what it may by itself always counts
        (an_evse(told=limit(20), sent=limit(25)), 0, 25),
        (an_evse(told=limit(20), sent=limit(10)), 0, 20),
        (an_evse(told=limit(10), maybe=limit(25)), 0, 25),
        (an_evse(told=limit(20)), 659, 20),  # its clock may be behind
        (an_evse(told=limit(20)), 660, 6),
        (an_evse(told=limit(6, after=16)), 539, 6),
        (an_evse(told=limit(6, after=16)), 540, 16),  # or ahead
        (an_evse(told=limit(10), falling_a=30.0, falling_until=second(3)), 2, 30),
        (an_evse(told=limit(10), falling_a=30.0, falling_until=second(3)), 3, 10),
        (an_evse(told=limit(10), drawn_a=14.0), 0, 14),
    ],
)
def test_an_evse_counts_with_the_most_that_may_hold(evse: EvseState, at: float, amps: float) -> None:
    assert counted(evse, 6, second(at)) == amps


def test_it_goes_by_what_it_accepted_and_by_what_is_on_its_way_after_that() -> None:
    evse = an_evse(told=limit(20), sent=limit(10))

    assert (allowed(evse, 6, second(0)), last_told(evse, 6, second(0))) == (20, 10)
    assert (allowed(evse, 6, second(600)), allowed(NEW, 6, second(0))) == (6, 6)
