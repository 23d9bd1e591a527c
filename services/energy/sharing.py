"""Exact water-filling over the tree of a site: who may draw how much now. PURE.

Classes of priority are served one after the other, the highest first. Within a class each is given its minimum in the order of waiting, as
many as the limits allow; then all are raised together, each in proportion to its weight, until a limit is reached: who loads it stays, the
others go on (max-min fairness by weight). What is left after rounding down to steps is given a step at a time to who has least.

The result is the same whatever the order of the claims is. No row carries more than its room, even where cars take less than they may.
"""

import heapq
import math
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple, cast

import numpy as np

from services.energy.network import Network, most
from services.energy.phasors import TOLERANCE, Flags, Floats, Phasors

LEAST_WEIGHT = 1e-6
ROUNDING = 1e-9


class Claim(NamedTuple):
    """What an outlet may be given: nothing, or from `min_a` to `max_a` (its ceiling now), in whole steps, in A for each of its phases.

    A ceiling below the minimum gives nothing. A higher priority comes first, whatever the weight is; of equal ones who has waited longest
    is given its minimum first.
    """

    node: str
    min_a: float
    max_a: float
    step_a: float = 1
    weight: float = 1
    priority: int = 5
    waited_s: float = 0


def share(network: Network, room: Floats, claims: Sequence[Claim], fixed: Floats | None = None) -> dict[str, float]:
    """What each claim is given, by node, in A for each phase. ValueError where two claims are of one node, or of one that is not there.

    `room`: the limit of each row less its background. `fixed`: what outlets without a claim count with; nothing where it is not given.
    """
    asked = sorted((_Asked.of(network, claim) for claim in claims), key=lambda each: (-each.claim.priority, each.turn))
    if len({each.column for each in asked}) < len(asked):
        raise ValueError("two claims are of one outlet: give one for each")
    given = np.zeros(len(network.nodes)) if fixed is None else fixed.astype(np.float64)
    given[[each.column for each in asked]] = 0
    rows = _Rows(network, room, given)
    for _, some in groupby(asked, key=lambda each: each.claim.priority):
        _serve(rows, list(some))
    return {each.claim.node: round(rows.given[each.column], 6) for each in asked}


def excess(network: Network, room: Floats, amps: Floats) -> dict[str, float]:
    """By how much rows are exceeded, in A or W, if each outlet draws at most this; only those that are."""
    over = most(network, amps) - room
    return {network.rows[at].name: float(over[at]) for at in np.flatnonzero(over > TOLERANCE)}


class _Asked(NamedTuple):
    """A claim in whole steps. `turn`: who comes first among equals in priority."""

    claim: Claim
    column: int
    least: int
    greatest: int
    turn: tuple[float, int]

    @classmethod
    def of(cls, network: Network, claim: Claim) -> "_Asked":
        if claim.node not in network.index:
            raise ValueError(f"no outlet of the tree is {claim.node}")
        if claim.step_a <= 0:
            raise ValueError(f"the step of {claim.node} is not above 0")
        column = network.index[claim.node]
        least = math.ceil(claim.min_a / claim.step_a - ROUNDING)
        greatest = math.floor(claim.max_a / claim.step_a + ROUNDING)
        return cls(claim, column, max(least, 0), greatest, (-claim.waited_s, column))

    @property
    def weight(self) -> float:
        return max(self.claim.weight, LEAST_WEIGHT)

    def amps(self, steps: int) -> float:
        return steps * self.claim.step_a


class _Rows:
    """The parts of rows, and what they carry while claims are given more."""

    def __init__(self, network: Network, room: Floats, given: Floats) -> None:
        self.network = network
        self.given: list[float] = given.tolist()
        self.room = room[network.owner] + TOLERANCE / 2
        self.sums: list[complex] = (network.parts @ given).tolist()
        self.beside: list[float] = (network.outright @ given)[network.owner].tolist()
        self._rooms: list[float] = self.room.tolist()

    def raise_if_it_fits(self, outlet: int, amps: float) -> bool:
        """Give an outlet so much more, unless a row that it loads would carry more than its room."""
        sums, beside, rooms = self.sums, self.beside, self._rooms
        for at, phasor, outright in self.network.columns[outlet]:
            if abs(sums[at] + amps * phasor) + beside[at] + amps * outright > rooms[at]:
                return False
        self.raise_by(outlet, amps)
        return True

    def raise_by(self, outlet: int, amps: float) -> None:
        """Give an outlet so much more, whether it fits or not."""
        for at, phasor, outright in self.network.columns[outlet]:
            self.sums[at] += amps * phasor
            self.beside[at] += amps * outright
        self.given[outlet] += amps


def _serve(rows: _Rows, asked: list[_Asked]) -> None:
    """Give one class of priority all that is left for it. Everybody in it comes in the order of waiting."""
    served = [
        each
        for each in asked
        if each.greatest >= max(each.least, 1) and rows.raise_if_it_fits(each.column, each.amps(each.least))
    ]
    if not served:
        return
    steps = [
        min(each.greatest, max(each.least, math.floor(amps / each.claim.step_a + ROUNDING)))
        for each, amps in zip(served, _filled(rows, served).tolist(), strict=True)
    ]
    for each, count in zip(served, steps, strict=True):
        rows.raise_by(each.column, each.amps(count - each.least))
    _give_what_is_left(rows, served, steps)


