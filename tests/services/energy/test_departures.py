"""Until when cars stay: learnt by time of day, by those that stayed longer than this one so far."""

import numpy as np
import pytest

from services.energy.departures import Stay, expected, known
from services.energy.phasors import Floats

HOUR = 3600.0


def hours(count: int) -> Floats:
    return np.full(count, HOUR)


def stays(*ended: tuple[float, float], times: int = 1) -> list[Stay]:
    """Of sessions that began in some hour of the day, and stayed so many hours."""
    return [Stay(began_h * 60, stayed_h * HOUR) for began_h, stayed_h in ended] * times


def test_a_stay_is_expected_by_those_that_began_at_about_the_same_time_of_day() -> None:
    seen = stays((9, 8), (10, 4), (20, 1), times=10)

    assert expected(seen, 9.5 * 60, 0, hours(9)).tolist() == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0]
    assert expected(seen, 23 * 60, 0, hours(2)).tolist() == [
        expected(seen, 23 * 60, 0, hours(2))[0],
        pytest.approx(2 / 3),
    ]


def test_midnight_is_no_edge() -> None:
    seen = stays((23.5, 2), (12, 8), times=10)

    assert expected(seen, 0.5 * 60, 0, hours(3)).tolist() == [1, 1, 0]


def test_only_stays_longer_than_this_one_so_far_count() -> None:
    assert expected(stays((9, 2), (9, 6), times=10), 9 * 60, 3 * HOUR, hours(4)).tolist() == [1, 1, 1, 0]


def test_where_few_stays_are_near_all_count_and_where_none_are_it_is_as_likely_to_double() -> None:
    assert expected(stays((9, 2), (15, 4)), 9 * 60, 0, hours(3)).tolist() == [1, 1, 0.5]
    assert expected([], 9 * 60, 2 * HOUR, np.array([4 * HOUR])).tolist() == [0.5]


def test_a_departure_that_is_known_counts_to_the_last_whole_step() -> None:
    assert known(2.5 * HOUR, hours(4)).tolist() == [1, 1, 0, 0]
