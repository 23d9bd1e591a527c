"""Fallbacks: what each EVSE may draw while nobody can reach it, installed beforehand as its TxDefaultProfile, and proved. PURE."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.base import derived_id
from schemas.chargingschedules import ChargingProfile, ChargingSchedule, SchedulePeriod
from schemas.commands import CommandRequested
from schemas.energy import LimitAnswered, limit_number
from schemas.profilecommands import GetCompositeSchedule
from schemas.states.energy import EvseState, Fallback
from services.energy.leases import (
    EXPIRES_AFTER,
    LOST_AFTER,
    PRIORITY,
    REQUESTED_BY,
    RETRIED_AFTER,
    STACK_LEVEL,
    TIMEOUT_S,
    UNKNOWN_OUTCOMES,
    command_of,
    phases_of,
    rate,
    unit_of,
)
from services.energy.sequencing import APART
from services.energy.sites import Place, Site

BEGAN = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
"""Fallbacks hold since long ago, whatever a station's clock says."""

AGAIN_MOST = timedelta(hours=1)
READ_FOR_S = 60
PROVED_WITHIN_A = 0.5


def is_missing(evse: EvseState, fallback: float) -> bool:
    """Whether the EVSE does not have its fallback for certain, and it is not on its way."""
    if not evse.connected or evse.fallback_sent is not None:
        return False
    return evse.fallback_a != fallback or evse.fallback_maybe_a is not None


def is_to_be_told(evse: EvseState, fallback: float, at: datetime) -> bool:
    """Whether the EVSE is to be told its fallback now."""
    if not is_missing(evse, fallback) or evse.sent is not None:
        return False
    if evse.told_at is not None and at < evse.told_at + APART:
        return False
    return at >= retried_at(evse)


def retried_at(evse: EvseState) -> datetime:
    """When a fallback that was not accepted may be told again."""
    if not evse.fallback_failures or evse.told_at is None:
        return BEGAN
    return evse.told_at + min(RETRIED_AFTER * (1 << min(evse.fallback_failures, 9)), AGAIN_MOST)


def install(
    evse: EvseState, place: Place, site: Site, fallback: float, at: datetime
) -> tuple[EvseState, CommandRequested]:
    """The EVSE that is being told its fallback, and the command. By number it replaces the one before."""
    count = evse.count + 1
    unit = unit_of(evse, place)
    period = SchedulePeriod(
        limit=rate(fallback, unit, place, site, place.phases),
        phases=phases_of(place),
    )
    profile = ChargingProfile(
        purpose="TxDefaultProfile",
        kind="Absolute",
        stack_level=STACK_LEVEL,
        profile_id=limit_number(place.station, place.evse, "fallback"),
        schedules=(ChargingSchedule(unit=unit, start_at=BEGAN, periods=(period,)),),
    )
    told = Fallback(
        command_id=derived_id(site.site, place.station, place.evse, "site-fallback", count), amps=fallback, at=at
    )
    after = replace(evse, fallback_sent=told, count=count, told_at=at, fallback_read=False)
    return after, command_of(told.command_id, place, profile, at)


def answered(evse: EvseState, event: LimitAnswered) -> EvseState:
    """The EVSE by what became of its fallback, or of reading it back; an answer to an older command changes nothing."""
    if evse.reading is not None and evse.reading.command_id == event.command_id:
        return _read(evse, event)
    told = evse.fallback_sent
    if told is None or told.command_id != event.command_id:
        return evse
    evse = replace(evse, told_at=max(event.at, told.at))
    if event.outcome == "accepted":
        return replace(evse, fallback_a=told.amps, fallback_sent=None, fallback_maybe_a=None)
    maybe = evse.fallback_maybe_a
    if event.outcome in UNKNOWN_OUTCOMES and event.sent is not False:
        maybe = max(told.amps, maybe or 0.0)
    return replace(evse, fallback_sent=None, fallback_maybe_a=maybe, fallback_failures=evse.fallback_failures + 1)


def lost(evse: EvseState, at: datetime) -> EvseState:
    """The EVSE whose fallback, or reading, is given up, as nothing was heard of it."""
    if evse.reading is not None and at >= evse.reading.at + LOST_AFTER:
        evse = replace(evse, reading=None, fallback_read=True)
    told = evse.fallback_sent
    if told is None or at < told.at + LOST_AFTER:
        return evse
    maybe = max(told.amps, evse.fallback_maybe_a or 0.0)
    return replace(evse, fallback_sent=None, fallback_maybe_a=maybe, fallback_failures=evse.fallback_failures + 1)


# -- proof --------------------------------------------------------------------------------------------------------------


def is_to_be_read(evse: EvseState) -> bool:
    """Whether the fallback is to be proved by the composite schedule: once after it was accepted, without a session."""
    waits = evse.reading is not None or evse.fallback_sent is not None or evse.sent is not None
    return (
        evse.connected
        and not waits
        and not evse.transaction_id
        and not evse.fallback_read
        and evse.fallback_a is not None
    )


def read(evse: EvseState, place: Place, site: Site, at: datetime) -> tuple[EvseState, CommandRequested]:
    """The EVSE that is asked for its composite schedule, and the command."""
    assert evse.fallback_a is not None
    count = evse.count + 1
    asked = Fallback(
        command_id=derived_id(site.site, place.station, place.evse, "site-schedule", count), amps=evse.fallback_a, at=at
    )
    command = CommandRequested(
        id=asked.command_id,
        station=place.station,
        command=GetCompositeSchedule(evse=place.evse, duration_s=READ_FOR_S, unit=unit_of(evse, place)),
        requested_at=at,
        expires_at=at + EXPIRES_AFTER,
        priority=PRIORITY + 1,
        when_offline="fail",
        timeout_s=TIMEOUT_S,
        requested_by=REQUESTED_BY,
    )
    return replace(evse, reading=asked, count=count), command


def _read(evse: EvseState, event: LimitAnswered) -> EvseState:
    """A station that allows more than it accepted counts with that, and is told again; one that cannot say is believed."""
    assert evse.reading is not None
    asked, evse = evse.reading, replace(evse, reading=None)
    if evse.transaction_id or evse.fallback_a != asked.amps:
        return evse
    if event.schedule_a is None or (allows := float(event.schedule_a)) <= asked.amps + PROVED_WITHIN_A:
        return replace(evse, fallback_read=True, fallback_failures=0)
    failures = evse.fallback_failures + 1
    return replace(evse, fallback_maybe_a=allows, fallback_failures=failures, fallback_read=True)
