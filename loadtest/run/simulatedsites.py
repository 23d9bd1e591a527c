"""Simulated sites: stations whose EVSEs share a grid connection with a building that nobody steers, and a ledger of all currents."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from random import Random
from threading import local
from typing import Any, NamedTuple

import msgspec

from loadtest.ocpp.intents import StartCharging
from loadtest.ocpp.messages import Identity
from loadtest.ocpp.versions import VERSIONS
from loadtest.proof.api import Api
from loadtest.proof.currents import LINES, Above, Draw, above
from loadtest.station.bay import Visit
from loadtest.station.clock import WallClock
from loadtest.station.currents import ROTATIONS
from loadtest.station.curve import AC_3, Curve
from loadtest.station.limiting import Obedience
from loadtest.station.station import Station, StationPlan

BUILDING = "building"
HUGE_WH = 100_000_000
"""A car that charges until the run is over."""

PEAK_W = {1: 7_360, 0: 22_080}


class SitesPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What the sites are: so many, each a station of so many EVSEs of 32 A behind a connection of `limit_a` on each line.

    Every third car draws on one phase. `stay_s`: a car leaves with what it could have drawn in so long at full power; 0: none leaves.
    `latency_s`: within it, and a second more, a station obeys. `unmanaged`: what the building draws, as a part of the limit.
    """

    urls: tuple[str, ...]
    api: str
    key: str
    prefix: str = "SITE"
    sites: int = 1
    evses: int = 3
    limit_a: float = 63.0
    unmanaged: float = 0.15
    stay_s: int = 0
    latency_s: float = 2.0
    versions: tuple[str, ...] = ("1.6", "2.0.1", "2.1")
    ramp_per_s: float = 50.0
    seed: int = 1
    requests_at_once: int = 16


class Posted(NamedTuple):
    """When a reading left, and when the API had taken it, in seconds since 1970."""

    sent: float
    accepted: float


class Cars:
    """The cars of one EVSE: each on the phases of its place."""

    def __init__(self, plan: SitesPlan, place: int, random: Random) -> None:
        self.first_in_s = random.uniform(0.5, 4.0)
        self.backdate_s = 0
        self._plan = plan
        self._phases = 1 if place % 3 == 2 else 0
        self._random = random

    def gap_s(self) -> float:
        """How long the EVSE stays empty."""
        return self._random.uniform(2.0, 6.0)

    def visit(self, remote: StartCharging | None) -> Visit:
        """The next car."""
        peak_w = PEAK_W[self._phases]
        stay_s = self._plan.stay_s * self._random.uniform(0.5, 1.5)
        wanted_wh = max(10, int(peak_w * stay_s / 3_600)) if stay_s else HUGE_WH
        curve = Curve(
            peak_w=peak_w,
            battery_wh=wanted_wh * 2,
            soc_start_percent=20,
            soc_target_percent=70,
            phases=self._phases,
        )
        token = remote.token if remote else f"{self._plan.prefix}{self._random.getrandbits(32):08X}"
        return Visit(curve=curve, token=token, plug_s=1, linger_s=1, unplug_s=1, remote=remote)


