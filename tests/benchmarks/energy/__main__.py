"""`python -m tests.benchmarks.energy [--events FILE] [--capacities 10-140] [--plot FILE]`: a table and a plot; asserts nothing.

A month of a site with three phases is replayed with several capacities of its transformer, by simple rules and by what the product does,
and the energy delivered is put beside the most that any schedule could have delivered (`optimum`). Without a file of events (`sessions`
says where Caltech's are) the sessions are generated. At the end one share and one plan are timed, beside a solution of linear equations.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from services.energy.departures import known
from services.energy.network import limits, network
from services.energy.planning import Horizon, Objective, Session, planned
from services.energy.sharing import Claim, share
from tests.benchmarks.energy.optimum import most_energy_wh
from tests.benchmarks.energy.plot import svg, text
from tests.benchmarks.energy.replay import Outcome, Rule, replay
from tests.benchmarks.energy.rules import Planned, arrival, departure, fair, in_order, laxity
from tests.benchmarks.energy.sessions import Visit, generated, read
from tests.benchmarks.energy.site import CAR_AMPS, VOLTS, tree

RULES: dict[str, Callable[[Sequence[Visit]], Rule]] = {
    "first come": lambda _: in_order(arrival),
    "earliest deadline": lambda _: in_order(departure),
    "least laxity": lambda _: in_order(laxity),
    "round robin": lambda _: fair,
    "plan, departures not known": Planned,
    "plan, departures known": lambda _: Planned(),
}


def main() -> None:
    """Replay, print the table and the plot, time one share and some plans."""
    asked = _arguments()
    visits = read(asked.events) if asked.events else generated()
    wanted = sum(visit.energy_wh for visit in visits)
    told = f"from {asked.events.name}" if asked.events else "generated"
    print(f"{len(visits)} sessions, {told}: {wanted / 1e6:.2f} MWh wanted; energy in % of the optimum")
    print(f"{'kW':>4} {'optimum':>9}  " + "  ".join(RULES), flush=True)
    results: dict[str, dict[int, float]] = {name: {} for name in RULES}
    above = 0.0
    for capacity in asked.capacities:
        best, outcomes = _replayed(capacity, visits)
        for name, outcome in outcomes.items():
            results[name][capacity] = outcome.delivered_wh / best * 100
            above = max(above, outcome.above)
        cells = (f"{results[name][capacity]:{len(name)}.2f}" for name in RULES)
        print(f"{capacity:>4} {best / wanted * 100:8.2f}%  " + "  ".join(cells), flush=True)
    for of, name in ((statistics.mean, "mean"), (min, "least")):
        print(f"{name:>14}  " + "  ".join(f"{of(results[each].values()):{len(each)}.2f}" for each in RULES))
    print(f"a limit was exceeded by {max(above, 0):.6f} A at most\n")
    print(text(results))
    if asked.plot:
        asked.plot.write_text(svg(results))
    _time()


def _arguments() -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="tests.benchmarks.energy", description="Energy delivered at a site.")
    asked.add_argument("--events", type=Path, help="a file of events of ACN-Sim (.json.gz)")
    asked.add_argument(
        "--capacities", type=_capacities, default=_capacities("10-140"), help="kW: 30, or 10-140 in tens"
    )
    asked.add_argument("--plot", type=Path, help="write the plot as SVG")
    return asked.parse_args()


def _capacities(told: str) -> list[int]:
    first, _, last = told.partition("-")
    return list(range(int(first), int(last or first) + 1, 10))


def _replayed(capacity: int, visits: list[Visit]) -> tuple[float, dict[str, Outcome]]:
    site = tree(capacity)
    compiled = network(site)
    room = limits(site, compiled, None)
    outcomes = {name: replay(compiled, room, visits, rule(visits)) for name, rule in RULES.items()}
    return most_energy_wh(compiled, room, visits), outcomes


def _time() -> None:
    """The median of CPU times in ms: one share, and plans over 24 h in steps of 5 minutes, all 54 EVSEs in use."""
    site = tree(50)
    compiled = network(site)
    room = limits(site, compiled, None)
    claims = [Claim(node, 6, 32, weight=1 + at % 5, waited_s=at % 7) for at, node in enumerate(compiled.nodes)]
    steps = np.full(288, 300.0)
    horizon = Horizon(steps, np.tile(room, (288, 1)))
    sessions = [
        Session(node, 3000 + 400.0 * at, known(3600.0 * (1 + at * 7 % 23), steps), CAR_AMPS, watts_per_a=VOLTS)
        for at, node in enumerate(compiled.nodes)
    ]
    by_hour = Objective(prices=np.repeat(0.2 + 0.1 * np.sin(np.arange(24)), 12))
    equations = np.random.default_rng(1).random((400, 400))
    print("median CPU time:")
    for name, work in (
        ("control: 400 linear equations", lambda: np.linalg.solve(equations, equations)),
        ("share, 54 EVSEs", lambda: share(compiled, room, claims)),
        ("plan, 24 h, departures", lambda: planned(compiled, horizon, sessions, Objective())),
        ("plan, 24 h, departures and prices by the hour", lambda: planned(compiled, horizon, sessions, by_hour)),
        ("the tree compiled", lambda: network(site)),
    ):
        print(f"  {name:46} {_median_ms(work):8.2f} ms")


def _median_ms(work: Callable[[], object], times: int = 9) -> float:
    told = []
    for _ in range(times):
        began = time.process_time()
        work()
        told.append((time.process_time() - began) * 1000)
    return statistics.median(told)


if __name__ == "__main__":
    main()