def _give_what_is_left(rows: _Rows, served: list[_Asked], steps: list[int]) -> None:
    """A step at a time to who has least by weight, while a step fits. Who does not fit once never fits again."""
    waiting = [
        (each.amps(count + 1) / each.weight, each.turn, at)
        for at, (each, count) in enumerate(zip(served, steps, strict=True))
        if count < each.greatest
    ]
    heapq.heapify(waiting)
    while waiting:
        _, turn, at = heapq.heappop(waiting)
        each = served[at]
        if rows.raise_if_it_fits(each.column, each.claim.step_a):
            steps[at] += 1
            if steps[at] < each.greatest:
                heapq.heappush(waiting, (each.amps(steps[at] + 1) / each.weight, turn, at))


# -- the continuous optimum ---------------------------------------------------------------------------------------------


def _filled(rows: _Rows, served: list[_Asked]) -> Floats:
    """Raise all from their minimum with one level, each to its weight times the level; each stops at the first full row that it loads."""
    columns = np.array([each.column for each in served])
    network, limited = rows.network, np.flatnonzero(np.isfinite(rows.room))
    filling = _Filling(
        low=np.array([each.amps(each.least) for each in served]),
        high=np.array([each.amps(each.greatest) for each in served]),
        weight=np.array([each.weight for each in served]),
        parts=network.parts[np.ix_(limited, columns)],
        outright=network.outright[np.ix_(network.owner[limited], columns)],
        room=rows.room[limited],
        sums=np.array(rows.sums)[limited],
        beside=np.array(rows.beside)[limited],
    )
    amps = filling.low
    active, level = filling.high > filling.low, 0.0
    while active.any():
        level, raised = filling.next(amps, active, level)
        stopped = active & (filling.held(raised) | (raised >= filling.high - TOLERANCE))
        amps = raised
        if not stopped.any():
            break  # nothing that can be told apart is left
        active = active & ~stopped
    return amps


class _Filling(NamedTuple):
    """The claims that are filled, and the parts of rows that they load. `sums` and `beside`: what the parts carry at the minimum of all."""

    low: Floats
    high: Floats
    weight: Floats
    parts: Phasors
    outright: Floats
    room: Floats
    sums: Phasors
    beside: Floats

    def at(self, level: float, amps: Floats, active: Flags) -> Floats:
        """What each has at a level: who is not active keeps what it has."""
        return np.where(active, np.clip(self.weight * level, self.low, self.high), amps)

    def carried(self, amps: Floats) -> tuple[Phasors, Floats]:
        """The sum of phasors in each part, and what counts outright."""
        more = amps - self.low
        return self.sums + self.parts @ more, self.beside + self.outright @ more

    def next(self, amps: Floats, active: Flags, level: float) -> tuple[float, Floats]:
        """The greatest level at which no part is overfull, and what each has then.

        Between two levels at which somebody starts or stops to rise all is linear: the first of these at which a part is overfull is
        found by looking at all at once, and the level before it by the root of a square.
        """
        bends = np.concatenate((self.low[active], self.high[active])) / np.tile(self.weight[active], 2)
        levels = np.unique(bends[bends > level])
        if not len(levels):
            return level, np.where(active, self.high, amps)
        every = np.where(active[:, None], np.clip(np.outer(self.weight, levels), *self._bounds()), amps[:, None])
        more = every - self.low[:, None]
        lengths = np.abs(self.sums[:, None] + self.parts @ more)
        over = lengths + self.beside[:, None] + self.outright @ more > self.room[:, None]
        if not over.any():
            return float(levels[-1]), every[:, -1]
        first = int(np.argmax(over.any(axis=0)))
        start = self.at(level, amps, active) if first == 0 else every[:, first - 1]
        part = self._until_full(start, every[:, first], over[:, first])
        before = level if first == 0 else float(levels[first - 1])
        return before + part * (float(levels[first]) - before), start + part * (every[:, first] - start)

    def _bounds(self) -> tuple[Floats, Floats]:
        return self.low[:, None], self.high[:, None]

    def _until_full(self, start: Floats, end: Floats, over: Flags) -> float:
        """How far all may go from start straight to end, where some parts are overfull, from 0 to 1, before one is: |S + xC| = D - xb."""
        sums, beside = self.carried(start)
        phasors, outright = self.parts @ (end - start), self.outright @ (end - start)
        room = self.room - beside
        sums, phasors, outright, room = sums[over], phasors[over], outright[over], room[over]
        half = (sums.conj() * phasors).real + room * outright
        square = np.abs(phasors) ** 2 - outright**2
        left = np.maximum(room**2 - np.abs(sums) ** 2, 0)
        root = np.sqrt(np.maximum(half**2 + square * left, 0))
        return float(np.clip(np.min(left / np.maximum(half + root, 1e-12)), 0, 1))

    def held(self, amps: Floats) -> Flags:
        """Who loads a full part more if it is given more."""
        sums, beside = self.carried(amps)
        lengths = np.abs(sums)
        full = lengths + beside >= self.room - TOLERANCE / 2
        along = (sums[full].conj()[:, None] * self.parts[full]).real / np.maximum(lengths[full], TOLERANCE)[:, None]
        return cast(Flags, (along + self.outright[full] > TOLERANCE).any(axis=0))
