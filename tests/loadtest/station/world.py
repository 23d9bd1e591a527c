"""One simulated station with a hand-moved clock at a scripted CSMS, and the cars that come to it."""

from random import Random

from loadtest.ocpp.messages import Identity, Payload
from loadtest.ocpp.versions import VERSIONS
from loadtest.station.bay import Visit
from loadtest.station.curve import AC_3, DC_150, Curve
from loadtest.station.drawing import Drawn
from loadtest.station.station import Station, StationPlan
from tests.loadtest.csms import Csms
from tests.loadtest.hand_clock import HandClock

NAME = "DE-BER-0001"
NEVER = 1e9
HUGE_WH = 10_000_000
"""A car that charges until the test is over."""


class Cars:
    """The same car again and again; the first after `first_in_s`."""

    def __init__(self, first_in_s: float = 1.0, *, backdate_s: int = 0, battery_wh: int = 400) -> None:
        self.first_in_s = first_in_s
        self.backdate_s = backdate_s
        self._battery_wh = battery_wh

    def gap_s(self) -> float:
        return NEVER

    def visit(self, remote):
        curve = Curve(peak_w=11_040, battery_wh=self._battery_wh, soc_start_percent=20, soc_target_percent=60)
        return Visit(curve=curve, token=remote.token if remote else "04AABBCCDD", linger_s=3, remote=remote)


def station_at(
    csms: Csms,
    version: str,
    clock: HandClock,
    *,
    evses: int = 1,
    password: str = "",
    tariff: Payload | None = None,
    drawn: Drawn | None = None,
    **plan_members: int,
) -> Station:
    plan = StationPlan(
        name=NAME,
        identity=Identity(vendor="Elbtal", model="Wallbox 22", serial_number="EL1", firmware="2.4.1"),
        outlets=(AC_3, DC_150)[:evses],
        start_ws=(3_600_000,) * evses,
        password=password,
        tariff=tariff,
        **plan_members,
    )
    station = Station(plan, VERSIONS[version], urls=(csms.url,), clock=clock, random=Random(7), drawn=drawn)
    clock.busy = lambda: station.line.busy
    return station
