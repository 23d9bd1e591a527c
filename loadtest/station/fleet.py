"""The believable fleet: which stations there are, which cars come to them, and how the fleet lives. What `make up` runs."""

import asyncio
import contextlib
import signal
import uuid
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Annotated, Literal

import msgspec

from loadtest.ocpp.intents import StartCharging
from loadtest.ocpp.messages import Identity
from loadtest.ocpp.network import Network, NetworkPlan
from loadtest.ocpp.payments21 import ADHOC, REFERENCE
from loadtest.ocpp.versions import VERSIONS
from loadtest.station.bay import Visit
from loadtest.station.clock import Clock, WallClock
from loadtest.station.contracts import MobilityOperator
from loadtest.station.currents import ROTATIONS, CurrentsLedger
from loadtest.station.curve import AC_1, AC_3, DC_50, DC_150, Curve, Outlet
from loadtest.station.firmware import FirmwareHabits
from loadtest.station.limiting import Obedience
from loadtest.station.station import Station, StationPlan

CITIES = ("DE-BER", "DE-HAM", "DE-MUC", "NL-AMS", "FR-PAR", "AT-VIE", "DK-CPH", "BE-BRU")
STOP_WITHIN_S = 1.5
NEVER_S = 1e9
TROUBLE_EVERY_S = 30.0
SPEAKS_2X = frozenset({"2.0.1", "2.1"})
"""Versions in which EVs tell their needs and others may limit a station; 1.6 has no words for that."""

TELLS_ONE_IN, MANAGED_ONE_IN = 3, 4
"""Of EVs so many tell their needs; of stations so many have an energy management system beside them. As far as the version can say it."""

ASKS_TO_SIGN = 3
"""One station of so many asks for a certificate of its own soon after it has started (A02.FR.01)."""
PAYS = "2.1"
"""The version whose stations have a payment terminal, where a third of their drivers pay, and whose DC outlets take energy back."""

PLUGS_AND_CHARGES_ONE_IN, BY_CONTRACT = 3, 1 / 2
"""Of stations of 2.x so many speak Plug & Charge, and the first of the fleet does, which has 1.6; so many of their EVs have a contract."""

GIVE_BACK = 1 / 3
"""Share of the cars at such outlets that give energy back (V2G)."""


class FleetOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How large the fleet is, where it connects, how fast its cars fill, and how bad its network is.

    `run`: tells its transactions and payments from those of another run of the same seed; empty: both have the same ids.
    `latency_s`: within it a station obeys a charging profile that it accepted, and a second more. `disobedient`: one station in so many
    accepts profiles and ignores them, 0: none. `currents`: the file that takes what the EVSEs draw; empty: none.
    `contracts`: the folder of the mobility operator whose contracts some EVs show; empty: none does.
    """

    urls: tuple[str, ...]
    stations: int = 20
    speed: Annotated[float, msgspec.Meta(gt=0)] = 20.0
    seed: int = 1
    password: str = ""
    client_certificates: str = ""
    versions: tuple[str, ...] = ("1.6", "2.0.1", "2.1")
    ramp_per_s: float = 20.0
    faults: float = 0.02
    start: Literal["busy", "idle"] = "busy"
    cars: bool = True
    firmware: FirmwareHabits = FirmwareHabits()
    network: NetworkPlan = NetworkPlan()
    notice_s: float = 30.0
    contracts: str = ""
    run: str = ""
    latency_s: float = 2.0
    disobedient: int = 0
    currents: str = ""


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """One station model on the market."""

    vendor: str
    model: str
    firmware: str
    outlets: tuple[Outlet, ...]


ONE_PHASE_W = (3_680, 7_360)
"""The power of AC cars that draw on one phase."""

PRODUCTS: tuple[Product, ...] = (
    Product(vendor="Elbtal", model="Wallbox 22", firmware="2.4.1", outlets=(AC_3,)),
    Product(vendor="Elbtal", model="Twin 22", firmware="2.4.1", outlets=(AC_3, AC_3)),
    Product(vendor="Fjordkraft", model="Urban 7", firmware="1.19.0", outlets=(AC_1,)),
    Product(vendor="Kestrel", model="DC 50", firmware="5.0.3", outlets=(DC_50,)),
    Product(vendor="Kestrel", model="HPC 150 Duo", firmware="5.1.0", outlets=(DC_150, DC_150)),
    Product(vendor="Norvolt", model="Street 2x22", firmware="3.2.7", outlets=(AC_3, AC_3)),
)


def plan_of(options: FleetOptions, number: int) -> tuple[str, StationPlan]:
    """The version and the station of that number; the same for the same seed."""
    random = Random(f"{options.seed}:{number}")
    product = PRODUCTS[number % len(PRODUCTS)]
    version = options.versions[(number + number // len(PRODUCTS)) % len(options.versions)]
    city = CITIES[number % len(CITIES)]
    identity = Identity(
        vendor=product.vendor,
        model=product.model,
        serial_number=f"{product.vendor[:2].upper()}{random.randrange(10**8):08d}",
        firmware=product.firmware,
    )
    plan = StationPlan(
        name=f"{city}-{number // len(CITIES) + 1:04d}",
        identity=identity,
        outlets=product.outlets,
        start_ws=tuple(random.randrange(10_000, 9_000_000) * 3_600 for _ in product.outlets),
        password=options.password,
        client_certificates=options.client_certificates,
        firmware=options.firmware,
        tariff=ADHOC if version == PAYS else None,
        iso_15118=TELLS_ONE_IN if version in SPEAKS_2X else 0,
        managed=version in SPEAKS_2X and number % MANAGED_ONE_IN == 1,
        feels=version in SPEAKS_2X,
        obedience=Obedience(
            most_s=options.latency_s,
            ignores=options.disobedient > 0 and number % options.disobedient == options.disobedient - 1,
        ),
        lines=ROTATIONS[number % len(ROTATIONS)],
        plugs_and_charges=bool(options.contracts)
        and (number == 0 or (version in SPEAKS_2X and number % PLUGS_AND_CHARGES_ONE_IN == 1)),
        asks_to_sign_after_s=random.uniform(5.0, 60.0) if number % ASKS_TO_SIGN == 0 else None,
    )
    return version, plan


def tokens_of(seed: int, count: int) -> tuple[str, ...]:
    """The drivers' cards: as many as the fleet needs, the same for the same seed."""
    random = Random(f"{seed}:tokens")
    return tuple(f"04{random.getrandbits(48):012X}" for _ in range(count))