class SimulatedSites:
    """All sites of a plan: provisioned by the API, alive while `run` does, and what each of their EVSEs and buildings drew."""

    def __init__(self, plan: SitesPlan, *, currents: Path | None = None) -> None:
        self.plan = plan
        self.names = [f"{plan.prefix}-{number:04d}".lower() for number in range(plan.sites)]
        self.draws: dict[str, list[Draw]] = {name: [] for name in self.names}
        self.building_a: dict[str, float] = dict.fromkeys(self.names, plan.unmanaged * plan.limit_a)
        self._file = currents.open("ab", buffering=0) if currents is not None else None
        self._pool = ThreadPoolExecutor(plan.requests_at_once, thread_name_prefix="api")
        self._own = local()
        self.stations = [self._station(number) for number in range(plan.sites)]

    def station_of(self, number: int) -> str:
        """The name of a site's station."""
        return f"{self.plan.prefix}-{number:04d}"

    def tree(self, number: int) -> dict[str, Any]:
        """The tree of a site, as the API takes it."""
        lines = ROTATIONS[number % len(ROTATIONS)]
        evses = [
            {
                "node": f"evse-{evse}",
                "parent": "grid",
                "kind": "evse",
                "outlet": {"station": self.station_of(number), "evse": evse, "lines": list(lines), "max_a": "32"},
            }
            for evse in range(1, self.plan.evses + 1)
        ]
        grid = {"node": "grid", "kind": "grid", "limits": {"amps": str(self.plan.limit_a)}}
        return {"nodes": [grid, *evses], "meters": [{"meter": BUILDING, "node": "grid", "stale_after_s": 300}]}

    # -- what is done to them -----------------------------------------------------------------------------------------

    async def provision(self) -> None:
        """Provision every station, its tree, and a first reading of each building."""
        await self._all(lambda number: self._api().provision_station(self.station_of(number), self.names[number]))
        await self._all(lambda number: self._api().provision_site(self.names[number], self.tree(number)))
        await self.report()

    async def report(self) -> list[Posted]:
        """Report what each building draws."""
        return await self._all(lambda number: self._post(self.names[number]))

    async def jump(self, part: float) -> list[Posted]:
        """Every building draws so much more of the limit at once, and its meter says so."""
        return await self._all(lambda number: self._jumped(self.names[number], part * self.plan.limit_a))

    async def run(self) -> None:
        """All stations live until this is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for number, station in enumerate(self.stations):
                random = Random(f"{self.plan.seed}:{station.plan.name}:cars")
                cars = [Cars(self.plan, number + evse, random) for evse in range(self.plan.evses)]
                tasks.create_task(station.run(cars))
                await asyncio.sleep(1 / self.plan.ramp_per_s)

    def close(self) -> None:
        """Nothing more is asked or written."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._file is not None:
            self._file.close()

    # -- what became of them ------------------------------------------------------------------------------------------

    def above(self, name: str, *, since: float = 0.0) -> list[Above]:
        """When and for how long a site was above its limit, where that was not over by `since`."""
        tree = self.tree(self.names.index(name))
        return [one for one in above(tree, self.draws[name], time.time()) if one.since + one.seconds > since]

    def load_a(self, name: str) -> dict[str, float]:
        """What a site draws now, on each line."""
        newest: dict[tuple[int, str], dict[str, float]] = {}
        for draw in self.draws[name]:
            newest[draw.evse, draw.meter] = draw.amps
        return {line: sum(amps.get(line, 0.0) for amps in newest.values()) for line in LINES}

    def drawing(self, name: str) -> int:
        """How many EVSEs of a site draw something now."""
        newest = {draw.evse: draw.amps for draw in self.draws[name] if draw.evse}
        return sum(any(amps.values()) for amps in newest.values())

    # -- how ----------------------------------------------------------------------------------------------------------

    def _station(self, number: int) -> Station:
        name, plan = self.station_of(number), self.plan
        lines = ROTATIONS[number % len(ROTATIONS)]
        station = StationPlan(
            name=name,
            identity=Identity(vendor="Voltbus loadtest", model="Site", serial_number=name[:25], firmware="1.0"),
            outlets=(AC_3,) * plan.evses,
            start_ws=(0,) * plan.evses,
            obedience=Obedience(most_s=plan.latency_s),
            lines=lines,
        )
        version = plan.versions[number % len(plan.versions)]
        site, random = self.names[number], Random(f"{plan.seed}:{name}")

        def drawn(evse: int, amps: tuple[float, ...], at: datetime) -> None:
            carried = dict(zip(lines, amps, strict=True))
            self._note(site, Draw(at=at.timestamp(), station=name, evse=evse, amps=carried))

        return Station(station, VERSIONS[version], urls=plan.urls, clock=WallClock(), random=random, drawn=drawn)

    def _note(self, site: str, draw: Draw) -> None:
        self.draws[site].append(draw)
        if self._file is not None:
            self._file.write(msgspec.json.encode(draw) + b"\n")

    def _jumped(self, name: str, amps: float) -> Posted:
        self.building_a[name] += amps
        return self._post(name)

    def _post(self, name: str) -> Posted:
        amps = dict.fromkeys(LINES, self.building_a[name])
        sent = time.time()
        self._note(name, Draw(at=sent, meter=BUILDING, amps=amps))
        self._api().report_meter(name, BUILDING, amps)
        return Posted(sent, time.time())

    def _api(self) -> Api:
        """Each thread has a connection of its own."""
        if not hasattr(self._own, "api"):
            self._own.api = Api(self.plan.api, self.plan.key)
        return self._own.api  # type: ignore[no-any-return]

    async def _all(self, work: Any) -> list[Any]:
        loop = asyncio.get_running_loop()
        return await asyncio.gather(
            *(loop.run_in_executor(self._pool, work, number) for number in range(self.plan.sites))
        )
