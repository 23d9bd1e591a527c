"""Checks of a profile by what is known of its station: its other profiles (K01.FR.06, FR.39, FR.52, FR.53) and its configuration."""

import datetime as dt
from collections.abc import Iterable

from msgspec.structs import replace

from schemas.chargingprofiles import REPLACES_BY_PLACE, STANDING
from schemas.chargingschedules import ChargingProfile, RateUnit, units_in
from services.api.chargingprofiles.rows import Profile, ProfileFilter
from services.api.devicemodel.rows import Variable, VariableFilter
from services.api.ports import Ports
from services.api.stations.views import StationDetails
from services.api.web.problems import Problem, invalid

UNIT_VARIABLES = ("RateUnit", "ChargingScheduleAllowedChargingRateUnit")
PHASE_SWITCHING = "ACPhaseSwitchingSupported"
MOST = 200
STARTS = ("Absolute", "Recurring")


def started(profile: ChargingProfile, now: dt.datetime) -> ChargingProfile:
    """An Absolute or Recurring profile without a start starts now (K01.FR.40)."""
    if profile.kind not in STARTS:
        return profile
    at = now.replace(microsecond=0)
    schedules = (replace(each, start_at=at) if each.start_at is None else each for each in profile.schedules)
    return replace(profile, schedules=tuple(schedules))


async def in_known_unit(ports: Ports, station: StationDetails, profile: ChargingProfile) -> ChargingProfile:
    """The profile with the station's unit where it says none. Raises Problem for a unit that the station does not take (K01.FR.26)."""
    if all(schedule.unit is not None for schedule in profile.schedules) and station.version is None:
        return profile
    known = units_of(await _variables(ports, station, UNIT_VARIABLES))
    if not known:
        return profile
    for number, schedule in enumerate(profile.schedules):
        if schedule.unit is not None and schedule.unit not in known:
            raise invalid(f"profile.schedules[{number}].unit", f"the station takes {' and '.join(known)} alone")
    schedules = tuple(replace(each, unit=each.unit or known[0]) for each in profile.schedules)
    return replace(profile, schedules=schedules)


def units_of(variables: Iterable[Variable]) -> tuple[RateUnit, ...]:
    """The units that a station takes, as far as it told; W before A."""
    return units_in(*(one.value for one in variables))


async def require_phases(ports: Ports, station: StationDetails, profile: ChargingProfile, evse: int) -> None:
    """Raises Problem for a phase to use at an EVSE that is not known to be able to switch (K01.FR.20)."""
    chosen = any(each.phase_to_use is not None for schedule in profile.schedules for each in schedule.periods)
    if not chosen:
        return
    told = await _variables(ports, station, (PHASE_SWITCHING,))
    if not any((one.value or "").lower() == "true" and one.evse in (None, evse) for one in told):
        raise invalid(
            "profile.schedules", f"EVSE {evse} is not known to switch phases: leave phase_to_use out (K01.FR.20)"
        )


async def require_free_place(ports: Ports, station: StationDetails, profile: ChargingProfile, evse: int) -> None:
    """Raises Problem where another profile has the place: 409 with its number. In 1.6 the new one takes it."""
    if station.version in REPLACES_BY_PLACE:
        return
    page = await ports.reads.charging_profiles(ProfileFilter(station=station.station), limit=MOST)
    other = next((one for one in page.items if in_the_way(one, profile, evse)), None)
    if other is not None:
        raise Problem(
            409,
            f"Profile {other.profile_id} at EVSE {other.evse} has this purpose and stack level already, at the same time"
            f" (K01.FR.06). Set it again by its profile_id, clear it first, or take another stack level.",
        )


def in_the_way(one: Profile, profile: ChargingProfile, evse: int) -> bool:
    """Whether a profile that stands may not stand beside this one."""
    theirs = one.profile
    if one.status not in STANDING or one.profile_id == profile.profile_id:
        return False
    if (theirs.purpose, theirs.stack_level) != (profile.purpose, profile.stack_level):
        return False
    if profile.purpose == "TxProfile":
        return one.transaction_id == profile.transaction_id
    here = one.evse == evse or (profile.purpose == "TxDefaultProfile" and 0 in (one.evse, evse))
    return here and _overlap(theirs, profile)


def _overlap(one: ChargingProfile, other: ChargingProfile) -> bool:
    def before(first: ChargingProfile, second: ChargingProfile) -> bool:
        return first.valid_to is not None and second.valid_from is not None and first.valid_to <= second.valid_from

    return not before(one, other) and not before(other, one)


async def _variables(ports: Ports, station: StationDetails, names: Iterable[str]) -> list[Variable]:
    found: list[Variable] = []
    for name in names:
        where = VariableFilter(station=station.station, variable=name)
        found += (await ports.reads.variables(where, limit=MOST)).items
    return [one for one in found if not one.removed]
