"""Remembering: what billing keeps of each session's readings, and within which bounds. PURE.

All readings of the energy register are kept until MAX_SAMPLES of a session, or MAX_STATION_SAMPLES of those not billed. Beyond that,
first those leave that lie on a straight line between their neighbours, which changes no price (unless a late reading
falls between those); then every other one, and the session's CDR says `approximate`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

from msgspec.structs import replace

from schemas.billing import BilledSession, ChargingStateMark, FlowMark, Sample, SessionUsage
from schemas.quantities import ENERGY_IMPORT, POWER_IMPORT, Reading
from services.billing.course import units
from services.billing.localtime import micros

MAX_SAMPLES = 1_000
MAX_STATION_SAMPLES = 8_000
MAX_MARKS = 100
"""Changes of the charging state, and of the flow of power, remembered of one session; the newest stay."""

_LOCATIONS = ("Outlet", "Cable", "Inlet", "Body", "EV", "Upstream")

M = TypeVar("M", ChargingStateMark, FlowMark)


# -- readings ---------------------------------------------------------------------------------------------------------


def with_readings(usage: SessionUsage, readings: Iterable[Reading]) -> SessionUsage:
    """What is remembered after some more readings: those of the energy register and of power, over all phases."""
    for reading in readings:
        if reading.phase:
            continue
        if reading.measurand == ENERGY_IMPORT:
            usage = _with_register(usage, reading)
        elif reading.measurand == POWER_IMPORT:
            usage = replace(usage, flows=_with_mark(usage.flows, FlowMark(reading.at, reading.value > 0), _flowed))
    return usage


def with_state(usage: SessionUsage, at: datetime, state: str) -> SessionUsage:
    """What is remembered after the station told its charging state."""
    return replace(usage, states=_with_mark(usage.states, ChargingStateMark(at, state), _stated))


def _with_register(usage: SessionUsage, reading: Reading) -> SessionUsage:
    """The best place of measurement counts alone, as it does for the energy of the session."""
    rank = _LOCATIONS.index(reading.location) if reading.location in _LOCATIONS else len(_LOCATIONS)
    if rank > usage.rank:
        return usage
    register = usage.register if rank == usage.rank else ()
    sample = Sample(micros(reading.at), units(reading.value))
    if not register or register[-1].us < sample.us:
        register = (*register, sample)
    else:
        place = bisect_left(register, sample.us, key=_us)
        known = register[place].us == sample.us
        if known and register[place].units >= sample.units:
            return usage
        register = (*register[:place], sample, *register[place + known :])
    usage = replace(usage, rank=rank, register=register)
    return usage if len(register) <= MAX_SAMPLES else thinned(usage)


def _with_mark(marks: tuple[M, ...], mark: M, value: Callable[[M], object]) -> tuple[M, ...]:
    """The changes with one more word: one that repeats the word before it changes nothing."""
    if marks and marks[-1].at <= mark.at and value(marks[-1]) == value(mark):
        return marks
    place = bisect_right(marks, mark.at, key=_at)
    before: list[M] = list(marks[:place])
    after: list[M] = list(marks[place:])
    if before and value(before[-1]) == value(mark):
        return marks
    if before and before[-1].at == mark.at:
        before.pop()
    if after and value(after[0]) == value(mark):
        after.pop(0)
    before.append(mark)
    before.extend(after)
    return tuple(before[-MAX_MARKS:])


# -- bounds -----------------------------------------------------------------------------------------------------------


def thinned(usage: SessionUsage) -> SessionUsage:
    """About half of the samples, without loss where that is enough."""
    samples, limit = usage.register, len(usage.register) // 2 + 1
    kept = [samples[0]]
    for here, after in pairwise(samples[1:]):
        if not _on_line(kept[-1], here, after):
            kept.append(here)
    kept.append(samples[-1])
    if len(kept) <= limit:
        return replace(usage, register=tuple(kept))
    return replace(usage, register=(*kept[:-1:2], kept[-1]), thinned=True)


def within_bounds(sessions: tuple[BilledSession, ...]) -> tuple[BilledSession, ...]:
    """The sessions with no more samples than one station may have: the longest is thinned first."""
    if len(sessions) * MAX_SAMPLES <= MAX_STATION_SAMPLES:
        return sessions
    while sum(map(_length, sessions)) > MAX_STATION_SAMPLES:
        longest = max(sessions, key=_length)
        slimmer = replace(longest, usage=thinned(longest.usage))
        sessions = tuple(slimmer if session is longest else session for session in sessions)
    return sessions


def _on_line(before: Sample, here: Sample, after: Sample) -> bool:
    """Exactly: no rounding, or thinning would change what a restriction's border gets."""
    rise, span = after.units - before.units, after.us - before.us
    return (here.units - before.units) * span == rise * (here.us - before.us)


def _length(session: BilledSession) -> int:
    return len(session.usage.register)


def _us(sample: Sample) -> int:
    return sample.us


def _at(dated: ChargingStateMark | FlowMark) -> datetime:
    return dated.at


def _stated(mark: ChargingStateMark) -> str:
    return mark.state


def _flowed(mark: FlowMark) -> bool:
    return mark.flows
