"""The scenario `sites`: a load that nobody steers jumps at all sites at once; how long it takes until each is back within its limit."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from rich.console import Console

from loadtest.report.histogram import Histogram
from loadtest.run.simulatedsites import Posted, SimulatedSites, SitesPlan

REPORTED_EVERY_S = 20.0
LOOKED_EVERY_S = 0.5
FULL = 0.8
"""A site is as full as it gets where so much of its limit flows."""


class SitesOptions(msgspec.Struct, frozen=True, kw_only=True):
    """`jump`: by which part of the limit the buildings jump; `seconds`: for how long the sites are watched after it.

    `settle_s`: they have so long to fill. `currents`: the file that takes the ledger; `json`: the one that takes the figures.
    """

    plan: SitesPlan
    jump: float = 0.4
    seconds: float = 30.0
    settle_s: float = 120.0
    currents: str = ""
    json: str = ""


class Figures(msgspec.Struct, kw_only=True):
    """What a run showed. Seconds count from the answer of the API to a reading until the site is back within its limit.

    `exceeded`: sites that the jump brought above their limit. `before_s`: the longest time that a site was above before the jump.
    """

    sites: int
    evses: int
    full: int
    exceeded: int
    back: int
    accepted_s: dict[str, float]
    back_s: dict[str, float]
    before_s: float
    most_above: float


async def sites(options: SitesOptions, console: Console) -> int:
    """Run the scenario; 0 where every site came back within its limit."""
    simulated = SimulatedSites(options.plan, currents=Path(options.currents) if options.currents else None)
    console.print(f"sites: {options.plan.sites} sites of {options.plan.evses} EVSEs -> {', '.join(options.plan.urls)}")
    await simulated.provision()
    living = asyncio.create_task(simulated.run())
    telling = asyncio.create_task(_reporting(simulated))
    try:
        full = await _filled(simulated, options.settle_s)
        console.print(
            f"sites: {full} of {options.plan.sites} are full; the buildings jump by {options.jump:.0%} of the limit"
        )
        figures = await _jumped(simulated, options, full)
    finally:
        for task in (telling, living):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        simulated.close()
    for name, value in msgspec.to_builtins(figures).items():
        console.print(f"{name:12} {value}")
    write_figures(figures, options.json)
    return 0 if figures.back == figures.exceeded else 1


def write_figures(figures: Figures, path: str) -> None:
    """Write them as JSON, where a file is named."""
    if path:
        Path(path).write_bytes(msgspec.json.encode(figures))


async def _reporting(simulated: SimulatedSites) -> None:
    while True:
        await asyncio.sleep(REPORTED_EVERY_S)
        await simulated.report()


async def _filled(simulated: SimulatedSites, within_s: float) -> int:
    """Wait until every site draws most of what it may; how many do."""
    limit_a = simulated.plan.limit_a

    def full(name: str) -> bool:
        return max(simulated.load_a(name).values()) >= FULL * limit_a

    for _ in range(int(within_s / LOOKED_EVERY_S)):
        if all(map(full, simulated.names)):
            break
        await asyncio.sleep(LOOKED_EVERY_S)
    return sum(map(full, simulated.names))


async def _jumped(simulated: SimulatedSites, options: SitesOptions, full: int) -> Figures:
    before_s = max((one.seconds for name in simulated.names for one in simulated.above(name)), default=0.0)
    posted = await simulated.jump(options.jump)
    await asyncio.sleep(options.seconds)
    return judged(simulated, posted, full=full, before_s=before_s)


def judged(simulated: SimulatedSites, posted: list[Posted], *, full: int, before_s: float) -> Figures:
    """The figures of a jump by the ledger of currents."""
    accepted, back, now = Histogram(), Histogram(), time.time()
    exceeded, most = 0, 1.0
    for name, one in zip(simulated.names, posted, strict=True):
        accepted.add(one.accepted - one.sent)
        times = simulated.above(name, since=one.sent)
        if not times:
            continue
        exceeded += 1
        most = max(most, *(each.most_a / each.limit_a for each in times))
        over = max(each.since + each.seconds for each in times)
        if over < now - 1:
            back.add(max(0.0, over - one.accepted))
    return Figures(
        sites=simulated.plan.sites,
        evses=simulated.plan.evses,
        full=full,
        exceeded=exceeded,
        back=back.count,
        accepted_s=_percentiles(accepted),
        back_s=_percentiles(back),
        before_s=round(before_s, 2),
        most_above=round(most, 3),
    )


def _percentiles(histogram: Histogram) -> dict[str, float]:
    percentile: Callable[[float], float | None] = histogram.percentile
    return {
        f"p{percent:g}": round(value, 3) for percent in (50, 90, 99, 100) if (value := percentile(percent)) is not None
    }
