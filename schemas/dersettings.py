"""The settings of DER controls: curves, set points and limits of an inverter at the grid (2.1 part 2, R; DERControlEnumType). PURE.

Each type of control has one kind of setting (R04.FR.16). Units are those of OCPP: times in seconds, voltages in percent of the nominal
one or V, frequencies in Hz, as the control says.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, get_args

import msgspec

from schemas.base import Timestamp
from schemas.command import about

ControlType = Literal[
    "EnterService",
    "FreqDroop",
    "FreqWatt",
    "FixedPFAbsorb",
    "FixedPFInject",
    "FixedVar",
    "Gradients",
    "HFMustTrip",
    "HFMayTrip",
    "HVMustTrip",
    "HVMomCess",
    "HVMayTrip",
    "LimitMaxDischarge",
    "LFMustTrip",
    "LVMustTrip",
    "LVMomCess",
    "LVMayTrip",
    "PowerMonitoringMustTrip",
    "VoltVar",
    "VoltWatt",
    "WattPF",
    "WattVar",
]
"""DERControlEnumType."""

CONTROL_TYPES: tuple[str, ...] = get_args(ControlType)
Unit = Literal["Not_Applicable", "PctMaxW", "PctMaxVar", "PctWAvail", "PctVarAvail", "PctEffectiveV"]
"""DERUnitEnumType."""

Priority = Annotated[int, msgspec.Meta(ge=0), about("Priority", "Of two controls of a type the lower number rules.")]
Starts = Annotated[Timestamp | None, about("Starts", "Of a scheduled control; a default one has none (R04.FR.12).")]
Lasts = Annotated[Decimal | None, about("Lasts (s)", "Of a scheduled control; a default one has none (R04.FR.12).")]


class CurvePoint(msgspec.Struct, frozen=True, kw_only=True):
    """A point of a curve (DERCurvePointsType): what `x` is follows from the type of the control, `y` has the curve's unit."""

    x: Annotated[Decimal, about("x")]
    y: Annotated[Decimal, about("y")]