class Garage:
    """Decides the cars of one bay. `speed`: batteries are that much smaller, so that energy, power and time stay true."""

    def __init__(
        self,
        options: FleetOptions,
        outlet: Outlet,
        *,
        random: Random,
        tokens: Sequence[str],
        terminal: bool = False,
        contracts: Sequence[str] = (),
        ids: Random | None = None,
    ) -> None:
        self._options = options
        self._outlet = outlet
        self._random = random
        self._tokens = tokens
        self._terminal = terminal
        self._ids = ids or random
        self._contracts = contracts
        busy = options.start == "busy" and random.random() < 0.6
        self.first_in_s = random.uniform(0.0, 6.0) if busy else random.uniform(8.0, 90.0)
        if not options.cars:
            self.first_in_s = NEVER_S
        self.backdate_s = random.randrange(60, 600) if busy and random.random() < 0.7 else 0

    def gap_s(self) -> float:
        """How long the bay stays empty."""
        return self._random.uniform(20.0, 180.0)

    def visit(self, remote: StartCharging | None) -> Visit:
        """The next car."""
        random = self._random
        large = self._outlet.kind == "DC"
        come = random.uniform(8, 45 if large else 65)
        car_w = (
            random.choice((3_680, 7_360, 11_040, 11_040, 22_080)) if not large else random.randrange(45, 240) * 1_000
        )
        curve = Curve(
            phases=1 if car_w in ONE_PHASE_W else 0,
            peak_w=min(self._outlet.peak_w, car_w),
            battery_wh=max(300, int(random.randrange(38, 100) * 1_000 / self._options.speed * (3 if large else 1))),
            soc_start_percent=come,
            soc_target_percent=random.choice((80.0, 80.0, 90.0, 100.0)) if large else random.uniform(come + 10, 100.0),
        )
        if large and self._terminal and random.random() < GIVE_BACK:
            curve = _giving_back(curve)
        return Visit(
            curve=curve,
            token=remote.token if remote else self._token(),
            plug_s=1 if remote else random.randrange(2, 6),
            linger_s=random.randrange(5, 40),
            unplug_s=random.randrange(3, 9),
            leaves=random.choice(("Local", "EVDisconnected")),
            fault_after_s=random.randrange(20, 120) if random.random() < self._options.faults else None,
            remote=remote,
        )

    def _token(self) -> str:
        """The driver's card; the EV's contract; or the reference of a payment at the station's terminal (2.1, C18)."""
        if self._contracts and self._random.random() < BY_CONTRACT:
            return self._random.choice(self._contracts)
        card = self._random.choice(self._tokens)
        if not self._terminal or self._random.random() > 1 / 3:
            return card
        return f"{REFERENCE}{self._ids.getrandbits(48):012x}"


