"""Charging profiles as they are: schedules of limits, in the vocabulary of 2.1 (part 2, ChargingProfileType). PURE.

Limits, set points and rates are exact decimals in the schedule's unit: W, or A for each phase (K01.FR.51). A member that a version
does not have makes the profile impossible there; none is left out in silence.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from schemas.base import Timestamp
from schemas.command import about

Purpose = Literal[
    "TxDefaultProfile",
    "TxProfile",
    "ChargingStationMaxProfile",
    "PriorityCharging",
    "LocalGeneration",
    "ChargingStationExternalConstraints",
]
Kind = Literal["Absolute", "Recurring", "Relative", "Dynamic"]
Recurrency = Literal["Daily", "Weekly"]
RateUnit = Literal["W", "A"]
OperationMode = Literal[
    "Idle",
    "ChargingOnly",
    "CentralSetpoint",
    "ExternalSetpoint",
    "ExternalLimits",
    "CentralFrequency",
    "LocalFrequency",
    "LocalLoadBalancing",
]

UNIT_WORDS: Mapping[str, RateUnit] = {"w": "W", "power": "W", "a": "A", "current": "A"}
"""The words of SmartChargingCtrlr.RateUnit, and those of ChargingScheduleAllowedChargingRateUnit (1.6, 9.4.2), in small letters."""


def units_in(*lists: str | None) -> tuple[RateUnit, ...]:
    """The units that a station takes, by such lists as far as it told; W before A."""
    words = {word.strip().lower() for text in lists for word in (text or "").split(",")}
    return tuple(sorted({UNIT_WORDS[word] for word in words if word in UNIT_WORDS}, reverse=True))


VOLTAGE = Decimal(230)
"""Between a phase and neutral, where watts and amperes are compared and nobody measured: nominal in Europe (IEC 60038)."""

WHOLE_MOST = 2_147_483_647
Seconds = Annotated[int, msgspec.Meta(ge=0, le=WHOLE_MOST)]
Phases = Annotated[int, msgspec.Meta(ge=0, le=3)]
ProfileId = Annotated[int, msgspec.Meta(ge=-WHOLE_MOST - 1, le=WHOLE_MOST)]
Amount = Decimal | None

EXTERNAL: frozenset[str] = frozenset({"ChargingStationExternalConstraints", "LocalGeneration"})
"""Purposes of limits that others than the CSMS set; clearing does not touch them (K10.FR.04, 08, 09)."""

MOST_SCHEDULES, MOST_PERIODS, MOST_POINTS = 3, 1_024, 20


class FrequencyPoint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A point of the frequency-watt curve (Q08)."""

    frequency: Annotated[Decimal, about("Frequency (Hz)", example="50.2")]
    power: Annotated[Decimal, about("Power (W)", example="-1000")]


class SignalPoint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A point of the signal-watt curve: the power for a value of the aFRR signal (Q07, Q08)."""

    signal: Annotated[int, about("Signal", example=1)]
    power: Annotated[Decimal, about("Power (W)", example="1000")]


class SocLimit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """From this state of charge on, no more than this limit (K01.FR.100)."""

    soc: Annotated[int, msgspec.Meta(ge=0, le=100), about("State of charge (%)", example=80)]
    limit: Annotated[Decimal, about("Limit", "In the schedule's unit.", example="5000")]


class ScheduleUpdate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Other limits or set points for a dynamic profile (K28); what is absent stays as it is."""

    limit: Annotated[Amount, about("Limit", "In the unit of the profile.", example="7000")] = None
    limit_l2: Annotated[Amount, about("Limit L2", advanced=True)] = None
    limit_l3: Annotated[Amount, about("Limit L3", advanced=True)] = None
    discharge_limit: Annotated[Amount, about("Discharge limit", "0 or below.")] = None
    discharge_limit_l2: Annotated[Amount, about("Discharge limit L2", advanced=True)] = None
    discharge_limit_l3: Annotated[Amount, about("Discharge limit L3", advanced=True)] = None
    setpoint: Annotated[Amount, about("Set point", "Below 0: discharge.")] = None
    setpoint_l2: Annotated[Amount, about("Set point L2", advanced=True)] = None
    setpoint_l3: Annotated[Amount, about("Set point L3", advanced=True)] = None
    setpoint_reactive: Annotated[Amount, about("Reactive set point", advanced=True)] = None
    setpoint_reactive_l2: Annotated[Amount, about("Reactive set point L2", advanced=True)] = None
    setpoint_reactive_l3: Annotated[Amount, about("Reactive set point L3", advanced=True)] = None


