"""How an EVSE loads the lines of a tree: phasors for one ampere, and their sums. PURE.

A wye EVSE loads its lines at 0, -120 and 120 degrees; a delta EVSE two lines, at the angle of the voltage between them, in opposite
directions. A transformer with a delta primary and a wye secondary (`Node.turns`) loads its primary's line with the difference of two
windings. The phase of a current is taken to be that of its voltage.
"""

import cmath
import math
from collections.abc import Iterable
from functools import cache
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.sitetrees import LINES, Line

Floats = NDArray[np.float64]
Phasors = NDArray[np.complex128]
Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]

TOLERANCE = 1e-6
"""In A or W: so much above a limit is the computer's rounding."""

ANGLES: tuple[complex, ...] = tuple(cmath.exp(1j * math.radians(degrees)) for degrees in (0.0, -120.0, 120.0))


class Wiring(NamedTuple):
    """How an EVSE loads the tree: the lines that it, or the car at it, really uses, as in `Outlet`. No lines: not known."""

    lines: tuple[Line, ...] = ()
    delta: bool = False
    dc: bool = False


Carried = tuple[complex, complex, complex, complex]
"""What an outlet that draws 1 A of each phase carries on L1, L2, L3 (A) and in all (W)."""


def possible(wiring: Wiring, *, turned: int, voltage: float) -> list[Carried]:
    """The ways in which the outlet may load its lines: one where its wiring is known. Each transformer above turns by 30 degrees."""
    turn = cmath.exp(1j * math.radians(30.0 * turned))
    if wiring.dc and not wiring.lines:
        return [_wye(LINES, turn, voltage)]
    if wiring.delta:
        pairs = [wiring.lines] if wiring.lines else list(combinations(LINES, 2))
        return [_delta(pair, turn, voltage) if len(pair) == 2 else _wye(pair, turn, voltage) for pair in pairs]
    if wiring.lines:
        return [_wye(wiring.lines, turn, voltage)]
    return [_wye(lines, turn, voltage) for some in (1, 2, 3) for lines in combinations(LINES, some)]


def _wye(lines: Iterable[Line], turn: complex, voltage: float) -> Carried:
    used = set(lines)
    one, two, three = (ANGLES[at] * turn if line in used else 0j for at, line in enumerate(LINES))
    return one, two, three, complex(voltage * len(used))


def _delta(pair: tuple[Line, ...], turn: complex, voltage: float) -> Carried:
    """Between two lines: with the angle of the voltage between them, out of the first and into the second."""
    start, end = (LINES.index(line) for line in pair)
    between = ANGLES[start] - ANGLES[end]
    phasor = between / abs(between) * turn
    one, two, three = (phasor if at == start else -phasor if at == end else 0j for at in range(3))
    return one, two, three, complex(voltage * math.sqrt(3))


def through(carried: Carried, turns: float) -> Carried:
    """What the delta primary of a transformer carries for what its wye secondary does."""
    one, two, three, watts = carried
    return turns * (one - three), turns * (two - one), turns * (three - two), watts


def counted(possible: list[complex]) -> tuple[complex, float]:
    """A phasor that stands for all possible ones, or the length of the longest where they differ in phase."""
    longest = max(possible, key=abs)
    length = abs(longest)
    if all(abs(each * longest.conjugate() - abs(each) * length) <= TOLERANCE * length for each in possible):
        return longest, 0.0
    return 0j, length


def parts(matrix: Phasors) -> tuple[Phasors, NDArray[np.intp]]:
    """The sums whose greatest is the most that each row carries if each outlet draws at most its current, and the row of each.

    That most is reached by the outlets that point to one side of some direction, so there is a sum for each such set. Where all phasors of
    a row are within 90 degrees, each adds to all others, and one sum is enough.
    """
    sums: list[Phasors] = []
    owner: list[int] = []
    for at, row in enumerate(matrix):
        angles = np.round(np.degrees(np.angle(row)), 3)
        for kept in _sides(tuple(sorted(set(angles[row != 0].tolist())))):
            sums.append(np.where(np.isin(angles, list(kept)), row, 0))
            owner.append(at)
    shape = (len(sums), matrix.shape[1])
    return np.array(sums, dtype=np.complex128).reshape(shape), np.array(owner, dtype=np.intp)


@cache
def _sides(angles: tuple[float, ...]) -> tuple[frozenset[float], ...]:
    """The sets of these angles (degrees) on one side of some direction, but those to which another only adds."""
    edges = sorted({(angle + quarter) % 360 for angle in angles for quarter in (90, 270)})
    middles = [(low + high) / 2 for low, high in zip(edges, [*edges[1:], edges[0] + 360], strict=True)] if edges else []
    found = {frozenset(each for each in angles if _cosine(each, middle) > 0) for middle in middles} - {frozenset()}
    kept = [each for each in found if not any(_only_adds(each, other) for other in found)]
    return tuple(sorted(kept, key=sorted)) or (frozenset(angles),)


def _only_adds(part: frozenset[float], whole: frozenset[float]) -> bool:
    """Whether the sum of the whole is never shorter than that of the part: what it has more is within 90 degrees of all of it."""
    return part < whole and all(_cosine(more, each) >= -1e-9 for more in whole - part for each in whole)


def _cosine(one: float, other: float) -> float:
    return math.cos(math.radians(one - other))
