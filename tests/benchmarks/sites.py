"""Benchmark: sites whose unmanaged load jumps by 40 % of the limit, all at once: the core's CPU time from reading to commands.

    python -m tests.benchmarks.sites [--sites 500] [--evses 10]

Each site has a grid connection of 10 A for each EVSE, a meter and a car at every EVSE, all told. Then one reading for each site is stepped
as the worker does: the state decoded before and encoded after. No Kafka, no stations.
"""

import argparse
import time

import msgspec

from schemas.energy import REF_SITES
from schemas.sitetrees import SiteMeter
from schemas.states.energy import SiteState
from services.energy.core import step
from services.energy.sites import Sites
from tests.services.energy.records import SITE, Stepped, commands, metered, provisioned, seen, tree


def main() -> None:
    """Print what a site costs."""
    parser = argparse.ArgumentParser(description="CPU time of the energy core for sites whose load jumps at once.")
    parser.add_argument("--sites", type=int, default=500)
    parser.add_argument("--evses", type=int, default=10)
    options = parser.parse_args()
    limit = 10.0 * options.evses
    one = tree(limit, options.evses, meters=(SiteMeter(meter="building", node="grid"),))
    site = Stepped(one).ready(options.evses)
    site(metered(25, 0))
    for number in range(1, options.evses + 1):
        site.settle(30 + number, site(seen(number, 30 + number, f"t{number}")))
    site.live(120)
    state = msgspec.json.encode(site.state)
    records = {REF_SITES.name: {SITE: provisioned(one)}}
    sites = Sites()
    step(site.state, metered(121, 0), references=records, sites=sites)
    told, costs = 0, []
    for _ in range(options.sites):
        began = time.process_time()
        before = msgspec.json.decode(state, type=SiteState)
        after, outputs = step(before, metered(121, 0.4 * limit), references=records, sites=sites)
        msgspec.json.encode(after)
        costs.append(time.process_time() - began)
        told += len(commands(outputs))
    costs.sort()
    median, late = costs[len(costs) // 2], costs[int(len(costs) * 0.99)]
    print(f"{options.sites} sites of {options.evses} EVSEs: {told} commands, {sum(costs):.2f} s of CPU")
    print(f"a site: {1000 * median:.2f} ms (p50), {1000 * late:.2f} ms (p99); a state has {len(state)} bytes")


if __name__ == "__main__":
    main()
