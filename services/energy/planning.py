"""Plans of a site's power over hours: a linear program (HiGHS) that says who comes first now, and how much. PURE, off the hot path.

`plan` decides for each session how much it should draw in each of the coming steps, within every limit, so that the needs are met as far
as possible, by the least cost. What comes of it is advice to `sharing.share` for now: priority, weight and ceiling of each session. The
limits are kept there: here phasors count by tangents, which lets a plan exceed a line by up to half a percent.

A departure that is not known is a probability: energy that is planned for later counts as far as the car will probably be there then
(`departures.expected`, learnt from the stays that the site has seen).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from services.energy.network import Network
from services.energy.phasors import Floats, Indices, Phasors
from services.energy.programs import Columns, Rows, solve
from services.energy.sharing import Claim

TANGENT_DEGREES = 10.0
CLASSES = 3
"""Of advice, in each priority: planned now, planned with little, and not planned now."""

WORTH_THE_MINIMUM = 0.6
"""From this part of its minimum current on, a session that is planned now is given that."""

PER_PRIORITY = 10.0
"""So much more the energy of a session counts than that of one a priority below."""


class Session(NamedTuple):
    """A session, and what it still needs. `max_a`: what it draws at most, in A for each of its phases; from `min_a` or nothing.

    `here`: for each step the probability that it is still there: 1 until a departure that is known, and 0 from then on. `watts_per_a`: its
    power for each ampere, where the car is known to use fewer phases than the tree says.
    """

    node: str
    energy_wh: float
    here: Floats
    max_a: float
    min_a: float = 6
    priority: int = 5
    weight: float = 1
    watts_per_a: float | None = None


class Objective(NamedTuple):
    """What a plan is good for. All prices are in one currency.

    `per_kwh`: what 1 kWh of what is needed is worth: more than any price, or needs give way to it. `early`: the part of that which is lost
    in an hour's waiting. `prices`: of a kWh from the grid in each step (a tariff, or CO2 as a price). `surplus_w`: what the sun gives more
    than the site takes in each step, each kWh of it at `surplus_price`. `peak_per_kw`: the price of each kW above `peak_w`, once.
    """

    per_kwh: float = 1.0
    early: float = 0.001
    prices: Floats | None = None
    surplus_w: Floats | None = None
    surplus_price: float = 0.0
    peak_per_kw: float = 0.0
    peak_w: float = 0.0


NEEDS = Objective()
"""Needs alone, as early as possible."""


class Horizon(NamedTuple):
    """The steps that are planned, from now on: their lengths and the room of each row (steps x rows), which may be infinite."""

    lengths_s: Floats
    room: Floats


class Advice(NamedTuple):
    """What `share` should do for a session now. `planned_a`: what the plan gives it in the first step.

    `priority` is three times its own, two more where the plan has it charge now, one more where that is far less than its minimum current,
    which would take the place of others. `weight` is in proportion to what is planned. `ceiling_a`: 0
    where it should wait for a better time, and what is planned where prices count; otherwise what it can take, so that nothing is left.
    """

    node: str
    planned_a: float
    ceiling_a: float
    weight: float
    priority: int


def plan(network: Network, horizon: Horizon, sessions: Sequence[Session], objective: Objective = NEEDS) -> list[Advice]:
    """Advice for each session, in their order. NotPlanned where the solver gives up."""
    if not sessions:
        return []
    amps = planned(network, horizon, sessions, objective)
    counts_prices = objective.prices is not None or objective.peak_per_kw > 0
    return [_advice(each, float(now), counts_prices) for each, now in zip(sessions, amps[:, 0], strict=True)]


def planned(network: Network, horizon: Horizon, sessions: Sequence[Session], objective: Objective) -> Floats:
    """What the plan gives each session in each step, in A for each phase (sessions x steps)."""
    joined, of_step = _joined(horizon, sessions, objective)
    program = _Program(network, joined)
    return program.solved()[:, of_step]


def _advice(session: Session, now: float, counts_prices: bool) -> Advice:
    charges = now > 0.01
    ceiling = session.max_a
    if counts_prices:
        ceiling = min(session.max_a, max(session.min_a, math.ceil(now - 0.01))) if charges else 0.0
    weight = max(now, 0.01) * session.weight
    standing = 2 if charges and now >= WORTH_THE_MINIMUM * session.min_a else 1 if charges else 0
    return Advice(session.node, now, ceiling, weight, CLASSES * session.priority + standing)


def advised(claims: Sequence[Claim], advice: Sequence[Advice]) -> list[Claim]:
    """The claims with the advice for their nodes. Those without keep their weight and priority, as not planned for now."""
    by_node = {each.node: each for each in advice}
    return [_advised(claim, by_node.get(claim.node)) for claim in claims]


def _advised(claim: Claim, advice: Advice | None) -> Claim:
    if advice is None:
        return claim._replace(priority=CLASSES * claim.priority)
    in_steps = math.ceil(advice.ceiling_a / claim.step_a - 1e-9) * claim.step_a
    return claim._replace(max_a=min(claim.max_a, in_steps), weight=advice.weight, priority=advice.priority)


# -- the program --------------------------------------------------------------------------------------------------------


class _Joined(NamedTuple):
    """What is planned, with steps that are alike planned as one."""

    lengths_s: Floats
    middles_s: Floats
    room: Floats
    sessions: Sequence[Session]
    here: Floats
    objective: Objective


def _joined(horizon: Horizon, sessions: Sequence[Session], objective: Objective) -> tuple[_Joined, Indices]:
    """Neighbouring steps with the same room, prices and cars, joined (but the first), and which of these each step is in.

    No optimum is lost but for what `early` is worth within them: all limits hold for the mean of currents, too.
    """
    here = np.array([session.here for session in sessions]).reshape(len(sessions), len(horizon.lengths_s))
    told = [horizon.room.T, here]
    told += [series[None, :] for series in (objective.prices, objective.surplus_w) if series is not None]
    facts = np.concatenate(told)
    changes = np.concatenate(([True], (facts[:, 1:] != facts[:, :-1]).any(axis=0)))
    changes[1:2] = True
    firsts, of_step = np.flatnonzero(changes), np.cumsum(changes) - 1
    lengths = np.add.reduceat(horizon.lengths_s, firsts)
    prices, sun = objective.prices, objective.surplus_w
    in_these = objective._replace(
        prices=None if prices is None else prices[firsts], surplus_w=None if sun is None else sun[firsts]
    )
    middles = np.cumsum(lengths) - lengths / 2
    room = np.maximum(horizon.room[firsts], 0)
    joined = _Joined(lengths, middles, room, sessions, here[:, firsts], in_these)
    return joined, of_step


class _Program:
    """The linear program. Columns: what each session draws in each step that it may be there, the sums of sessions that load the same
    rows in the same way, power from the grid and of the sun, and the peak."""

    def __init__(self, network: Network, joined: _Joined) -> None:
        self._network, self._joined = network, joined
        self._outlets = [network.index[session.node] for session in joined.sessions]
        self._watts = np.array([_watts_per_a(network, session) for session in joined.sessions])
        self._rows, self._columns = Rows(), Columns()
        steps = len(joined.lengths_s)
        self._draws = self._add_draws()
        self._members = self._grouped()
        self._sums = self._columns.add(np.full((len(self._members), steps), np.inf))
        self._add_needs()
        self._add_limits()
        if joined.objective.prices is not None or joined.objective.peak_per_kw > 0:
            self._add_power()

    def solved(self) -> Floats:
        """What each session draws in each of the joined steps."""
        values = solve(self._columns, self._rows)
        return np.where(self._draws >= 0, values[self._draws], 0.0)

    def _add_draws(self) -> Indices:
        """A column for each session and step; -1 where it is not there."""
        joined, objective = self._joined, self._joined.objective
        most = np.array([session.max_a for session in joined.sessions])
        rank = np.array([session.priority for session in joined.sessions])
        worth = objective.per_kwh * PER_PRIORITY ** (rank - rank.max()).astype(np.float64)
        in_time = np.maximum(0.0, 1.0 - objective.early * joined.middles_s / 3600)
        per_a = self._watts[:, None] * joined.lengths_s / 3.6e6
        there = joined.here > 0.001
        gains = (worth[:, None] * in_time * joined.here * per_a)[there]
        draws = np.full(there.shape, -1, dtype=np.intp)
        draws[there] = self._columns.add(np.broadcast_to(most[:, None], there.shape)[there], gains)
        return draws

    def _grouped(self) -> list[list[int]]:
        """Sessions that load the same parts alike."""
        groups: dict[object, list[int]] = {}
        for at, outlet in enumerate(self._outlets):
            groups.setdefault(self._network.columns[outlet], []).append(at)
        return list(groups.values())

    def _add_needs(self) -> None:
        """No session is given more than it wants; each sum is that of its sessions."""
        hours = self._joined.lengths_s / 3600
        for at, session in enumerate(self._joined.sessions):
            there = self._draws[at] >= 0
            if there.any() and math.isfinite(session.energy_wh):
                self._rows.add(self._draws[at][there], self._watts[at] * hours[there], top=max(session.energy_wh, 0.0))
        for members, sums in zip(self._members, self._sums, strict=True):
            columns = np.vstack((self._draws[members], sums)).T
            factors = np.broadcast_to([1.0] * len(members) + [-1.0], columns.shape)
            there = columns >= 0
            zeros = np.zeros(len(sums))
            self._rows.add_many(columns[there], factors[there], there.sum(axis=1), zeros, zeros)

    def _add_limits(self) -> None:
        """Each part of a row by its tangents, in each step in which it could be full at all."""
        network = self._network
        places = [self._outlets[members[0]] for members in self._members]
        most = np.array([sum(self._joined.sessions[at].max_a for at in members) for members in self._members])
        seen: set[tuple[object, ...]] = set()
        for part, row in enumerate(network.owner.tolist()):
            phasors, outright = network.parts[part, places], network.outright[row, places]
            room = self._joined.room[:, row]
            middle = phasors.sum()
            tight = np.flatnonzero(np.abs(phasors) @ most + outright @ most > room)
            key = (*(np.round(phasors * middle.conjugate() / max(abs(middle), 1e-9), 6)), *outright, *room)
            if not len(tight) or key in seen:
                continue
            seen.add(key)
            used = np.flatnonzero((phasors != 0) | (outright != 0))
            alongs = np.array(_tangents(phasors[used]))
            factors = (phasors[used] * alongs.conj()[:, None]).real + outright[used]
            shape = (len(alongs), len(tight), len(used))
            columns = np.broadcast_to(self._sums[np.ix_(used, tight)].T[None, :, :], shape)
            tops = np.tile(room[tight], len(alongs))
            sizes = np.full(len(tops), len(used))
            self._rows.add_many(
                columns.ravel(),
                np.broadcast_to(factors[:, None, :], shape).ravel(),
                sizes,
                np.full(len(tops), -np.inf),
                tops,
            )

    def _add_power(self) -> None:
        """What is drawn comes from the grid or the sun; what comes from the grid counts by its price, and its peak."""
        joined, objective = self._joined, self._joined.objective
        steps = len(joined.lengths_s)
        kwh = joined.lengths_s / 3.6e6
        prices = np.zeros(steps) if objective.prices is None else objective.prices
        sun = np.zeros(steps) if objective.surplus_w is None else np.maximum(objective.surplus_w, 0)
        from_grid = self._columns.add(np.full(steps, np.inf), -prices * kwh)
        from_sun = self._columns.add(sun, np.full(steps, -objective.surplus_price) * kwh)
        for step in range(steps):
            there = np.flatnonzero(self._draws[:, step] >= 0)
            columns = np.concatenate((self._draws[there, step], [from_grid[step], from_sun[step]]))
            self._rows.add(columns, np.concatenate((self._watts[there], [-1.0, -1.0])), bottom=0.0, top=0.0)
        if objective.peak_per_kw > 0:
            (above,) = self._columns.add(np.array([np.inf]), np.array([-objective.peak_per_kw / 1000]))
            for step in range(steps):
                self._rows.add(np.array([from_grid[step], above]), np.array([1.0, -1.0]), top=objective.peak_w)


def _watts_per_a(network: Network, session: Session) -> float:
    """By what the session says, or the tree's wiring."""
    if session.watts_per_a:
        return session.watts_per_a
    at = network.index[session.node]
    powers = [row for row, place in enumerate(network.rows) if place.where == "W"]
    return float((network.matrix[powers, at].real + network.outright[powers, at]).max())


def _tangents(phasors: Phasors) -> list[complex]:
    """Directions in which the sum of these phasors may point, at most so many degrees apart."""
    middle = phasors.sum()
    if abs(middle) < 1e-9:
        return [1 + 0j]
    turned = np.angle(phasors[phasors != 0] * middle.conjugate())
    count = 1 + math.ceil(math.degrees(float(np.ptp(turned))) / TANGENT_DEGREES - 1e-6)
    return [
        complex(middle / abs(middle)) * complex(np.exp(1j * each))
        for each in np.linspace(turned.min(), turned.max(), count)
    ]
