"""What charging profiles allow an EVSE of a simulated station: stack levels, validity, kinds and units, in every version. PURE.

All limits are in A for each phase; an EVSE of DC counts as three phases of the grid.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from loadtest.ocpp.intents import KeepProfile
from loadtest.ocpp.messages import Payload

Wire = dict[str, Any]

VOLTAGE_V = 230
"""The set voltage of the area, by which watts are amperes (K01.FR.50)."""

MAXIMA = ("ChargingStationMaxProfile", "ChargePointMaxProfile")
REPEATS_S = {"Daily": 86_400, "Weekly": 7 * 86_400}
STEPS_MOST = 100
"""So many changes of its limits a station looks ahead."""


class Place(NamedTuple):
    """An EVSE of a station of `evses`, with what runs there: the transaction's number, and when it began to be served."""

    evse: int
    evses: int = 1
    phases: int = 3
    transaction_id: str | None = None
    began_at: datetime | None = None


class Allowed(NamedTuple):
    """What holds from now on until `until`; None: nothing limits it, or it does not change."""

    amps: float | None
    until: datetime | None


def allowed(profiles: Iterable[KeepProfile], place: Place, at: datetime) -> Allowed:
    """The least of what the leading schedule of each purpose says; that of the transaction overrules the default (2.x, K: 3.4).

    A limit of the whole station is shared evenly by its EVSEs.
    """
    limits, changes = [], []
    about = [one for one in profiles if one.evse in (0, place.evse)]
    for purposes, share in ((("TxProfile", "TxDefaultProfile"), 1), (MAXIMA, place.evses)):
        leading, until = _leading([one for one in about if _purpose(one) in purposes], place, at)
        changes += until
        if leading is not None:
            limits.append(leading / share)
    return Allowed(min(limits, default=None), min(changes, default=None))


def steps(
    profiles: Iterable[KeepProfile], place: Place, at: datetime, seconds: int
) -> Iterator[tuple[int, float | None]]:
    """What is allowed from each second on, counted from `at`, for so many seconds ahead (K08.FR.02)."""
    kept, now, told = list(profiles), at, 0
    place = place._replace(began_at=place.began_at or at)  # a relative schedule would begin now
    while told < STEPS_MOST:
        found = allowed(kept, place, now)
        yield int((now - at).total_seconds()), found.amps
        if found.until is None or found.until >= at + timedelta(seconds=seconds):
            return
        now, told = found.until, told + 1


def _leading(profiles: list[KeepProfile], place: Place, at: datetime) -> tuple[float | None, list[datetime]]:
    """The limit of the schedule that leads now, and the moments at which that may change."""
    changes: list[datetime] = []
    for one in sorted(profiles, key=_rank, reverse=True):
        limit, until = _limit(one, place, at)
        if until is not None:
            changes.append(until)
        if limit is not None:
            return limit, changes
    return None, changes


def _rank(one: KeepProfile) -> tuple[bool, int, bool]:
    return _purpose(one) == "TxProfile", int(one.profile.get("stackLevel", 0)), one.evse > 0  # type: ignore[call-overload]


def _limit(one: KeepProfile, place: Place, at: datetime) -> tuple[float | None, datetime | None]:
    """What a profile allows now, and when that changes; None where it says nothing now (K01.FR.30, 36, 37)."""
    if _purpose(one) == "TxProfile" and place.transaction_id != str(one.profile.get("transactionId") or ""):
        return None, None
    valid_from, valid_to = (moment(one.profile.get(name)) for name in ("validFrom", "validTo"))
    if valid_from is not None and at < valid_from:
        return None, valid_from
    if valid_to is not None and at >= valid_to:
        return None, None
    limit, until = _scheduled(one, place, at)
    ends = [end for end in (until, valid_to) if end is not None]
    return limit, min(ends, default=None)


def _scheduled(one: KeepProfile, place: Place, at: datetime) -> tuple[float | None, datetime | None]:
    schedule = schedules(one.profile)[0]
    start, anew = _start(one.profile, schedule, place, at)
    if at < start:
        return None, start
    ends = anew
    if schedule.get("duration") is not None:
        end = start + timedelta(seconds=int(schedule["duration"]))
        if at >= end:
            return None, anew
        ends = end if anew is None else min(end, anew)
    limit = None
    for period in schedule["chargingSchedulePeriod"]:
        since = start + timedelta(seconds=int(period["startPeriod"]))
        if since > at:
            return limit, since if ends is None else min(since, ends)
        limit = amperes(period, schedule.get("chargingRateUnit", "W"), place.phases)
    return limit, ends


def _start(profile: Payload, schedule: Wire, place: Place, at: datetime) -> tuple[datetime, datetime | None]:
    """When the schedule that is in force began, and when it begins anew (K01.FR.40 to 42)."""
    start = moment(schedule.get("startSchedule"))
    kind = profile.get("chargingProfileKind")
    if kind == "Relative" or start is None:
        return (at if place.began_at is None else min(place.began_at, at)), None
    if kind != "Recurring":
        return start, None
    every = timedelta(seconds=REPEATS_S[str(profile.get("recurrencyKind") or "Daily")])
    begun = start + every * ((at - start) // every)
    return begun, begun + every


def amperes(period: Wire, unit: str, phases: int) -> float | None:
    """A period's limit in A for each phase; the EVSE has so many (0: DC)."""
    limit = period.get("limit", period.get("setpoint"))
    if limit is None or unit == "A":
        return limit
    used = min(int(period.get("numberPhases") or 3), phases or 3)  # K01.FR.45, FR.49
    return float(limit) / (VOLTAGE_V * used)


def moment(told: object) -> datetime | None:
    """A time of a profile."""
    return datetime.fromisoformat(told) if isinstance(told, str) and told else None


def schedules(profile: Payload) -> list[Wire]:
    """The schedules of a profile: 1.6 has one, 2.x a list."""
    told: Any = profile.get("chargingSchedule")
    return told if isinstance(told, list) else [told] if isinstance(told, dict) else []


def _purpose(one: KeepProfile) -> str:
    return str(one.profile.get("chargingProfilePurpose"))
