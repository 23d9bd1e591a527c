"""Limiting: what is known to limit an EVSE, and what an EV can take, in one unit (2.x part 2, K11 to K19). PURE.

Limits are the station's own maximum, the default for transactions, and what others set (reported as profiles, or told as limits).
What local generation adds is left out, and limits by the state of charge are left to the station, which alone knows it.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from schemas.base import Poison
from schemas.chargingneeds import ChargingLimitCleared, ChargingLimitReported, ChargingNeedsReported
from schemas.chargingschedules import VOLTAGE, ChargingSchedule, Purpose, RateUnit, SchedulePeriod
from schemas.energy import is_of_site
from schemas.states.chargingprofiles import LimitOfOthers, StationProfiles
from services.chargingprofiles.curves import BELIEVED, Curve, Frame, first_of, least, of_profile, of_schedule
from services.chargingprofiles.standing import Standing, standings

SET_BY_US: tuple[Purpose, ...] = ("ChargingStationMaxProfile", "TxDefaultProfile")
LIMITS_OF_OTHERS: Purpose = "ChargingStationExternalConstraints"
LIMITING = (*SET_BY_US, LIMITS_OF_OTHERS)

LIMITS_AT_MOST, LIMITS_BYTES_AT_MOST = 20, 100_000
"""Of one station: limits of others, the newest stay; and of them all as JSON."""

PHASES = {"AC_single_phase": 1, "AC_two_phase": 2}
"""Of other ways of AC all three are reckoned with."""


class Unit(NamedTuple):
    """The unit of a plan. `phases`: of the EV; 0 where it charges by DC."""

    name: RateUnit
    phases: int

    @property
    def watts(self) -> Decimal:
        """The power of one of it."""
        return Decimal(1) if self.name == "W" else self.phases * VOLTAGE

    def of(self, rate: Decimal, schedule: ChargingSchedule, period: SchedulePeriod) -> Decimal:
        """A limit of a schedule in this unit; without a unit of its own it counts as one in this."""
        if schedule.unit in (None, self.name):
            return rate
        if self.name == "A":
            return rate / self.watts
        phases = 3 if period.phases in (None, 0) else period.phases
        return rate * VOLTAGE * (min(phases or 3, self.phases) if self.phases else phases or 3)


class Taken(NamedTuple):
    """What an EV can take, at most and at least, and the energy that it asks for in Wh; None where it did not say."""

    most: Decimal | None
    least: Decimal | None
    energy_wh: Decimal | None


def unit_for(needs: ChargingNeedsReported, units: tuple[RateUnit, ...]) -> Unit | None:
    """The unit for an EV at a station that takes these (none told: either): A for AC, W for DC; None where DC is not to be had in W."""
    if not _is_ac(needs):
        return Unit("W", 0) if "W" in units or not units else None
    return Unit("A" if "A" in units or not units else "W", PHASES.get(needs.energy_transfer, 3))


def _is_ac(needs: ChargingNeedsReported) -> bool:
    return needs.energy_transfer.startswith("AC") or any(name.startswith("acCharging") for name in needs.parameters)


def taken(needs: ChargingNeedsReported, unit: Unit) -> Taken:
    """What the EV says that it can take, in this unit."""
    told = {name.partition(".")[2]: value for name, value in needs.parameters.items() if not name.startswith("der")}
    watts = _summed(told, "maxChargePower") or told.get("evMaxPower")
    current, volts = (
        told.get("evMaxCurrent", told.get("maxChargeCurrent")),
        told.get("evMaxVoltage", told.get("maxVoltage")),
    )
    by_current = None if current is None else _by_current(current, volts, unit)
    powers = [None if watts is None else watts / unit.watts, by_current]
    lowest = _summed(told, "minChargePower")
    lowest_current = told.get("evMinCurrent")
    leasts = [None if lowest is None else lowest / unit.watts]
    if unit.phases and lowest_current is not None:
        leasts.append(lowest_current if unit.name == "A" else lowest_current * unit.phases * VOLTAGE)
    return Taken(
        most=min((each for each in powers if each is not None and each >= 0), default=None),
        least=max((each for each in leasts if each is not None and each >= 0), default=None),
        energy_wh=_energy(told),
    )


def _by_current(current: Decimal, volts: Decimal | None, unit: Unit) -> Decimal | None:
    """The greatest current of an EV; by AC it is that of each phase."""
    if unit.phases:
        return current if unit.name == "A" else current * unit.phases * VOLTAGE
    return None if volts is None else current * volts


def _summed(told: dict[str, Decimal], name: str) -> Decimal | None:
    """Of all phases; the first is the sum of all where the others are not told."""
    parts = [told[each] for each in (name, f"{name}_L2", f"{name}_L3") if each in told]
    return sum(parts, Decimal(0)) if name in told else None


def _energy(told: dict[str, Decimal]) -> Decimal | None:
    """What the EV asks for, else what is missing of a battery whose size and states it told."""
    asked = told.get("energyAmount", told.get("evTargetEnergyRequest"))
    if asked is not None:
        return min(max(asked, Decimal(0)), BELIEVED)
    size, now, full = told.get("evEnergyCapacity"), told.get("stateOfCharge"), told.get("fullSoC")
    if size is None or now is None or full is None:
        return None
    return min(max(size * (full - now) / 100, Decimal(0)), BELIEVED)


# -- limits of others -------------------------------------------------------------------------------------------------


def limited(state: StationProfiles, record: ChargingLimitReported | ChargingLimitCleared) -> StationProfiles:
    """A limit that others set or took back; what local generation adds is none. Raises Poison for what is more than is kept."""
    if isinstance(record, ChargingLimitReported) and record.local_generation:
        return state
    others = [one for one in state.limits if (one.source, one.evse or 0) != (record.source, record.evse or 0)]
    if isinstance(record, ChargingLimitReported) and record.schedules:
        others.append(
            LimitOfOthers(source=record.source, evse=record.evse, schedules=record.schedules, at=record.received_at)
        )
    if len(msgspec.json.encode(others)) > LIMITS_BYTES_AT_MOST:
        raise Poison(f"the limits of others are more than {LIMITS_BYTES_AT_MOST} bytes: no more are followed")
    return replace(state, limits=tuple(others[-LIMITS_AT_MOST:]))


# -- what limits an EVSE ----------------------------------------------------------------------------------------------


def limiting(state: StationProfiles, evse: int) -> list[Standing]:
    """The profiles that limit an EVSE: those that the station has, or may have, but what it may draw by itself at a site.

    For a transaction the site sets another limit, which changes all the time and rules by its stack level whatever is planned.
    """
    return [
        one
        for _, one in sorted(standings(state).items())
        if one.status in ("installed", "unconfirmed") and one.profile.purpose in LIMITING and one.evse in (0, evse)
        if not is_of_site(state.station, one.evse, one.profile_id)
    ]


def limits_known(state: StationProfiles, evse: int, frame: Frame, started_at: datetime | None) -> Curve:
    """All that is known to limit an EVSE, together."""
    found = limiting(state, evse)

    def ruling(purpose: Purpose) -> Curve:
        """Of one purpose the valid one of the highest stack level (K01.FR.07); of two of one level that of the EVSE itself."""
        ours = [one for one in found if one.profile.purpose == purpose]
        ours.sort(key=lambda one: (one.profile.stack_level, one.evse), reverse=True)
        return first_of(of_profile(one.profile, frame, started_at) for one in ours)

    others = (of_profile(one.profile, frame, started_at) for one in found if one.profile.purpose == LIMITS_OF_OTHERS)
    return least([*(ruling(purpose) for purpose in SET_BY_US), *others, *_told(state, evse, frame)])


def _told(state: StationProfiles, evse: int, frame: Frame) -> Iterator[Curve]:
    for limit in state.limits:
        if limit.evse in (None, 0, evse):
            yield from (of_schedule(schedule, frame, limit.at) for schedule in limit.schedules)
