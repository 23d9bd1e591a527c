"""Readings: which readings of a session billing keeps, and their limits. PURE.

All readings of the energy register are kept up to MAX_SAMPLES per session, and MAX_STATION_SAMPLES for open ones. Beyond that, readings
on a straight line between their neighbours are dropped first, which changes no price (unless a late reading falls in between); then
every other one, and the session's record is marked `approximate`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace

from schemas.billing import BilledSession, ChargingStateMark, FlowMark, Sample, SessionUsage
from schemas.quantities import ENERGY_EXPORT, ENERGY_IMPORT, POWER_IMPORT, Reading, location_rank
from services.billing.course import units
from services.billing.localtime import micros
from services.billing.uses import IDLE_W, corners, step_of

MAX_SAMPLES = 1_000
MAX_STATION_SAMPLES = 8_000
MAX_MARKS = 100
"""Changes of charging state, and of power flow, kept of one session; beyond that the oldest are dropped and the record is `approximate`."""

REGISTERS = {ENERGY_IMPORT: ("register", "rank"), ENERGY_EXPORT: ("exported", "export_rank")}
"""The members of a usage that have a register, and the rank of where it is measured."""

M = TypeVar("M", ChargingStateMark, FlowMark)


# -- readings ---------------------------------------------------------------------------------------------------------


def with_readings(usage: SessionUsage, readings: Iterable[Reading]) -> SessionUsage:
    """The usage after some readings: of the energy registers, taken and given back, and of power, over all phases."""
    for reading in readings:
        if reading.phase:
            continue
        if reading.measurand in REGISTERS:
            usage = _with_register(usage, reading)
        elif reading.measurand == POWER_IMPORT:
            usage = _with_power(usage, reading)
    return usage


def with_state(usage: SessionUsage, at: datetime, state: str) -> SessionUsage:
    """The usage after a charging state."""
    states = _with_mark(usage.states, ChargingStateMark(at, state), _state_of)
    if len(states) > MAX_MARKS:
        return replace(usage, states=states[-MAX_MARKS:], thinned=True)
    return usage if states is usage.states else replace(usage, states=states)


def _with_power(usage: SessionUsage, reading: Reading) -> SessionUsage:
    flows = _with_mark(usage.flows, FlowMark(reading.at, reading.value >= IDLE_W), _flows_of)
    if len(flows) > MAX_MARKS:
        usage = replace(usage, thinned=True)
    flows = flows if len(flows) <= MAX_MARKS else flows[-MAX_MARKS:]
    power_at = reading.at if usage.power_at is None else max(usage.power_at, reading.at)
    return (
        usage if flows is usage.flows and power_at == usage.power_at else replace(usage, flows=flows, power_at=power_at)
    )


def _with_register(usage: SessionUsage, reading: Reading) -> SessionUsage:
    """Only the best measurement location counts, as for the energy of the session."""
    kept, ranked = REGISTERS[reading.measurand]
    rank, best = location_rank(reading.location), getattr(usage, ranked)
    if rank > best:
        return usage
    register: tuple[Sample, ...] = getattr(usage, kept) if rank == best else ()
    sample = Sample(micros(reading.at), units(reading.value))
    if not register or register[-1].us < sample.us:
        register = (*register, sample)
    else:
        place = bisect_left(register, sample.us, key=_us)
        is_repeat = register[place].us == sample.us
        if is_repeat and register[place].units >= sample.units:
            return usage
        register = (*register[:place], sample, *register[place + is_repeat :])
    usage = replace(usage, **{ranked: rank, kept: register})
    return usage if len(register) <= MAX_SAMPLES else thin(usage)


def _with_mark(marks: tuple[M, ...], mark: M, value: Callable[[M], object]) -> tuple[M, ...]:
    """Insert a mark; one with the same value as the mark before it changes nothing."""
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
    return tuple(before)


# -- bounds -----------------------------------------------------------------------------------------------------------


def thin(usage: SessionUsage) -> SessionUsage:
    """Drop about half of the samples of the longer register, without loss where possible."""
    member = "register" if len(usage.register) >= len(usage.exported) else "exported"
    samples: tuple[Sample, ...] = getattr(usage, member)
    limit = len(samples) // 2 + 1
    kept = [Sample(int(us), int(units)) for us, units in corners([(sample.us, sample.units) for sample in samples])]
    kept = _with_finest(kept, samples)
    if len(kept) <= limit:
        return replace(usage, **{member: tuple(kept)})
    return replace(usage, **{member: (*kept[:-1:2], kept[-1])}, thinned=True)


def within_bounds(sessions: tuple[BilledSession, ...]) -> tuple[BilledSession, ...]:
    """Limit the samples of one station: the longest session is thinned first."""
    if len(sessions) * MAX_SAMPLES <= MAX_STATION_SAMPLES:
        return sessions
    while sum(map(_length, sessions)) > MAX_STATION_SAMPLES:
        longest = max(sessions, key=_length)
        slimmer = replace(longest, usage=thin(longest.usage))
        sessions = tuple(slimmer if session is longest else session for session in sessions)
    return sessions


def _with_finest(kept: list[Sample], samples: tuple[Sample, ...]) -> list[Sample]:
    """`kept`, plus the first and last samples with the finest step, so that the step of the register stays visible."""
    step = step_of([sample.units for sample in samples[1:-1]])
    if step_of([sample.units for sample in kept[1:-1]]) == step:
        return kept
    finest = [sample for sample in samples[1:-1] if step_of([sample.units]) == step]
    return sorted({*kept, finest[0], finest[-1]}, key=_us)


def _length(session: BilledSession) -> int:
    return len(session.usage.register) + len(session.usage.exported)


def _us(sample: Sample) -> int:
    return sample.us


def _at(dated: ChargingStateMark | FlowMark) -> datetime:
    return dated.at


def _state_of(mark: ChargingStateMark) -> str:
    return mark.state


def _flows_of(mark: FlowMark) -> bool:
    return mark.flows
