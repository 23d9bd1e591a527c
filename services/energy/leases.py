"""Leases: a limit that is told holds for a while, and what comes after it is told with it; what became of each is followed here. PURE.

A limit is a TxProfile of two periods: what is told until the lease ends, then the fallback. Renewed before it ends, it never does; a
station that nobody reaches falls to its fallback by itself. Its number stays the same, so that each replaces the one before.
"""

from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from msgspec.structs import replace

from schemas.base import derived_id
from schemas.chargingschedules import ChargingProfile, ChargingSchedule, RateUnit, SchedulePeriod
from schemas.commands import CommandRequested
from schemas.energy import LimitAnswered, limit_number
from schemas.profilecommands import SetChargingProfile
from schemas.states.energy import EvseState, Told
from services.energy.counting import SKEW, counted
from services.energy.sites import Place, Site

LASTS = timedelta(minutes=10)
"""A lease."""

TIMEOUT_S = 10.0
EXPIRES_AFTER = timedelta(seconds=30)
"""A limit that could not be sent within this is of no use any more; one that was decided while the service caught up still is."""

LOST_AFTER = timedelta(seconds=45)
"""A command of which nothing was heard by then was lost, perhaps in a crash before it left."""

RETRIED_AFTER, RETRIED_MOST = timedelta(seconds=10), timedelta(minutes=5)
"""After a failure, and twice as long after each further one."""

STACK_LEVEL = 1
"""Above the profiles of operators and of plans for EVs, which stand at 0 unless somebody says otherwise."""

REQUESTED_BY = "energy"
PRIORITY = 2

UNKNOWN_OUTCOMES = frozenset({"timed_out", "disconnected"})
"""Nobody knows whether the station has it."""


class Limit(NamedTuple):
    """A limit to be told: `amps` until the lease ends, `after_a` from then on."""

    amps: float
    after_a: float


def lease(evse: EvseState, place: Place, site: Site, limit: Limit, at: datetime) -> tuple[EvseState, CommandRequested]:
    """The EVSE that is being told a limit, and the command that tells it."""
    count, (amps, after_a) = evse.count + 1, limit
    told = Told(
        command_id=derived_id(site.site, place.station, place.evse, "site-limit", count),
        transaction_id=evse.transaction_id,
        amps=amps,
        after_a=after_a,
        at=at,
        until=at + LASTS,
    )
    unit = unit_of(evse, place)

    def period(told_a: float, start_s: int) -> SchedulePeriod:
        rated = rate(told_a, unit, place, site, len(evse.phases) or place.phases)
        return SchedulePeriod(start_s=start_s, limit=rated, phases=phases_of(place))

    periods = [period(amps, 0)]
    if amps != after_a:
        periods.append(period(after_a, int((LASTS + SKEW).total_seconds())))
    profile = ChargingProfile(
        purpose="TxProfile",
        kind="Absolute",
        stack_level=STACK_LEVEL,
        transaction_id=evse.transaction_id,
        profile_id=limit_number(place.station, place.evse, "limit"),
        schedules=(ChargingSchedule(unit=unit, start_at=(at - SKEW).replace(microsecond=0), periods=tuple(periods)),),
    )
    paused_at = evse.paused_at
    resumed_at = evse.resumed_at
    if amps == 0:
        paused_at = evse.paused_at or at
    elif evse.paused_at is not None:
        paused_at, resumed_at = None, at
    after = replace(
        evse,
        sent=told,
        maybe=_unsure(evse.maybe, evse.sent),
        told_at=at,
        count=count,
        again=False,
        paused_at=paused_at,
        resumed_at=resumed_at,
    )
    return after, command_of(told.command_id, place, profile, at)


def command_of(command_id: str, place: Place, profile: ChargingProfile, at: datetime) -> CommandRequested:
    """A profile on its way to an EVSE: now or never."""
    return CommandRequested(
        id=command_id,
        station=place.station,
        command=SetChargingProfile(evse=place.evse, profile=profile),
        requested_at=at,
        expires_at=at + EXPIRES_AFTER,
        priority=PRIORITY,
        when_offline="fail",
        timeout_s=TIMEOUT_S,
        requested_by=REQUESTED_BY,
    )


def unit_of(evse: EvseState, place: Place) -> RateUnit:
    """A, unless the EVSE charges by DC, or its station takes W alone."""
    if place.outlet.dc:
        return "W" if "W" in evse.units or not evse.units else "A"
    return "W" if evse.units == ("W",) else "A"


def rate(amps: float, unit: RateUnit, place: Place, site: Site, phases: int) -> Decimal:
    """A current in the unit that is told: tenths of an ampere, whole watts, rounded down (OCPP allows one digit)."""
    if unit == "A":
        return Decimal(repr(amps)).quantize(Decimal("0.1"), ROUND_FLOOR).normalize() + 0
    watts = amps * float(site.tree.voltage) * (3**0.5 if place.outlet.delta else phases)
    return Decimal(int(watts + 1e-6))


def phases_of(place: Place) -> int | None:
    """The number of phases that a period names; None: three, as where none is named, or DC."""
    return None if place.outlet.dc or place.phases == 3 else place.phases


def _unsure(before: Told | None, told: Told | None) -> Told | None:
    """What stands for both, as far as nobody knows which of them the station has."""
    if before is None or told is None:
        return before or told
    return replace(
        told,
        amps=max(before.amps, told.amps),
        after_a=max(before.after_a, told.after_a),
        until=max(before.until, told.until),
    )


def answered(evse: EvseState, event: LimitAnswered, own: float, latency: timedelta) -> EvseState:
    """The EVSE by what became of the limit that is on its way; an answer to an older one changes nothing.

    A pause, or a resumption, that the station did not take did not take place.
    """
    told = evse.sent
    if told is None or told.command_id != event.command_id:
        return evse
    evse = replace(evse, told_at=max(event.at, told.at))
    if event.outcome == "accepted":
        before = counted(replace(evse, sent=None), own, event.at)
        falls = before > max(told.amps, own)
        return replace(
            evse,
            told=told,
            sent=None,
            maybe=None,
            failures=0,
            not_before=None,
            paused_at=evse.told_at if told.amps == 0 and evse.paused_at == told.at else evse.paused_at,
            falling_a=before if falls else 0.0,
            falling_until=event.at + latency if falls else None,
        )
    if event.outcome in UNKNOWN_OUTCOMES and event.sent is not False:
        return _failed(replace(evse, sent=None, maybe=_unsure(evse.maybe, told)), event.at)
    after = replace(evse, sent=None)
    if evse.told is not None and evse.told.amps == 0:
        after = replace(after, paused_at=evse.paused_at or evse.told.at)
    elif evse.maybe is None:
        after = replace(after, paused_at=None)
    return _failed(after, event.at)


def _failed(evse: EvseState, at: datetime) -> EvseState:
    """The EVSE was not told, as far as is known: it is tried again after a while."""
    wait = min(RETRIED_AFTER * (1 << min(evse.failures, 6)), RETRIED_MOST)
    return replace(evse, failures=evse.failures + 1, not_before=at + wait, again=evse.told is not None)


def lost(evse: EvseState, at: datetime) -> EvseState:
    """The EVSE whose limit is given up, as nothing was heard of it."""
    if evse.sent is None or at < evse.sent.at + LOST_AFTER:
        return evse
    return _failed(replace(evse, sent=None, maybe=_unsure(evse.maybe, evse.sent)), at)
