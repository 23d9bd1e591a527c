"""Linear programs, put together from variables and sums and solved by HiGHS. PURE."""

import highspy
import numpy as np

from services.energy.phasors import Floats, Indices


class NotPlanned(RuntimeError):
    """The solver did not find a plan: says what it found. Share without advice then."""


class Columns:
    """Variables from 0 to a bound, and what one of each is worth."""

    def __init__(self) -> None:
        self.tops: list[Floats] = []
        self.gains: list[Floats] = []
        self.count = 0

    def add(self, tops: Floats, gains: Floats | None = None) -> Indices:
        """More variables; their numbers, in the shape of their bounds."""
        self.tops.append(tops.ravel())
        self.gains.append(np.zeros(tops.size) if gains is None else gains.ravel())
        numbers = np.arange(self.count, self.count + tops.size).reshape(tops.shape)
        self.count += tops.size
        return numbers


class Rows:
    """Sums of variables within bounds."""

    def __init__(self) -> None:
        self.columns: list[Indices] = []
        self.factors: list[Floats] = []
        self.sizes: list[int] = []
        self.bottoms: list[float] = []
        self.tops: list[float] = []

    def add(self, columns: Indices, factors: Floats, *, bottom: float = -np.inf, top: float) -> None:
        """One sum."""
        self.columns.append(columns)
        self.factors.append(factors)
        self.sizes.append(len(columns))
        self.bottoms.append(bottom)
        self.tops.append(top)

    def add_many(self, columns: Indices, factors: Floats, sizes: Indices, bottoms: Floats, tops: Floats) -> None:
        """Sums one after the other, each of so many of the columns."""
        self.columns.append(columns)
        self.factors.append(factors)
        self.sizes += sizes.tolist()
        self.bottoms += bottoms.tolist()
        self.tops += tops.tolist()


def solve(columns: Columns, rows: Rows) -> Floats:
    """The values of all variables that are worth most."""
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = columns.count, len(rows.sizes)
    program.sense_ = highspy.ObjSense.kMaximize
    program.col_cost_ = np.concatenate(columns.gains)
    program.col_lower_ = np.zeros(columns.count)
    program.col_upper_ = np.concatenate(columns.tops)
    program.row_lower_, program.row_upper_ = np.array(rows.bottoms), np.array(rows.tops)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.concatenate(([0], np.cumsum(rows.sizes)))
    program.a_matrix_.index_ = np.concatenate(rows.columns)
    program.a_matrix_.value_ = np.concatenate(rows.factors)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    if not np.isfinite(program.col_cost_).all() or solver.passModel(program) == highspy.HighsStatus.kError:
        raise NotPlanned("no plan was found: something in the rooms, needs or prices is not a number")
    solver.run()
    if (status := solver.getModelStatus()) != highspy.HighsModelStatus.kOptimal:
        raise NotPlanned(f"no plan was found: {solver.modelStatusToString(status)}")
    return np.array(solver.getSolution().col_value)
