"""A simulated site: stations that keep profiles, cars, lost commands, crashes; and a ledger of what flows and what may, row by row.

Time runs in steps from event to event; nothing is random but by the seed.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from schemas.base import Due, Record
from schemas.commands import CommandRequested
from schemas.energy import REF_SITES, EvseObserved, LimitAnswered, SiteChangedByOperator, SiteMeterReported
from schemas.profilecommands import ClearChargingProfile, GetCompositeSchedule, SetChargingProfile
from schemas.sitetrees import LINES, SiteTree
from services.energy.core import initial, step
from services.energy.network import Network, loads, most, network
from services.energy.phasors import Wiring
from services.energy.sites import Place, Site, Sites
from tests.services.energy.records import BEGAN, SITE, provisioned

NONE_FITS, TIME_FITS = 1e-3, 0.1


@dataclass
class Chances:
    """What goes wrong, and how much: chances of each command, mean times between (s); 0: never."""

    lost: float = 0.0
    refused: float = 0.0
    cut_every_s: float = 0.0
    cut_for_s: float = 60.0
    crash: float = 0.0
    away_every_s: float = 0.0
    away_for_s: float = 15.0
    arrivals_every_s: float = 60.0
    stays_s: float = 900.0
    jump_every_s: float = 0.0
    jumps_to: float = 0.0
    modest: float = 0.3
    single: float = 0.3
    obeys_s: float = 3.0
    network_s: float = 0.3


@dataclass
class Car:
    """A car: what it takes at most, on which of its EVSE's phases."""

    max_a: float
    phases: int
    transaction: str
    leaves_at: float


@dataclass
class Station:
    """An EVSE of the simulation: what it was told, and what its car draws."""

    place: Place
    connected: bool = True
    car: Car | None = None
    default_a: float | None = None
    limit: tuple[str, datetime, list[tuple[int, float]]] | None = None
    obeys: float = 0.0
    lags_until: float = 0.0
    paused: float = -1e9
    told: list[tuple[float, float, str]] = field(default_factory=list)

    def allowed(self, at: datetime) -> float:
        """What its profiles allow."""
        if self.limit is not None and self.car is not None and self.limit[0] == self.car.transaction:
            _, start, periods = self.limit
            passed = (at - start).total_seconds()
            return next(amps for since, amps in reversed(periods) if passed >= since)
        return self.place.max_a if self.default_a is None else self.default_a


