"""What a car draws and gives back, and what the meter counts, second by second, in whole watts and watt-seconds. PURE."""

from datetime import datetime

import msgspec

from loadtest.ocpp.messages import PERIODIC, Sample

RAMP_S = 12
TAPER_FROM_PERCENT = 80.0
TAPER_END_SHARE = 0.12
"""Share of the peak power that is left at 100 % state of charge."""

AC_VOLTAGE_V = 230.0


class Outlet(msgspec.Struct, frozen=True, kw_only=True):
    """What an EVSE can give: DC, or AC on one or three phases."""

    kind: str
    peak_w: int
    phases: int
    connector_type: str


AC_1 = Outlet(kind="AC", peak_w=7_360, phases=1, connector_type="sType2")
AC_3 = Outlet(kind="AC", peak_w=22_080, phases=3, connector_type="cType2")
DC_50 = Outlet(kind="DC", peak_w=50_000, phases=0, connector_type="cCCS2")
DC_150 = Outlet(kind="DC", peak_w=150_000, phases=0, connector_type="cCCS2")


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """One car at one outlet: its peak power there, its battery, and how full it comes and leaves.

    `phases`: it draws on so many phases of an AC outlet; 0: on all.
    A car of V2G gives back `returns_wh` at `returns_w`, once it is `returns_from_percent` full, and charges on then.
    """

    peak_w: int
    battery_wh: int
    soc_start_percent: float
    soc_target_percent: float
    phases: int = 0
    returns_wh: int = 0
    returns_w: int = 0
    returns_from_percent: float = 0.0


class Charged(msgspec.Struct, frozen=True):
    """How long energy has flowed, and how much of it: to the car, and back."""

    elapsed_s: int = 0
    delivered_ws: int = 0
    returned_ws: int = 0


def soc_percent(curve: Curve, charged: Charged) -> float:
    """The battery's state of charge, at most 100."""
    gained = (charged.delivered_ws - charged.returned_ws) / 36 / curve.battery_wh
    return min(100.0, curve.soc_start_percent + gained)


def full(curve: Curve, charged: Charged) -> bool:
    """The car has what it came for."""
    return soc_percent(curve, charged) >= curve.soc_target_percent and not gives_back(curve, charged)


def gives_back(curve: Curve, charged: Charged) -> bool:
    """Whether energy flows from the car now: it was full enough once, and has not given back all that it will."""
    if charged.returned_ws >= curve.returns_wh * 3_600:
        return False
    taken_percent = charged.delivered_ws / 36 / curve.battery_wh
    return curve.soc_start_percent + taken_percent >= curve.returns_from_percent


def power_w(curve: Curve, charged: Charged, *, limit_w: int | None = None) -> int:
    """The power drawn now: a ramp at the start, constant, tapering above 80 %; never above the limit."""
    if full(curve, charged) or gives_back(curve, charged):
        return 0
    ramp = min(1.0, (charged.elapsed_s + 1) / RAMP_S)
    above = max(0.0, soc_percent(curve, charged) - TAPER_FROM_PERCENT) / (100.0 - TAPER_FROM_PERCENT)
    wanted_w = int(curve.peak_w * ramp * (1.0 - (1.0 - TAPER_END_SHARE) * above))
    return wanted_w if limit_w is None else min(wanted_w, limit_w)


def advance(curve: Curve, charged: Charged, seconds: int, *, limit_w: int | None = None) -> Charged:
    """Go on for some seconds, in the direction of each; the energy is the sum of each second's power, without rounding."""
    for _ in range(seconds):
        drawn_ws = power_w(curve, charged, limit_w=limit_w)
        returned_ws = charged.returned_ws + (curve.returns_w if gives_back(curve, charged) else 0)
        charged = Charged(charged.elapsed_s + 1, charged.delivered_ws + drawn_ws, returned_ws)
    return charged


def register_wh(start_ws: int, charged: Charged) -> int:
    """What the energy register shows: whole watt-hours, never less than before."""
    return (start_ws + charged.delivered_ws) // 3_600


class Meter(msgspec.Struct, frozen=True, kw_only=True):
    """The meter of one EVSE: its outlet, and its registers when the present car came."""

    outlet: Outlet
    start_ws: int = 0
    export_start_ws: int = 0

    def loaded(self, curve: Curve) -> int:
        """The phases on which the car draws; 0: DC."""
        return min(curve.phases or self.outlet.phases, self.outlet.phases)

    def current_a(self, curve: Curve, drawn_w: int) -> float:
        """The current in each phase of AC that the car uses, by the area's voltage; of DC, what the three phases of the grid carry."""
        return drawn_w / AC_VOLTAGE_V / (self.loaded(curve) or 3)

    def sample(
        self, curve: Curve, charged: Charged, *, at: datetime, context: str = PERIODIC, limit_w: int | None = None
    ) -> Sample:
        """What the meter shows after `charged`; power flows only in the periodic samples, not at begin and end."""
        flows = context == PERIODIC
        drawn_w = power_w(curve, charged, limit_w=limit_w) if flows else 0
        soc = soc_percent(curve, charged)
        voltage = _voltage_v(self.outlet, soc, charged.elapsed_s)
        return Sample(
            at=at,
            register_wh=register_wh(self.start_ws, charged),
            power_w=drawn_w,
            voltage_v=voltage,
            current_a=round(self.current_a(curve, drawn_w) if self.outlet.phases else drawn_w / voltage, 1),
            loaded=self.loaded(curve),
            paused=limit_w == 0,
            phases=self.outlet.phases,
            soc_percent=round(soc, 1) if self.outlet.kind == "DC" else None,
            context=context,
            exported_wh=(self.export_start_ws + charged.returned_ws) // 3_600 if curve.returns_wh else None,
            export_power_w=curve.returns_w if flows and gives_back(curve, charged) else 0,
        )

    def after(self, charged: Charged) -> "Meter":
        """The meter when the car has left: the registers keep every watt-second."""
        start_ws, export_start_ws = self.start_ws + charged.delivered_ws, self.export_start_ws + charged.returned_ws
        return Meter(outlet=self.outlet, start_ws=start_ws, export_start_ws=export_start_ws)


def _voltage_v(outlet: Outlet, soc: float, elapsed_s: int) -> float:
    """The grid's voltage with a little noise, the same for the same second; a battery's rises with its charge."""
    noise = (elapsed_s * 7_919 % 31 - 15) / 10
    return round((AC_VOLTAGE_V if outlet.kind == "AC" else 350.0 + soc / 2) + noise, 1)
