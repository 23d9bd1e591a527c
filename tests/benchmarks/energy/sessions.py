"""Sessions of a month: from a file of events as ACN-Sim writes it, or generated.

Caltech's sessions of March 2019 (954, 8.9 MWh) are published with the experiments of ACN-Sim, as a file of events in
github.com/caltech-netlab/acnportal-experiments (BSD 3-Clause): below `examples/2-Algorithm-Comparison/2.1-...`,
`events/caltech_20190301T000000_20190401T000000_5m_208V_6.6kW.json.gz`. They are not kept here.
"""

import gzip
import json
import random
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.energy.site import BETWEEN, CAR_WATTS, PODS

PERIOD_S = 300
DAY = 86_400 // PERIOD_S


class Visit(NamedTuple):
    """A car at an EVSE: periods of its arrival and departure, and the energy that it takes if it can."""

    node: str
    arrival: int
    departure: int
    energy_wh: float


def read(path: Path) -> list[Visit]:
    """The sessions of a file of events of ACN-Sim (version 0.2: objects by id, with the name of their class)."""
    told: Any = json.loads(gzip.decompress(path.read_bytes()))
    if isinstance(told, str):
        told = json.loads(told)
    cars = [each["attributes"] for each in told["context_dict"].values() if each["class"].endswith(".EV")]
    visits = [
        Visit(car["_station_id"], car["_arrival"], car["_departure"], car["_requested_energy"] * 1000) for car in cars
    ]
    return sorted(visits, key=lambda each: (each.arrival, each.node))


def generated(count: int = 954, days: int = 31) -> list[Visit]:
    """Sessions of working days like those of a garage of offices: most come in the morning, and stay for the day. Always the same."""
    chance = random.Random(2019)
    names = [f"CA-{number}" for some in (*PODS.values(), *BETWEEN.values()) for number in some]
    free = dict.fromkeys(names, 0)
    visits: list[Visit] = []
    while len(visits) < count:
        day = len(visits) * days // count
        hour = chance.gauss(9, 1.2) if chance.random() < 0.7 else chance.uniform(8, 21)
        stay_h = max(0.5, chance.gauss(6.5, 2.5) if hour < 11 else chance.gauss(3, 1.5))
        arrival = day * DAY + int(hour * 3600) // PERIOD_S
        departure = arrival + int(stay_h * 3600) // PERIOD_S
        able = CAR_WATTS * stay_h * 0.98
        node = chance.choice(names)
        if free[node] <= arrival:
            free[node] = departure
            visits.append(Visit(node, arrival, departure, min(able, chance.lognormvariate(9.0, 0.7))))
    return sorted(visits, key=lambda each: (each.arrival, each.node))