class Simulation:
    """A site that runs. `ledger` has what was wrong."""

    def __init__(self, tree: SiteTree, seed: int, chances: Chances) -> None:
        self.random, self.chances, self.tree = random.Random(seed), chances, tree
        record = provisioned(tree)
        self.site = Site(record)
        self.references: dict[str, dict[str, Record]] = {REF_SITES.name: {SITE: record}}
        self.sites, self.state = Sites(), initial(SITE)
        self.stations = {(place.station, place.evse): Station(place) for place in self.site.places}
        self.now, self.number = 0.0, 0
        self.queue: list[tuple[float, int, Callable[[], None]]] = []
        self.inbox: list[Record] = []
        self.away_until = 0.0
        self.unmanaged = 0.0
        self.over: dict[str, float] = {}
        self.may_over: dict[str, float] = {}
        self.ledger: list[str] = []
        self.commands = 0
        self.waited: dict[str, float] = {}
        self.longest = 0.0
        self.wired: dict[object, Network] = {}

    # -- running ---------------------------------------------------------------------------------------------------

    def run(self, seconds: float, *, judged_from: float = 120.0) -> "Simulation":
        """Let it run; what is wrong is noted from some time on, when every EVSE has been told its fallback."""
        self.deliver(SiteChangedByOperator(id="begin", site=SITE, at=self.time()))
        for key in self.stations:
            self.observe(key)
        for mean, do in (
            (self.chances.arrivals_every_s, self.arrive),
            (self.chances.cut_every_s, self.cut),
            (self.chances.away_every_s, self.leave),
            (self.chances.jump_every_s, self.jump),
        ):
            if mean:
                self.every(mean, do)
        self.repeatedly(10.0, self.read_all)
        self.repeatedly(2.0, self.meter)
        while True:
            due = self.state.wake_at
            due_s = max(self.seconds(due), self.away_until, self.now) if due is not None else float("inf")
            next_s = self.queue[0][0] if self.queue else float("inf")
            upcoming = min(due_s, next_s, self.now + 1.0)
            if upcoming >= seconds:
                return self
            passed, self.now = upcoming - self.now, upcoming
            if next_s <= upcoming:
                heapq.heappop(self.queue)[2]()
            elif due is not None and due_s <= upcoming:
                self.deliver(Due(key=SITE, at=due, sent_at=self.time()))
            self.account(passed, judged=self.now >= judged_from)

    def time(self) -> datetime:
        return BEGAN + timedelta(seconds=self.now)

    def seconds(self, moment: datetime) -> float:
        return (moment - BEGAN).total_seconds()

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        self.number += 1
        heapq.heappush(self.queue, (self.now + seconds, self.number, do))

    def every(self, mean: float, do: Callable[[], None]) -> None:
        def again() -> None:
            do()
            self.after(self.random.expovariate(1 / mean), again)

        self.after(self.random.expovariate(1 / mean), again)

    def repeatedly(self, seconds: float, do: Callable[[], None]) -> None:
        def again() -> None:
            do()
            self.after(seconds, again)

        self.after(seconds, again)

    # -- the service -----------------------------------------------------------------------------------------------

    def deliver(self, event: Record) -> None:
        """To the service; what comes while it is away waits. A crash repeats the record, and loses the commands that it brought."""
        self.inbox.append(event)
        self.drain()

    def drain(self) -> None:
        """Step what waits, unless the service is away."""
        while self.inbox and self.now >= self.away_until:
            event = self.inbox.pop(0)
            after, outputs = step(self.state, event, references=self.references, sites=self.sites)
            if self.random.random() < self.chances.crash:
                if self.random.random() < 0.5:
                    self.state = after
                self.inbox.insert(0, event)
                self.away_until = self.now + self.random.uniform(0.5, 3.0)
                self.after(self.away_until - self.now, self.drain)
                return
            self.state = after
            for command in outputs:
                if isinstance(command, CommandRequested):
                    self.send(command)

    def leave(self) -> None:
        self.away_until = max(self.away_until, self.now + self.chances.away_for_s)
        self.after(self.chances.away_for_s, self.drain)

    # -- stations --------------------------------------------------------------------------------------------------

    def send(self, command: CommandRequested) -> None:
        self.commands += 1
        key = (command.station, command.command.evse)  # type: ignore[union-attr]
        station = self.stations[key]
        if self.time() > command.expires_at:
            self.after(0.1, lambda: self.answer(command, "expired"))
            return
        self.note(station, command)
        delay = self.random.uniform(0.01, self.chances.network_s)
        fate = self.random.random()
        if not station.connected:
            self.after(0.1, lambda: self.answer(command, "disconnected"))
        elif fate < self.chances.lost:
            applied = self.random.random() < 0.5
            if applied:
                self.after(delay, lambda: self.apply(command, tell=False))
            self.after(command.timeout_s, lambda: self.answer(command, "timed_out"))
        elif fate < self.chances.lost + self.chances.refused:
            self.after(delay, lambda: self.answer(command, "rejected"))
        else:
            self.after(delay, lambda: self.apply(command, tell=True))

    def apply(self, command: CommandRequested, *, tell: bool) -> None:
        what = command.command
        station = self.stations[(command.station, what.evse)]  # type: ignore[union-attr]
        if not station.connected:
            if tell:
                self.answer(command, "disconnected")
            return
        schedule = None
        outcome = "accepted"
        before = station.allowed(self.time())
        if isinstance(what, GetCompositeSchedule):
            schedule = before
        elif isinstance(what, SetChargingProfile):
            outcome = self.install(station, what)
        elif isinstance(what, ClearChargingProfile):
            station.default_a = None
        if station.allowed(self.time()) < before:
            station.lags_until = self.now + self.random.uniform(0.3, self.chances.obeys_s)
            station.obeys = before
        if tell:
            self.after(
                self.random.uniform(0.01, self.chances.network_s), lambda: self.answer(command, outcome, schedule)
            )

    def install(self, station: Station, what: SetChargingProfile) -> str:
        profile = what.profile
        amps = [(each.start_s, float(each.limit or 0)) for each in profile.schedules[0].periods]
        if profile.purpose == "TxDefaultProfile":
            station.default_a = amps[0][1]
            return "accepted"
        if station.car is None or station.car.transaction != profile.transaction_id:
            return "rejected"
        start = profile.schedules[0].start_at
        assert start is not None
        if amps[0][1] == 0:
            station.paused = self.now
        elif not self.chances.lost and self.now - station.paused < 300 - TIME_FITS:
            self.ledger.append(f"{self.now:.1f}: {station.place.node} resumed after {self.now - station.paused:.1f} s")
        else:
            station.paused = -1e9
        station.limit = (profile.transaction_id, start, amps)
        return "accepted"

    def answer(self, command: CommandRequested, outcome: str, schedule: float | None = None) -> None:
        self.deliver(
            LimitAnswered(
                id=f"answer-{command.id}",
                site=SITE,
                station=command.station,
                command_id=command.id,
                outcome=outcome,
                schedule_a=None if schedule is None else Decimal(str(schedule)),
                at=self.time(),
            )
        )

    def drawn(self, station: Station) -> float:
        """What the car draws on each of its phases: at once more, a little later less; nothing below the least that a car takes."""
        if station.car is None:
            return 0.0
        allowed = station.allowed(self.time())
        if self.now < station.lags_until:
            allowed = max(allowed, station.obeys)
        return min(station.car.max_a, allowed) if allowed >= station.place.min_a else 0.0

    def observe(self, key: tuple[str, int]) -> None:
        station = self.stations[key]
        amps = {}
        if station.car is not None:
            drawn = self.drawn(station)
            amps = {line: Decimal(str(drawn if at < station.car.phases else 0)) for at, line in enumerate(LINES)}
        self.number += 1
        event = EvseObserved(
            id=f"seen-{self.number}",
            site=SITE,
            station=key[0],
            evse=key[1],
            connected=station.connected,
            transaction_id=station.car.transaction if station.car else "",
            amps=amps,
            measured_at=self.time() if amps else None,
            at=self.time() + timedelta(microseconds=self.number),
        )
        self.after(0.05, lambda: self.deliver(event))

    def read_all(self) -> None:
        for key, station in self.stations.items():
            if station.connected:
                self.observe(key)

    def meter(self) -> None:
        for meter in self.tree.meters:
            amps = Decimal(str(self.unmanaged))
            event = SiteMeterReported(
                id=f"meter-{self.now}",
                site=SITE,
                meter=meter.meter,
                amps=dict.fromkeys(LINES, amps),
                measured_at=self.time(),
                received_at=self.time(),
            )
            self.deliver(event)

    # -- what happens ----------------------------------------------------------------------------------------------

    def arrive(self) -> None:
        free = [key for key, station in self.stations.items() if station.car is None]
        if not free:
            return
        key = self.random.choice(sorted(free))
        self.number += 1
        modest = self.random.random() < self.chances.modest
        car = Car(
            max_a=self.random.choice([8.0, 10.0, 16.0]) if modest else 32.0,
            phases=1 if self.random.random() < self.chances.single else 3,
            transaction=f"tx-{self.number}",
            leaves_at=self.now + self.random.expovariate(1 / self.chances.stays_s),
        )
        self.stations[key].car = car
        self.notice(key)
        self.after(car.leaves_at - self.now, lambda: self.depart(key, car))

    def depart(self, key: tuple[str, int], car: Car) -> None:
        station = self.stations[key]
        if station.car is car:
            station.car, station.limit, station.lags_until, station.paused = None, None, 0.0, -1e9
            self.notice(key)

    def notice(self, key: tuple[str, int]) -> None:
        if self.stations[key].connected:
            self.observe(key)

    def cut(self) -> None:
        key = self.random.choice(sorted(self.stations))
        station = self.stations[key]
        if not station.connected:
            return
        station.connected = False
        self.after(0.0, lambda: self.gone(key))
        self.after(self.random.expovariate(1 / self.chances.cut_for_s), lambda: self.back(key))

    def gone(self, key: tuple[str, int]) -> None:
        self.observe(key)

    def back(self, key: tuple[str, int]) -> None:
        self.stations[key].connected = True
        self.observe(key)

    def jump(self) -> None:
        self.unmanaged = self.random.uniform(0, self.chances.jumps_to)
        self.after(0.5, self.meter)

    # -- the ledger ------------------------------------------------------------------------------------------------

    def note(self, station: Station, command: CommandRequested) -> None:
        """Who is told too often, or goes on too soon after a pause."""
        if not isinstance(command.command, SetChargingProfile):
            return
        profile = command.command.profile
        amps = float(profile.schedules[0].periods[0].limit or 0)
        kind = profile.purpose + profile.transaction_id
        if station.told:
            last_s, last_amps, last_kind = station.told[-1]
            lowered = amps < last_amps or amps < station.allowed(self.time())
            # The limit of a car that left may still come out of a backlog just before that of the next one.
            another = profile.purpose == "TxProfile" and last_kind.startswith("TxProfile") and kind != last_kind
            excused = another or (lowered and profile.purpose == "TxProfile")
            if self.now - last_s < 10 - TIME_FITS and not excused:
                self.ledger.append(
                    f"{self.now:.1f}: {station.place.node} told {amps} again after {self.now - last_s:.1f} s"
                )
        if profile.purpose == "TxProfile":
            station.told.append((self.now, amps, kind))
        else:
            station.told.append((self.now, float("inf"), kind))

    def follow_who_waits(self, may: list[float], passed: float) -> None:
        """How long each has been below the least that a car takes while another had more than 16 A."""
        cars = [(station, amps) for station, amps in zip(self.stations.values(), may, strict=True) if station.car]
        much = any(amps > 16 and station.connected for station, amps in cars)
        for station, amps in cars:
            behind = much and station.connected and amps < station.place.min_a
            key = station.car.transaction if station.car else ""
            self.waited[key] = self.waited.get(key, 0.0) + passed if behind else 0.0
            self.longest = max(self.longest, self.waited[key])

    def account(self, passed: float, *, judged: bool) -> None:
        """Note what flows above a limit for longer than 5 s, and what may flow above one at any moment."""
        wirings, drawn, may = {}, [], []
        for station in self.stations.values():
            lines = station.place.outlet.lines
            if station.car is not None and lines and not station.place.outlet.delta:
                wirings[station.place.node] = Wiring(lines[: station.car.phases])
            drawn.append(self.drawn(station))
            may.append(station.allowed(self.time()))
        key = tuple(sorted(wirings.items()))
        if key not in self.wired:
            self.wired[key] = network(self.tree, wirings)
        wired = self.wired[key]
        beside = self.unmanaged if self.tree.meters else 0.0
        self.follow_who_waits(may, passed)
        limits = self.site.limits(self.time())
        unmanaged = np.array([beside if row.where != "W" and row.node == "grid" else 0.0 for row in wired.rows])
        flows = loads(wired, np.array(drawn)) + unmanaged
        mays = most(self.site.plain if not wirings else wired, np.array(may)) + unmanaged
        # An EVSE that has not taken its fallback yet may draw all that it can, and others have theirs already.
        proven = judged and all(station.default_a is not None for station in self.stations.values())
        for at, row in enumerate(wired.rows):
            exceeds = flows[at] > limits[at] * 1.01 + NONE_FITS
            self.over[row.name] = self.over.get(row.name, 0.0) + passed if exceeds else 0.0
            if judged and self.over[row.name] > 5.0:
                self.ledger.append(f"{self.now:.1f}: {row.name} carries {flows[at]:.1f} of {limits[at]:.1f} for 5 s")
                self.over[row.name] = -1e9
            if proven and not self.chances.jump_every_s and mays[at] > limits[at] + NONE_FITS:
                self.ledger.append(f"{self.now:.1f}: {row.name} may carry {mays[at]:.1f} of {limits[at]:.1f}")
