"""Profile rules: what the specification asks of a charging profile before it is sent (K01, K05, K28, Q03, Q08, Q10; 1.6, 3.13). PURE.

Each fault is where it is, by the member's path, and what to do. What depends on other profiles of the station, or on its
configuration, is checked where that is known.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

import msgspec

from schemas.chargingschedules import ChargingProfile, ChargingSchedule, SchedulePeriod, ScheduleUpdate
from schemas.command import Fault

LIMITS = ("limit", "limit_l2", "limit_l3", "discharge_limit", "discharge_limit_l2", "discharge_limit_l3")
SETPOINTS = tuple(name for name in ScheduleUpdate.__struct_fields__ if name.startswith("setpoint"))
GREATEST_EXPONENT = 15
"""Numbers have at most so many digits on either side of the point: no station takes more, and none would be written out for it."""

_OURS_NOT = "is of limits that others set at the station; the CSMS cannot set it (K01.FR.22)"


def profile_faults(profile: ChargingProfile, evse: int, *, at: str = "profile") -> Iterator[Fault]:
    """What stands against setting this profile at this EVSE (0: the station as a whole)."""
    match profile.purpose:
        case "ChargingStationExternalConstraints":
            yield Fault(f"{at}.purpose", _OURS_NOT)
        case "ChargingStationMaxProfile":
            if evse != 0:
                yield Fault("evse", "must be 0: a ChargingStationMaxProfile is of the whole station (K04.FR.03)")
            if profile.kind == "Relative":
                yield Fault(f"{at}.kind", "may not be Relative for a ChargingStationMaxProfile (K01.FR.38)")
        case "TxProfile":
            if evse == 0:
                yield Fault("evse", "must name the EVSE of the transaction, not 0, for a TxProfile (K01.FR.16)")
            if not profile.transaction_id:
                yield Fault(f"{at}.transaction_id", "is missing: a TxProfile belongs to a transaction (K01.FR.03)")
        case "PriorityCharging":
            yield from _priority(profile, at)
    if profile.transaction_id and profile.purpose != "TxProfile":
        yield Fault(f"{at}.transaction_id", f"is of a TxProfile alone, not of a {profile.purpose}")
    yield from _faults(profile, at)


def start_faults(profile: ChargingProfile, *, at: str = "profile") -> Iterator[Fault]:
    """What stands against this profile inside a remote start (K05.FR.02; 1.6, 5.16)."""
    if profile.purpose != "TxProfile":
        yield Fault(f"{at}.purpose", "must be TxProfile inside a remote start (K05.FR.02)")
    if profile.transaction_id:
        yield Fault(f"{at}.transaction_id", "must be left out inside a remote start: the transaction begins by it")
    yield from _faults(profile, at)


def update_faults(update: ScheduleUpdate, *, at: str = "update") -> Iterator[Fault]:
    """What stands against these limits and set points for a dynamic profile."""
    told = {name: getattr(update, name) for name in ScheduleUpdate.__struct_fields__}
    if all(value is None for value in told.values()):
        yield Fault(at, "says nothing: give a limit or a set point")
    yield from _amounts(update, at)


def _faults(profile: ChargingProfile, at: str) -> Iterator[Fault]:
    dynamic, recurring = profile.kind == "Dynamic", profile.kind == "Recurring"
    if recurring and profile.recurrency is None:
        yield Fault(f"{at}.recurrency", "is missing: a Recurring profile is Daily or Weekly")
    if not recurring and profile.recurrency is not None:
        yield Fault(f"{at}.recurrency", "is of Recurring profiles alone")
    if not dynamic and (profile.update_interval_s is not None or profile.updated_at is not None):
        yield Fault(f"{at}.update_interval_s", "is of Dynamic profiles alone (K28.FR.04)")
    if dynamic and (len(profile.schedules) != 1 or len(profile.schedules[0].periods) != 1):
        yield Fault(f"{at}.schedules", "must be one schedule with one period in a Dynamic profile (K28.FR.01)")
    if profile.valid_from is not None and profile.valid_to is not None and profile.valid_from >= profile.valid_to:
        yield Fault(f"{at}.valid_to", "is not after valid_from")
    for number, schedule in enumerate(profile.schedules):
        yield from _schedule(profile, schedule, f"{at}.schedules[{number}]")


def _schedule(profile: ChargingProfile, schedule: ChargingSchedule, at: str) -> Iterator[Fault]:
    if schedule.unit is None:
        yield Fault(f"{at}.unit", "is missing: say W or A, what the station takes is not known")
    if profile.kind in ("Absolute", "Recurring") and schedule.start_at is None:
        yield Fault(f"{at}.start_at", f"is missing: {profile.kind} profiles start at a time (K01.FR.40)")
    if profile.kind == "Relative" and schedule.start_at is not None:
        yield Fault(f"{at}.start_at", "must be left out: Relative profiles start with the charging (K01.FR.41)")
    if schedule.randomized_delay_s and profile.purpose not in ("TxProfile", "TxDefaultProfile"):
        yield Fault(f"{at}.randomized_delay_s", "is of a TxProfile or TxDefaultProfile alone (K01.FR.95)")
    starts = [period.start_s for period in schedule.periods]
    if starts[0] != 0:
        yield Fault(f"{at}.periods[0].start_s", "must be 0: the first period starts with the schedule (K01.FR.31)")
    if any(later <= earlier for earlier, later in pairwise(starts)):
        yield Fault(f"{at}.periods", "must be in the order of their start_s, no two alike (K01.FR.35)")
    yield from _amounts(schedule, at)
    if schedule.limit_at_soc is not None:
        yield from _amounts(schedule.limit_at_soc, f"{at}.limit_at_soc")
    for number, period in enumerate(schedule.periods):
        yield from _period(period, schedule, f"{at}.periods[{number}]")


def _period(period: SchedulePeriod, schedule: ChargingSchedule, at: str) -> Iterator[Fault]:
    if period.phase_to_use is not None and period.phases != 1:
        yield Fault(f"{at}.phase_to_use", "needs phases = 1 (K01.FR.19)")
    yield from _amounts(period, at)
    for point in (*period.frequency_curve, *period.signal_curve):
        yield from _amounts(point, at)
    limited, steered = (any(getattr(period, name) is not None for name in names) for names in (LIMITS, SETPOINTS))
    match period.operation_mode:
        case None | "ChargingOnly" | "CentralFrequency":
            if not limited and not steered:
                yield Fault(f"{at}.limit", "is missing: the period says nothing")
        case "CentralSetpoint" if limited:
            yield Fault(f"{at}.limit", "must be left out with operation_mode CentralSetpoint (Q03.FR.02)")
        case "Idle" if limited or steered:
            yield Fault(f"{at}.limit", "limits and set points must be left out with operation_mode Idle (Q10.FR.01)")
        case "LocalFrequency":
            yield from _frequency(period, schedule, at, told=limited or steered)


def _frequency(period: SchedulePeriod, schedule: ChargingSchedule, at: str, *, told: bool) -> Iterator[Fault]:
    if told:
        yield Fault(f"{at}.limit", "limits and set points must be left out with LocalFrequency (Q08.FR.01)")
    if len(period.frequency_curve) < 2 or period.baseline is None:
        yield Fault(f"{at}.frequency_curve", "LocalFrequency needs two points of a curve and a baseline (Q08.FR.02)")
    if schedule.unit == "A":
        yield Fault(f"{at}.operation_mode", "LocalFrequency needs a schedule in W (Q08.FR.05)")


def _priority(profile: ChargingProfile, at: str) -> Iterator[Fault]:
    for number, schedule in enumerate(profile.schedules):
        if schedule.duration_s is not None:
            yield Fault(f"{at}.schedules[{number}].duration_s", "must be left out for PriorityCharging (K01.FR.70)")
        if any(period.operation_mode not in (None, "ChargingOnly") for period in schedule.periods):
            yield Fault(f"{at}.schedules[{number}].periods", "PriorityCharging only charges (K01.FR.71)")


def _amounts(struct: msgspec.Struct, at: str) -> Iterator[Fault]:
    """Numbers that no station can take, and discharging that would charge."""
    for name in struct.__struct_fields__:
        value = getattr(struct, name)
        if not isinstance(value, Decimal):
            continue
        if not value.is_finite() or abs(value.adjusted()) > GREATEST_EXPONENT or _places(value) > GREATEST_EXPONENT:
            yield Fault(
                f"{at}.{name}", f"is no number of at most {GREATEST_EXPONENT} digits on either side of its point"
            )
        elif name.startswith("discharge_limit") and value > 0:
            yield Fault(f"{at}.{name}", "must be 0 or below: discharging is negative")


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