class SchedulePeriod(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What holds from a moment of the schedule until the next period begins."""

    start_s: Annotated[Seconds, about("From (s)", "Seconds after the schedule's start.", example=0)] = 0
    limit: Annotated[Amount, about("Limit", "In the schedule's unit.", example="11000")] = None
    phases: Annotated[Phases | None, about("Phases", "Empty: 3.")] = None
    phase_to_use: Annotated[Phases | None, about("Phase to use", "With one phase alone.", advanced=True)] = None
    discharge_limit: Annotated[Amount, about("Discharge limit", "0 or below; 2.1.", advanced=True)] = None
    setpoint: Annotated[Amount, about("Set point", "Below 0: discharge; 2.1.", advanced=True)] = None
    setpoint_reactive: Annotated[Amount, about("Reactive set point", "2.1.", advanced=True)] = None
    operation_mode: Annotated[OperationMode | None, about("Mode", "2.1.", advanced=True)] = None
    baseline: Annotated[Amount, about("Baseline (W)", "Of the frequency-watt curve; 2.1.", advanced=True)] = None
    frequency_curve: Annotated[
        tuple[FrequencyPoint, ...],
        msgspec.Meta(max_length=MOST_POINTS),
        about("Frequency-watt curve", "A point a line: Hz and W, as 50.2 -1000; 2.1.", lines=True, advanced=True),
    ] = ()
    signal_curve: Annotated[
        tuple[SignalPoint, ...],
        msgspec.Meta(max_length=MOST_POINTS),
        about("Signal-watt curve", "A point a line: signal and W, as 1 1000; 2.1.", lines=True, advanced=True),
    ] = ()
    preconditioning: Annotated[
        bool | None, about("Precondition", "The battery may be warmed up; 2.1.", advanced=True)
    ] = None
    evse_sleep: Annotated[bool | None, about("Sleep", "The EVSE may sleep while idle; 2.1.", advanced=True)] = None
    limit_l2: Annotated[Amount, about("Limit L2", "2.1.", advanced=True)] = None
    limit_l3: Annotated[Amount, about("Limit L3", "2.1.", advanced=True)] = None
    discharge_limit_l2: Annotated[Amount, about("Discharge limit L2", "2.1.", advanced=True)] = None
    discharge_limit_l3: Annotated[Amount, about("Discharge limit L3", "2.1.", advanced=True)] = None
    setpoint_l2: Annotated[Amount, about("Set point L2", "2.1.", advanced=True)] = None
    setpoint_l3: Annotated[Amount, about("Set point L3", "2.1.", advanced=True)] = None
    setpoint_reactive_l2: Annotated[Amount, about("Reactive set point L2", "2.1.", advanced=True)] = None
    setpoint_reactive_l3: Annotated[Amount, about("Reactive set point L3", "2.1.", advanced=True)] = None


class ChargingSchedule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Periods one after the other. `schedule_id` is given by the place in the profile where the caller gives none.

    `unit` may be left open where the product knows what the station takes; on the wire it is always said.
    """

    unit: Annotated[RateUnit | None, about("Unit", "Empty: the station's own, where it is known.", example="W")] = None
    start_at: Annotated[
        Timestamp | None,
        about("Starts", "Absolute and recurring profiles need it (UTC).", example="2026-01-01T00:00:00Z"),
    ] = None
    duration_s: Annotated[Seconds | None, about("Lasts (s)", "Empty: the last period holds on.")] = None
    min_rate: Annotated[Amount, about("Least rate", "Charging below it is inefficient.")] = None
    periods: Annotated[
        tuple[SchedulePeriod, ...],
        msgspec.Meta(min_length=1, max_length=MOST_PERIODS),
        about("Periods", example=[{"limit": "11000"}], rows=3),
    ]
    limit_at_soc: Annotated[SocLimit | None, about("Limit from a state of charge on", "2.1.", advanced=True)] = None
    local_time: Annotated[
        bool | None, about("Local time", "The start is local time of the station; 2.1.", advanced=True)
    ] = None
    randomized_delay_s: Annotated[Seconds | None, about("Random delay (s)", "2.1.", advanced=True)] = None
    power_tolerance: Annotated[Amount, about("Power tolerance (W)", "2.1.", advanced=True)] = None
    schedule_id: Annotated[int | None, about("Schedule id", "Empty: its place.", advanced=True)] = None
    signature_id: Annotated[Seconds | None, about("Signature id", "2.1.", advanced=True)] = None
    digest: Annotated[str, msgspec.Meta(max_length=88), about("Digest", "2.1.", advanced=True)] = ""


class ChargingProfile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A profile: what it is for, when it holds, and its schedules. Of one purpose the highest `stack_level` that is valid rules.

    `profile_id` is the number that the station knows it by, unique there; derived from the command where the caller gives none.
    `transaction_id` is the transaction of a TxProfile, as the station knows it.
    """

    purpose: Annotated[Purpose, about("Purpose", example="TxDefaultProfile")]
    kind: Annotated[Kind, about("Kind", "Relative: from the start of charging.", example="Absolute")] = "Absolute"
    stack_level: Annotated[Seconds, about("Stack level", "The highest rules.", example=0)] = 0
    transaction_id: Annotated[
        str, msgspec.Meta(max_length=36), about("Transaction", "Of a TxProfile.", picks="transaction")
    ] = ""
    recurrency: Annotated[Recurrency | None, about("Repeats", "Of a recurring profile.")] = None
    valid_from: Annotated[Timestamp | None, about("Valid from")] = None
    valid_to: Annotated[Timestamp | None, about("Valid until")] = None
    schedules: Annotated[
        tuple[ChargingSchedule, ...],
        msgspec.Meta(min_length=1, max_length=MOST_SCHEDULES),
        about(
            "Schedules",
            "One; up to three where the EV chooses (ISO 15118).",
            example=[{"unit": "W", "start_at": "2026-01-01T00:00:00Z", "periods": [{"limit": "11000"}]}],
            rows=2,
        ),
    ]
    profile_id: Annotated[
        ProfileId | None,
        about("Profile id", "Empty: derived from the command's id. One that the station has is replaced."),
    ] = None
    max_offline_s: Annotated[Seconds | None, about("Holds offline for (s)", "2.1.", advanced=True)] = None
    invalid_after_offline: Annotated[
        bool | None, about("Void after that", "Not valid again once online; 2.1.", advanced=True)
    ] = None
    update_interval_s: Annotated[
        Seconds | None, about("Asks for updates every (s)", "Dynamic profiles; 2.1.", advanced=True)
    ] = None
    updated_at: Annotated[Timestamp | None, about("Updated at", "Dynamic profiles; 2.1.", advanced=True)] = None
    price_signature: Annotated[
        str, msgspec.Meta(max_length=256), about("Price schedule signature", "2.1.", advanced=True)
    ] = ""


def updated(profile: ChargingProfile, update: ScheduleUpdate) -> ChargingProfile:
    """A dynamic profile with other limits and set points in its only period (K28.FR.06, FR.08)."""
    (schedule, *others) = profile.schedules
    told = {name: getattr(update, name) for name in ScheduleUpdate.__struct_fields__}
    period = msgspec.structs.replace(
        schedule.periods[0], **{name: value for name, value in told.items() if value is not None}
    )
    schedule = msgspec.structs.replace(schedule, periods=(period, *schedule.periods[1:]))
    return msgspec.structs.replace(profile, schedules=(schedule, *others))


def update_of(profile: ChargingProfile) -> ScheduleUpdate:
    """The limits and set points that a dynamic profile has now."""
    period = profile.schedules[0].periods[0]
    return ScheduleUpdate(**{name: getattr(period, name) for name in ScheduleUpdate.__struct_fields__})
