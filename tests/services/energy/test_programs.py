"""Linear programs: the best values within all sums, or a reason why there are none."""

import numpy as np
import pytest

from services.energy.programs import Columns, NotPlanned, Rows, solve


def test_the_variables_worth_most_are_as_great_as_bounds_and_sums_let_them_be() -> None:
    columns, rows = Columns(), Rows()
    few = columns.add(np.array([[4.0], [9.0]]), np.array([[2.0], [1.0]]))
    rows.add(few.ravel(), np.ones(2), top=10.0)

    assert few.tolist() == [[0], [1]]
    assert solve(columns, rows).tolist() == [4, 6]


def test_sums_are_added_one_by_one_or_many_at_once() -> None:
    columns, rows = Columns(), Rows()
    columns.add(np.full(3, np.inf), np.ones(3))
    rows.add_many(
        np.array([0, 1, 1, 2]), np.array([1.0, 1.0, 1.0, -1.0]), np.array([2, 2]), np.array([-np.inf, 0.0]),
        np.array([6.0, 0.0]),
    )  # fmt: skip

    assert solve(columns, rows).tolist() == [0, 6, 6]


def test_what_has_no_bound_or_no_solution_is_told() -> None:
    columns, rows = Columns(), Rows()
    columns.add(np.array([np.inf]), np.array([1.0]))
    rows.add(np.array([0]), np.array([-1.0]), top=0.0)

    with pytest.raises(NotPlanned, match="no plan was found: Unbounded"):
        solve(columns, rows)

    rows.add(np.array([0]), np.array([1.0]), top=-1.0)
    with pytest.raises(NotPlanned, match=r"no plan was found"):
        solve(columns, rows)


def test_what_is_not_a_number_is_told() -> None:
    columns, rows = Columns(), Rows()
    columns.add(np.array([1.0]), np.array([np.nan]))
    rows.add(np.array([0]), np.array([1.0]), top=1.0)

    with pytest.raises(NotPlanned, match="not a number"):
        solve(columns, rows)