class Hysteresis(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a curve is left again (HysteresisType)."""

    hysteresis_high: Annotated[Decimal | None, about("High")] = None
    hysteresis_low: Annotated[Decimal | None, about("Low")] = None
    hysteresis_delay: Annotated[Decimal | None, about("Delay (s)")] = None
    hysteresis_gradient: Annotated[Decimal | None, about("Gradient", "Percent of the power, a second.")] = None


class ReactivePowerParams(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of VoltVar curves (ReactivePowerParamsType)."""

    v_ref: Annotated[Decimal | None, about("Reference voltage", "Percent of the nominal one.")] = None
    autonomous_v_ref_enable: Annotated[bool | None, about("Autonomous reference voltage")] = None
    autonomous_v_ref_time_constant: Annotated[Decimal | None, about("Its time constant (s)")] = None


class VoltageParams(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of curves of voltage (VoltageParamsType)."""

    hv10_min_mean_value: Annotated[Decimal | None, about("Mean of 10 minutes", "Percent of the nominal voltage.")] = (
        None
    )
    hv10_min_mean_trip_delay: Annotated[Decimal | None, about("Trip delay (s)", "After that mean is exceeded.")] = None
    power_during_cessation: Annotated[Literal["Active", "Reactive"] | None, about("Power during cessation")] = None


class Curve(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A curve (DERCurveType)."""

    priority: Priority
    y_unit: Annotated[Unit, about("Unit of y", example="PctMaxW")]
    curve_data: Annotated[
        tuple[CurvePoint, ...],
        msgspec.Meta(min_length=1, max_length=10),
        about(
            "Points",
            "A point a line: x and y, as 50.2 100.",
            example=[{"x": "50.2", "y": "100"}, {"x": "51.5", "y": "0"}],
            lines=True,
        ),
    ]
    hysteresis: Annotated[Hysteresis | None, about("Hysteresis", advanced=True)] = None
    reactive_power_params: Annotated[ReactivePowerParams | None, about("Reactive power", advanced=True)] = None
    voltage_params: Annotated[VoltageParams | None, about("Voltage", advanced=True)] = None
    response_time_s: Annotated[Decimal | None, about("Response time (s)", advanced=True)] = None
    starts_at: Starts = None
    duration_s: Lasts = None


class EnterService(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When the inverter begins to serve the grid (EnterServiceType)."""

    priority: Priority
    high_voltage: Annotated[Decimal, about("Highest voltage", "Percent of the nominal one.")]
    low_voltage: Annotated[Decimal, about("Lowest voltage", "Percent of the nominal one.")]
    high_freq: Annotated[Decimal, about("Highest frequency (Hz)")]
    low_freq: Annotated[Decimal, about("Lowest frequency (Hz)")]
    delay: Annotated[Decimal | None, about("Delay (s)")] = None
    random_delay: Annotated[Decimal | None, about("Random delay (s)")] = None
    ramp_rate: Annotated[Decimal | None, about("Ramp rate (s)")] = None


class FixedPF(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fixed power factor, for absorbing or injecting (FixedPFType)."""

    priority: Priority
    displacement: Annotated[Decimal, about("Power factor", "cos phi, between 0 and 1.")]
    excitation: Annotated[bool, about("Over-excited", "No: under-excited.")]
    starts_at: Starts = None
    duration_s: Lasts = None


class FixedVar(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fixed reactive power (FixedVarType)."""

    priority: Priority
    setpoint: Annotated[Decimal, about("Set point", "-100 to 100 percent of the unit.")]
    unit: Annotated[Unit, about("Unit")]
    starts_at: Starts = None
    duration_s: Lasts = None


class FreqDroop(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Power by frequency (FreqDroopType)."""

    priority: Priority
    over_freq: Annotated[Decimal, about("Over frequency (Hz)")]
    under_freq: Annotated[Decimal, about("Under frequency (Hz)")]
    over_droop: Annotated[Decimal, about("Droop above")]
    under_droop: Annotated[Decimal, about("Droop below")]
    response_time_s: Annotated[Decimal, about("Response time (s)")]
    starts_at: Starts = None
    duration_s: Lasts = None


class Gradient(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How fast power may change (GradientType)."""

    priority: Priority
    gradient: Annotated[Decimal, about("Gradient", "Percent of the greatest power, a second; 0: no limit.")]
    soft_gradient: Annotated[Decimal, about("Soft gradient", "After a start; 0: no limit.")]


class LimitMaxDischarge(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The most that may be discharged (LimitMaxDischargeType)."""

    priority: Priority
    pct_max_discharge_power: Annotated[Decimal | None, about("Most discharge power", "Percent of the rated one.")] = (
        None
    )
    power_monitoring_must_trip: Annotated[Curve | None, about("Power monitoring", advanced=True)] = None
    starts_at: Starts = None
    duration_s: Lasts = None


Setting = Curve | EnterService | FixedPF | FixedVar | FreqDroop | Gradient | LimitMaxDischarge


class DERSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The setting of a control: one of these, the one that its type has."""

    curve: Annotated[Curve | None, about("Curve")] = None
    enter_service: Annotated[EnterService | None, about("Enter service", "Of EnterService.")] = None
    fixed_pf: Annotated[FixedPF | None, about("Fixed power factor", "Of FixedPFAbsorb and FixedPFInject.")] = None
    fixed_var: Annotated[FixedVar | None, about("Fixed reactive power", "Of FixedVar.")] = None
    freq_droop: Annotated[FreqDroop | None, about("Frequency droop", "Of FreqDroop.")] = None
    gradient: Annotated[Gradient | None, about("Gradient", "Of Gradients.")] = None
    limit_max_discharge: Annotated[LimitMaxDischarge | None, about("Limit of discharging", "Of LimitMaxDischarge.")] = (
        None
    )

    @property
    def given(self) -> dict[str, Setting]:
        """The settings that there are, by their names here."""
        found = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: setting for name, setting in found.items() if setting is not None}

    @property
    def starts_at(self) -> Timestamp | None:
        """When a scheduled control starts; None where it has no such time."""
        return next((getattr(setting, "starts_at", None) for setting in self.given.values()), None)

    @property
    def duration_s(self) -> Decimal | None:
        """How long a scheduled control lasts; None: until it is cleared."""
        return next((getattr(setting, "duration_s", None) for setting in self.given.values()), None)

    @property
    def priority(self) -> int | None:
        """Of two controls of a type the lower number rules."""
        return next((setting.priority for setting in self.given.values()), None)


SETTING_OF: Mapping[str, str] = dict.fromkeys(CONTROL_TYPES, "curve") | {
    "EnterService": "enter_service",
    "FixedPFAbsorb": "fixed_pf",
    "FixedPFInject": "fixed_pf",
    "FixedVar": "fixed_var",
    "FreqDroop": "freq_droop",
    "Gradients": "gradient",
    "LimitMaxDischarge": "limit_max_discharge",
}
"""Which setting each type of control has (R04.FR.16)."""

DEFAULT_ONLY = frozenset({"EnterService", "Gradients"})
"""Types that exist as default controls alone (R04.FR.14)."""