def _giving_back(curve: Curve) -> Curve:
    """The car gives back a fifth of its battery, at half its power, when it is half way to its target."""
    half_way = (curve.soc_start_percent + curve.soc_target_percent) / 2
    return msgspec.structs.replace(
        curve, returns_wh=curve.battery_wh // 5, returns_w=curve.peak_w // 2, returns_from_percent=half_way
    )


class Fleet:
    """All stations of one process."""

    def __init__(self, options: FleetOptions, *, clock: Clock, operator: MobilityOperator | None = None) -> None:
        self._options = options
        self._clock = clock
        self.counts: Counter[str] = Counter()
        self._network = Network(
            options.network,
            random=Random(f"{options.seed}:network"),
            notice_s=options.notice_s,
            count=lambda name: self.counts.update((name,)),
        )
        tokens = tokens_of(options.seed, max(20, options.stations))
        ledger = CurrentsLedger(Path(options.currents)) if options.currents else None
        self.stations: list[Station] = []
        self._traffic: list[list[Garage]] = []
        for number in range(options.stations):
            version, plan = plan_of(options, number)
            random, ids = Random(f"{options.seed}:{plan.name}"), Random(f"{options.seed}:{plan.name}:{options.run}")
            first = number % len(options.urls)
            urls = options.urls[first:] + options.urls[:first]
            drawn = None if ledger is None else partial(ledger.drew, plan.name, plan.lines)
            contracts = operator if plan.plugs_and_charges else None
            beside = {"ids": ids, "network": self._network, "contracts": contracts, "drawn": drawn}
            self.stations.append(
                Station(plan, VERSIONS[version], urls=urls, clock=clock, random=random, **beside)  # type: ignore[arg-type]
            )
            emaids = contracts.emaids if contracts is not None else ()
            self._traffic.append(
                [
                    Garage(
                        options,
                        outlet,
                        random=random,
                        ids=ids,
                        tokens=tokens,
                        terminal=version == PAYS,
                        contracts=emaids,
                    )
                    for outlet in plan.outlets
                ]
            )

    async def run(self) -> None:
        """Live until cancelled; stations connect one after the other, `ramp_per_s` of them a second."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tell_trouble())
            tasks.create_task(self._network.run())
            for station, traffic in zip(self.stations, self._traffic, strict=True):
                tasks.create_task(station.run(traffic))
                await self._clock.wait(1 / self._options.ramp_per_s)

    async def _tell_trouble(self) -> None:
        """One line when stations cannot reach the CSMS, and one when they can again; nothing else."""
        troubled = False
        while True:
            await self._clock.wait(TROUBLE_EVERY_S if troubled else 5.0)
            away = [station for station in self.stations if not station.online and station.line.trouble]
            if away:
                faults = "".join(f", {name} {count}" for name, count in sorted(self.counts.items()))
                print(
                    f"fleet: {len(away)} of {len(self.stations)} stations away: {away[0].line.trouble}{faults}",
                    flush=True,
                )
            elif troubled:
                print(f"fleet: all {len(self.stations)} stations are back", flush=True)
            troubled = bool(away)


async def _lived(options: FleetOptions) -> None:
    if not options.contracts:
        return await Fleet(options, clock=WallClock()).run()
    count = max(4, options.stations // 4)
    operator = MobilityOperator(Path(options.contracts), contracts=count, random=Random(f"{options.seed}:contracts"))
    async with operator.answering():
        await Fleet(options, clock=WallClock(), operator=operator).run()
    return None


async def live(options: FleetOptions) -> int:
    """Run a fleet until SIGTERM or SIGINT; every connection is closed within two seconds of it. Always 0."""
    fleet = asyncio.create_task(_lived(msgspec.structs.replace(options, run=uuid.uuid4().hex)))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, fleet.cancel)
    print(f"fleet: {options.stations} stations -> {', '.join(options.urls)}", flush=True)
    with contextlib.suppress(asyncio.CancelledError):
        await fleet
    await asyncio.sleep(0.2)  # the close frames leave
    return 0
