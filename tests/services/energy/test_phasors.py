"""Phasors of EVSEs, and the sums of which the greatest is the most that a line carries."""

import cmath
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.energy.phasors import Wiring, counted, parts, possible, through
from tests.examples import examples


def lengths(wiring: Wiring) -> list[float]:
    (carried,) = possible(wiring, turned=0, voltage=230)
    return [round(abs(each), 6) for each in carried]


def test_a_wye_evse_loads_its_own_lines() -> None:
    assert lengths(Wiring(("L2",))) == [0, 1, 0, 230]
    assert lengths(Wiring(("L2", "L3", "L1"))) == [1, 1, 1, 690]


def test_an_evse_between_two_lines_loads_both_at_30_degrees_to_their_voltage() -> None:
    (carried,) = possible(Wiring(("L1", "L2"), delta=True), turned=0, voltage=120)

    assert math.degrees(cmath.phase(carried[0])) == pytest.approx(30)
    assert carried[1] == pytest.approx(-carried[0])
    assert carried[2] == 0
    assert carried[3].real == pytest.approx(207.846)


def test_a_dc_evse_loads_all_lines_alike_unless_the_tree_says_more() -> None:
    assert lengths(Wiring(dc=True)) == [1, 1, 1, 690]
    assert lengths(Wiring(("L3",), dc=True)) == [0, 0, 1, 230]


def test_an_evse_whose_wiring_is_not_known_may_be_on_any_lines() -> None:
    assert len(possible(Wiring(), turned=0, voltage=230)) == 7
    assert len(possible(Wiring(delta=True), turned=0, voltage=230)) == 3


def test_a_balanced_load_turns_by_30_degrees_through_a_transformer() -> None:
    (carried,) = possible(Wiring(("L1", "L2", "L3")), turned=1, voltage=120)
    above = through(carried, 0.25)

    assert [math.degrees(cmath.phase(each)) for each in above[:3]] == pytest.approx([0, -120, 120])
    assert abs(above[0]) == pytest.approx(0.25 * math.sqrt(3))


def test_ways_in_phase_count_as_the_longest_and_others_outright() -> None:
    assert counted([0j, 1j, 2j]) == (2j, 0)
    assert counted([1j, 2 + 0j]) == (0, 2)
    assert counted([0j]) == (0, 0)


def test_phasors_within_90_degrees_are_one_sum() -> None:
    sums, owner = parts(np.array([[1, 1j, 0]]))

    assert sums.tolist() == [[1, 1j, 0]]
    assert owner.tolist() == [0]


@given(
    row=st.lists(st.tuples(st.floats(0.1, 2), st.sampled_from(range(0, 360, 30))), min_size=1, max_size=6),
    drawn=st.lists(st.floats(0, 1), min_size=6, max_size=6),
)
@settings(max_examples=examples(300))
def test_no_currents_at_or_below_others_carry_more_than_the_greatest_sum(
    row: list[tuple[float, int]], drawn: list[float]
) -> None:
    phasors = np.array([[length * cmath.exp(1j * math.radians(degrees)) for length, degrees in row]])
    sums, _ = parts(phasors)

    assert abs(phasors @ np.array(drawn[: len(row)])).max() <= np.abs(sums.sum(axis=1)).max() + 1e-9


@given(row=st.lists(st.sampled_from(range(0, 360, 30)), min_size=1, max_size=6))
@settings(max_examples=examples(200))
def test_the_greatest_sum_is_reached_by_some_currents(row: list[int]) -> None:
    phasors = np.array([[cmath.exp(1j * math.radians(degrees)) for degrees in row]])
    sums, _ = parts(phasors)
    subsets = [np.array([bits >> at & 1 for at in range(len(row))]) for bits in range(2 ** len(row))]

    assert np.abs(sums.sum(axis=1)).max() == pytest.approx(max(abs(phasors @ each).max() for each in subsets))
