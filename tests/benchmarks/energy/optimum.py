"""The most energy that any schedule could deliver, all arrivals and departures known beforehand: a linear program of its own (HiGHS).

It is an upper bound: currents need be neither whole amperes nor 6 A, and a line's limit, the length of a sum of phasors, is kept by
tangents alone, which are added where a solution is above the limit until none is by more than 0.05 %. It knows the limits by the site's
matrices, and shares no code with the planner. The month falls into pieces wherever nobody is there.
"""

from collections.abc import Iterator

import highspy
import numpy as np

from services.energy.network import Network
from services.energy.phasors import Floats
from tests.benchmarks.energy.sessions import PERIOD_S, Visit
from tests.benchmarks.energy.site import CAR_AMPS, VOLTS

ABOVE = 0.0005


def most_energy_wh(network: Network, room: Floats, visits: list[Visit]) -> float:
    """Of all sessions together."""
    return sum(_most_of(network, room, piece) for piece in _pieces(visits))


def _pieces(visits: list[Visit]) -> Iterator[list[Visit]]:
    piece: list[Visit] = []
    end = 0
    for visit in sorted(visits, key=lambda each: each.arrival):
        if piece and visit.arrival >= end:
            yield piece
            piece = []
        piece.append(visit)
        end = max(end, visit.departure)
    yield piece


def _most_of(network: Network, room: Floats, visits: list[Visit]) -> float:
    """Currents by session and by the time between two arrivals or departures; the sums of those that load the site alike; the tangents."""
    times = sorted({time for visit in visits for time in (visit.arrival, visit.departure)})
    index = {time: at for at, time in enumerate(times)}
    hours = np.diff(times) * PERIOD_S / 3600
    alike: dict[bytes, int] = {}
    phasors: list[np.ndarray] = []
    kinds: list[int] = []
    for visit in visits:
        column = network.matrix[:, network.index[visit.node]]
        kind = alike.setdefault(column.tobytes(), len(alike))
        if kind == len(phasors):
            phasors.append(column)
        kinds.append(kind)
    loads = np.array(phasors).T[np.isfinite(room)]
    limits = room[np.isfinite(room)]

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
    members: dict[tuple[int, int], list[int]] = {}
    count = 0
    for visit, kind in zip(visits, kinds, strict=True):
        spans = range(index[visit.arrival], index[visit.departure])
        mine = np.arange(count, count + len(spans), dtype=np.int32)
        length = hours[spans.start : spans.stop]
        solver.addVars(len(spans), np.zeros(len(spans)), np.full(len(spans), CAR_AMPS))
        solver.changeColsCost(len(spans), mine, VOLTS * length)
        solver.addRow(-np.inf, visit.energy_wh, len(mine), mine, VOLTS * length)
        for span, column in zip(spans, mine.tolist(), strict=True):
            members.setdefault((kind, span), []).append(column)
        count += len(spans)
    sums = np.full((len(phasors), len(hours)), -1, dtype=np.int32)
    for (kind, span), columns in members.items():
        solver.addVar(0, len(columns) * CAR_AMPS)
        sums[kind, span] = count
        solver.addRow(
            0, 0, len(columns) + 1, np.array([*columns, count], dtype=np.int32), np.array([1.0] * len(columns) + [-1.0])
        )
        count += 1
    _add_tangents(solver, sums, loads, limits, np.ones((len(limits), len(hours)), dtype=bool), None)
    while True:
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"no optimum: {solver.modelStatusToString(solver.getModelStatus())}")
        values = np.append(np.array(solver.getSolution().col_value), 0.0)
        flows = loads @ values[sums]
        above = np.abs(flows) > limits[:, None] * (1 + ABOVE)
        if not above.any():
            return float(solver.getInfo().objective_function_value)
        _add_tangents(solver, sums, loads, limits, above, flows)


def _add_tangents(
    solver: highspy.Highs,
    sums: np.ndarray,
    loads: np.ndarray,
    limits: Floats,
    where: np.ndarray,
    flows: np.ndarray | None,
) -> None:
    """A tangent in the direction of each flow, or, before there are any, in that of each kind of load and of all together."""
    for row, span in zip(*np.nonzero(where), strict=True):
        used = [kind for kind in range(len(sums)) if sums[kind, span] >= 0 and loads[row, kind]]
        if not used:
            continue
        alongs = [flows[row, span]] if flows is not None else [*loads[row, used], loads[row, used].sum()]
        for along in {complex(np.round(each / abs(each), 9)) for each in alongs if abs(each) > 1e-9}:
            factors = (loads[row, used] * np.conj(along)).real
            solver.addRow(-np.inf, float(limits[row]), len(used), sums[used, span], factors)
