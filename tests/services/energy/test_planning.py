"""Plans: needs by their departures within the limits, then the least cost; and what they advise for now."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.sitetrees import Limits, SiteTree
from services.energy.departures import known
from services.energy.network import limits, most, network
from services.energy.phasors import Floats
from services.energy.planning import Advice, Horizon, Objective, Session, advised, plan, planned
from services.energy.programs import NotPlanned
from services.energy.sharing import Claim, share
from tests.examples import examples
from tests.services.energy.trees import behind_a_transformer, flat, trees

ONE: dict[str, Any] = {"lines": ("L1",)}
HOUR = 3600.0
KWH_AT_10_A = 2300.0
"""Wh of an hour at 10 A on one phase of 230 V."""


def hours(count: int) -> Floats:
    return np.full(count, HOUR)


def session(node: str, energy_wh: float, leaves_in_h: float, steps: Floats, **changed: Any) -> Session:
    return Session(node, energy_wh, known(leaves_in_h * HOUR, steps), max_a=32)._replace(**changed)


def currents(tree: SiteTree, steps: Floats, *sessions: Session, **objective: Any) -> list[list[float]]:
    compiled = network(tree)
    room = np.tile(limits(tree, compiled, None), (len(steps), 1))
    return np.round(planned(compiled, Horizon(steps, room), sessions, Objective(**objective)), 3).tolist()


def advice(tree: SiteTree, steps: Floats, *sessions: Session, **objective: Any) -> list[Advice]:
    compiled = network(tree)
    room = np.tile(limits(tree, compiled, None), (len(steps), 1))
    return plan(compiled, Horizon(steps, room), sessions, Objective(**objective))


# -- needs --------------------------------------------------------------------------------------------------------------


def test_who_leaves_first_charges_first_where_both_cannot_be_done_otherwise() -> None:
    steps = hours(2)
    late, soon = session("a", KWH_AT_10_A, 2, steps), session("b", KWH_AT_10_A, 1, steps)

    assert currents(flat(10, ONE, ONE), steps, late, soon) == [[0, 10], [10, 0]]


def test_nobody_is_given_more_than_is_wanted_or_anything_after_leaving() -> None:
    steps = hours(3)

    assert currents(flat(32, ONE), steps, session("a", KWH_AT_10_A * 1.6, 2, steps)) == [[16, 0, 0]]


def test_a_higher_priority_is_met_first() -> None:
    steps = hours(1)
    usual, urgent = session("a", 9999, 1, steps), session("b", KWH_AT_10_A, 1, steps, priority=6)

    assert currents(flat(16, ONE, ONE), steps, usual, urgent) == [[6], [10]]


def test_room_that_changes_is_used_as_it_is() -> None:
    tree, steps = flat(None, ONE), hours(3)
    compiled = network(tree)
    room = np.full((3, len(compiled.rows)), np.inf)
    room[:, 0] = (6, 20, -5)

    told = planned(compiled, Horizon(steps, room), [session("a", 99999, 3, steps)], Objective())

    assert told.tolist() == [[pytest.approx(6), pytest.approx(20), 0]]


def test_energy_that_is_not_known_is_as_much_as_the_car_can_take() -> None:
    steps = hours(2)

    assert currents(flat(40, ONE), steps, session("a", np.inf, 2, steps)) == [[32, 32]]


def test_the_power_of_a_car_with_fewer_phases_than_its_evse_counts_as_it_is() -> None:
    tree, steps = flat(None, {"lines": ("L1", "L2", "L3")}), hours(1)

    assert currents(tree, steps, session("a", KWH_AT_10_A, 1, steps)) == [[pytest.approx(3.333)]]
    assert currents(tree, steps, session("a", KWH_AT_10_A, 1, steps, watts_per_a=230)) == [[10]]


@given(
    limit=st.floats(5, 60),
    drawn=st.lists(st.lists(st.floats(0, 32), min_size=6, max_size=6), min_size=1, max_size=5),
    stays=st.lists(st.integers(1, 6), min_size=5, max_size=5),
)
@settings(max_examples=examples(60))
def test_all_needs_that_can_be_met_are_met(limit: float, drawn: list[list[float]], stays: list[int]) -> None:
    """Energies are those of some schedule within the limit, so all of them can be delivered."""
    steps = hours(6)
    schedule = np.array([np.where(np.arange(6) < stays[at], row, 0) for at, row in enumerate(drawn)])
    schedule *= np.minimum(1, limit / np.maximum(schedule.sum(axis=0), 1e-9))
    needs = schedule.sum(axis=1) * 230
    sessions = [session("abcde"[at], need, stays[at], steps) for at, need in enumerate(needs.tolist())]
    tree = flat(round(limit + 0.001, 3), *[ONE] * len(sessions))

    told = np.array(currents(tree, steps, *sessions))

    assert told.sum(axis=1) * 230 == pytest.approx(needs, abs=2)


@given(tree=trees(), data=st.data())
@settings(max_examples=examples(60))
def test_a_plan_keeps_to_every_limit_but_for_half_a_percent_of_tangents(tree: SiteTree, data: st.DataObject) -> None:
    compiled, steps = network(tree), hours(3)
    room = limits(tree, compiled, None)
    sessions = [
        session(node, data.draw(st.floats(0, 30_000)), data.draw(st.integers(1, 3)), steps) for node in compiled.nodes
    ]

    told = planned(compiled, Horizon(steps, np.tile(room, (3, 1))), sessions, Objective())

    for step in range(3):
        carried = np.abs(compiled.parts @ told[:, step]) + (compiled.outright @ told[:, step])[compiled.owner]
        assert (carried <= room[compiled.owner] * 1.005 + 1e-3).all()


def test_steps_that_are_alike_are_planned_as_one_without_a_loss() -> None:
    tree = behind_a_transformer(Limits(), Limits(), {"lines": ("L1", "L2"), "delta": True})
    fine, coarse = np.full(48, 300.0), hours(4)
    compiled = network(tree)

    def delivered(steps: Floats) -> float:
        room = np.tile(limits(tree, compiled, None), (len(steps), 1))
        told = planned(compiled, Horizon(steps, room), [session("a", 20_000, 3, steps)], Objective())
        return float((told * steps).sum())

    assert delivered(fine) == pytest.approx(delivered(coarse))


# -- cost ---------------------------------------------------------------------------------------------------------------


def test_energy_is_bought_when_it_is_cheap() -> None:
    steps = hours(3)
    need = session("a", 2 * KWH_AT_10_A, 3, steps)

    assert currents(flat(10, ONE), steps, need, prices=np.array([0.3, 0.1, 0.2])) == [[0, 10, 10]]


def test_a_need_is_met_at_any_price_below_its_worth() -> None:
    steps = hours(2)
    need = session("a", 2 * KWH_AT_10_A, 2, steps)

    assert currents(flat(10, ONE), steps, need, prices=np.array([0.9, 0.1])) == [[10, 10]]
    assert currents(flat(10, ONE), steps, need, prices=np.array([1.1, 0.1])) == [[0, 10]]


def test_the_sun_is_used_before_the_grid() -> None:
    steps = hours(3)
    need = session("a", KWH_AT_10_A, 3, steps)
    sun = np.array([0.0, 1150.0, 9000.0])

    assert currents(flat(32, ONE), steps, need, prices=np.full(3, 0.3), surplus_w=sun) == [[0, 5, 5]]


def test_a_peak_that_costs_is_not_made() -> None:
    steps = hours(4)
    need = session("a", 2 * KWH_AT_10_A, 4, steps)

    assert currents(flat(32, ONE), steps, need, peak_per_kw=0.2) == [[5, 5, 5, 5]]
    (higher,) = currents(flat(32, ONE), steps, need, peak_per_kw=0.2, peak_w=2300)
    assert max(higher) == 10  # what the peak has been already costs nothing more


# -- departures that are not known --------------------------------------------------------------------------------------


def test_who_will_probably_leave_sooner_charges_first() -> None:
    steps = hours(2)
    stays, leaves = np.array([1.0, 0.9]), np.array([1.0, 0.4])
    one, other = (
        session("a", KWH_AT_10_A, 2, steps, here=stays),
        session("b", KWH_AT_10_A, 2, steps, here=leaves),
    )

    assert currents(flat(10, ONE, ONE), steps, one, other) == [[0, 10], [10, 0]]


# -- advice -------------------------------------------------------------------------------------------------------------


def test_who_is_planned_now_comes_before_the_others_of_its_priority_alone() -> None:
    steps = hours(2)
    late, soon = session("a", KWH_AT_10_A, 2, steps), session("b", KWH_AT_10_A, 1, steps)

    one, other = advice(flat(10, ONE, ONE), steps, late, soon)

    assert (one.priority, other.priority) == (15, 17)
    assert (one.planned_a, other.planned_a) == (0, 10)
    assert other.weight > one.weight
    assert (one.ceiling_a, other.ceiling_a) == (32, 32)  # nothing is left where somebody could take it


def test_where_prices_count_the_ceiling_waits_for_the_better_time() -> None:
    steps = hours(3)
    need = session("a", KWH_AT_10_A, 3, steps)

    (waits,) = advice(flat(10, ONE), steps, need, prices=np.array([0.3, 0.1, 0.2]))
    (charges,) = advice(flat(10, ONE), steps, need, prices=np.array([0.1, 0.3, 0.2]))

    assert waits.ceiling_a == 0
    assert charges.ceiling_a == 10


def test_advice_below_the_minimum_current_is_the_minimum() -> None:
    steps = hours(1)
    (told,) = advice(flat(10, ONE), steps, session("a", 460, 1, steps), prices=np.array([0.1]))

    assert (round(told.planned_a, 6), told.ceiling_a) == (2, 6)


def test_a_plan_of_far_less_than_the_minimum_gives_way_to_those_that_need_their_current_now() -> None:
    steps = hours(1)
    little, tight = session("a", 230, 1, steps), session("b", 4370, 1, steps)

    one, other = advice(flat(20, ONE, ONE), steps, little, tight)

    assert (round(one.planned_a, 6), round(other.planned_a, 6)) == (1, 19)
    assert (one.priority, other.priority) == (16, 17)


def test_claims_follow_advice_in_whole_steps_and_others_come_after_those_planned() -> None:
    told = advised([Claim("a", 6, 32), Claim("b", 6, 16, priority=7)], [Advice("a", 9.0, 9.2, 9.0, 11)])

    assert told == [Claim("a", 6, 10, weight=9.0, priority=11), Claim("b", 6, 16, priority=21)]


def test_what_is_advised_is_shared_by_the_plan() -> None:
    tree, steps = flat(10, ONE, ONE), hours(2)
    late, soon = session("a", KWH_AT_10_A, 2, steps), session("b", KWH_AT_10_A, 1, steps)
    compiled = network(tree)

    claims = advised([Claim("a", 6, 32), Claim("b", 6, 32)], advice(tree, steps, late, soon))

    assert share(compiled, limits(tree, compiled, None), claims) == {"a": 0, "b": 10}
    assert most(compiled, np.array([0.0, 10.0]))[0] == 10


def test_nobody_needs_no_plan() -> None:
    assert advice(flat(10, ONE), hours(1)) == []


def test_numbers_that_are_none_are_told() -> None:
    steps = hours(1)

    with pytest.raises(NotPlanned, match="no plan was found"):
        advice(flat(10, ONE), steps, session("a", 10, 1, steps), prices=np.array([np.nan]))
