"""A month replayed: cars come, draw what they are told (and no more than they can), are full or leave.

Rules decide whenever a car comes, leaves or is full, and every five minutes. All work with currents from 6 A in steps of 1 A.
"""

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from services.energy.network import Network, most
from services.energy.phasors import Floats
from tests.benchmarks.energy.sessions import PERIOD_S, Visit
from tests.benchmarks.energy.site import CAR_AMPS, VOLTS

MIN_A, MAX_A = 6, 32


@dataclass
class Car:
    """A car that is there. `idle_since_s`: since when it has had nothing."""

    visit: Visit
    missing_wh: float
    idle_since_s: float
    amps: float = 0

    @property
    def node(self) -> str:
        return self.visit.node

    @property
    def leaves_s(self) -> float:
        return self.visit.departure * PERIOD_S


@dataclass
class Site:
    """What a rule sees. `happened`: whether a car came, left or is full since it decided last."""

    network: Network
    room: Floats
    now_s: float = 0
    cars: list[Car] = field(default_factory=list)
    happened: bool = True


Rule = Callable[[Site], dict[str, float]]


@dataclass
class Outcome:
    """What became of a month: energy, the time that decisions took, and by how much a limit was exceeded at most."""

    delivered_wh: float = 0
    decisions: int = 0
    decided_s: float = 0
    above: float = 0


def replay(network: Network, room: Floats, visits: list[Visit], rule: Rule) -> Outcome:
    """The month by one rule. A rule is not asked while every car may have all that it can take."""
    site, outcome = Site(network, room), Outcome()
    coming = sorted(visits, key=lambda each: (each.arrival, each.node), reverse=True)
    leaving: list[tuple[int, str]] = []
    while coming or leaving:
        period = min([each.arrival for each in coming[-1:]] + [departure for departure, _ in leaving[:1]])
        if any(car.missing_wh > 0 for car in site.cars):
            period = min(period, int(site.now_s) // PERIOD_S + 1)
        _advance(site, outcome, period * PERIOD_S)
        while leaving and leaving[0][0] <= period:
            _, node = heapq.heappop(leaving)
            gone = next(car for car in site.cars if car.node == node and car.visit.departure <= period)
            site.cars.remove(gone)
            site.happened = True
        while coming and coming[-1].arrival <= period:
            visit = coming.pop()
            site.cars.append(Car(visit, visit.energy_wh, site.now_s))
            heapq.heappush(leaving, (visit.departure, visit.node))
            site.happened = True
        _decide(site, outcome, rule)
        while (full := _next_full_s(site)) < (site.now_s // PERIOD_S + 1) * PERIOD_S:
            _advance(site, outcome, full)
            site.happened = True
            _decide(site, outcome, rule)
    return outcome


def _advance(site: Site, outcome: Outcome, until_s: float) -> None:
    for car in site.cars:
        drawn = min(car.missing_wh, min(car.amps, CAR_AMPS) * VOLTS * (until_s - site.now_s) / 3600)
        car.missing_wh = 0 if car.missing_wh - drawn < 0.01 else car.missing_wh - drawn
        outcome.delivered_wh += drawn
    site.now_s = until_s


def _next_full_s(site: Site) -> float:
    powers = ((car.missing_wh, min(car.amps, CAR_AMPS) * VOLTS) for car in site.cars if car.amps)
    return site.now_s + min((wh / watts * 3600 for wh, watts in powers if wh > 0), default=float("inf")) + 1e-6


def _decide(site: Site, outcome: Outcome, rule: Rule) -> None:
    waiting = [car for car in site.cars if car.missing_wh > 0]
    told = {car.node: float(MAX_A) for car in waiting}
    if (most(site.network, _by_outlet(site, told)) > site.room).any():
        began = time.process_time()
        told = rule(Site(site.network, site.room, site.now_s, waiting, site.happened))
        outcome.decided_s += time.process_time() - began
        outcome.decisions += 1
        site.happened = False
    carried = most(site.network, _by_outlet(site, {node: min(amps, CAR_AMPS) for node, amps in told.items()}))
    outcome.above = max(outcome.above, float((carried - site.room).max()))
    for car in site.cars:
        car.amps = told.get(car.node, 0.0)
        if car.amps:
            car.idle_since_s = site.now_s


def _by_outlet(site: Site, told: dict[str, float]) -> Floats:
    return np.array([told.get(node, 0.0) for node in site.network.nodes])
