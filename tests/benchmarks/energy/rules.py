"""Rules of who charges: the simple ones of the literature, and those of `services.energy`."""

from collections.abc import Callable, Sequence

import numpy as np

from services.energy.departures import Stay, expected, known
from services.energy.network import Network
from services.energy.phasors import Floats
from services.energy.planning import Advice, Horizon, Session, advised, plan
from services.energy.sharing import Claim, share
from tests.benchmarks.energy.replay import MAX_A, MIN_A, Car, Rule, Site
from tests.benchmarks.energy.sessions import DAY, PERIOD_S, Visit
from tests.benchmarks.energy.site import CAR_AMPS, CAR_WATTS, VOLTS

AGAIN_S = 900
"""A plan is made again after this, and whenever a car comes, leaves or is full."""

DAY_S = 86_400.0


# -- one after the other ------------------------------------------------------------------------------------------------


def in_order(key: Callable[[Site, Car], float]) -> Rule:
    """All that fits for the first, then for the next: first come first served, earliest deadline, least laxity."""

    def rule(site: Site) -> dict[str, float]:
        return _greedy(site.network, site.room, [car.node for car in sorted(site.cars, key=lambda car: key(site, car))])

    return rule


def arrival(_site: Site, car: Car) -> float:
    return car.visit.arrival


def departure(_site: Site, car: Car) -> float:
    return car.visit.departure


def laxity(site: Site, car: Car) -> float:
    """How long it could still wait."""
    return car.leaves_s - site.now_s - car.missing_wh / CAR_WATTS * 3600


def _greedy(network: Network, room: Floats, order: Sequence[str]) -> dict[str, float]:
    rooms = (room[network.owner] + 1e-6).tolist()
    sums = [0j] * len(rooms)
    told: dict[str, float] = {}
    for node in order:
        column = network.columns[network.index[node]]
        amps = next(
            (
                amps
                for amps in range(MAX_A, MIN_A - 1, -1)
                if all(abs(sums[at] + amps * phasor) <= rooms[at] for at, phasor, _ in column)
            ),
            0,
        )
        for at, phasor, _ in column:
            sums[at] += amps * phasor
        told[node] = float(amps)
    return told


# -- of the product -----------------------------------------------------------------------------------------------------


def fair(site: Site) -> dict[str, float]:
    """What is shared without a plan: equally; who waited longest comes first. Round robin is this with one step at a time."""
    claims = [Claim(car.node, MIN_A, MAX_A, waited_s=site.now_s - car.idle_since_s) for car in site.cars]
    return share(site.network, site.room, claims)


class Planned:
    """The plan above the share. `knows_departures`; otherwise they are expected by the stays that have ended before."""

    def __init__(self, history: Sequence[Visit] | None = None) -> None:
        self.knows_departures = history is None
        self.history = [(each.arrival // DAY, _stay(each)) for each in history or ()]
        self.advice: list[Advice] = []
        self.planned_s = -np.inf
        self.plans = 0

    def __call__(self, site: Site) -> dict[str, float]:
        if site.happened or site.now_s >= self.planned_s + AGAIN_S:
            lengths = self._steps(site)
            horizon = Horizon(lengths, np.tile(site.room, (len(lengths), 1)))
            sessions = [self._session(site, car, lengths) for car in site.cars]
            self.advice = plan(site.network, horizon, sessions)
            self.planned_s = site.now_s
            self.plans += 1
        claims = [Claim(car.node, MIN_A, MAX_A) for car in site.cars]
        return share(site.network, site.room, advised(claims, self.advice))

    def _steps(self, site: Site) -> Floats:
        """Until a plan is made again at first, then to the next departure; where none is known, half an hour and more."""
        soon = [AGAIN_S]
        if self.knows_departures:
            later = [min(car.leaves_s - site.now_s, DAY_S) for car in site.cars]
        else:
            later = [1800, 2700, 3600, 5400, 7200, *range(10_800, 14 * 3600, 3600)]
        ends = np.unique(np.round(np.array([*soon, *later], dtype=np.float64)))
        return np.diff(np.concatenate(([0.0], ends)))

    def _session(self, site: Site, car: Car, lengths: Floats) -> Session:
        if self.knows_departures:
            here = known(min(car.leaves_s - site.now_s, DAY_S), lengths)
        else:
            day, mine = car.visit.arrival // DAY, _stay(car.visit)
            stays = [stay for of_day, stay in self.history if of_day != day]
            here = expected(stays, mine.began_minute, site.now_s - car.visit.arrival * PERIOD_S, lengths)
        return Session(car.node, car.missing_wh, here, CAR_AMPS, watts_per_a=VOLTS)


def _stay(visit: Visit) -> Stay:
    return Stay(visit.arrival % DAY * PERIOD_S / 60, (visit.departure - visit.arrival) * PERIOD_S)
