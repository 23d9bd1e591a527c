"""Meter: normalises meter values to readings in canonical units, sums phases, and rejects implausible values. PURE."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from schemas.quantities import MeterValue, Reading, SampledValue
from schemas.transactions import SignedReading
from services.transactions.units import LARGEST_MULTIPLIER, canonical_unit, convert

MAX_POWER_W = Decimal(4_000_000)
"""More than any charger: the Megawatt Charging System ends at 3.75 MW."""

LARGEST_VALUE = Decimal(10) ** 15
"""No meter counts beyond this, in any unit."""

NOT_A_NUMBER = "not-a-number"
OUT_OF_RANGE = "out-of-range"
UNIT_MISMATCH = "unit-mismatch"
IMPOSSIBLE_POWER = "impossible-power"
IMPOSSIBLE_JUMP = "impossible-jump"
NEGATIVE_REGISTER = "negative-register"
"""The reasons on csms.quarantine."""

_ADDITIVE = ("Energy.", "Power.Active.", "Power.Reactive.", "Power.Apparent.", "Power.Offered")
_PHASES = frozenset({"L1", "L2", "L3"})
_PHASES_TO_NEUTRAL = frozenset({"L1-N", "L2-N", "L3-N"})

GroupKey = tuple[datetime, str, str, str]


class Reject(NamedTuple):
    """Implausible samples, unchanged, and the reason."""

    reason: str
    meter_value: MeterValue


class Normalised(NamedTuple):
    """Normalised meter values: readings, signed values unchanged, and implausible values."""

    readings: tuple[Reading, ...] = ()
    signed: tuple[SignedReading, ...] = ()
    rejects: tuple[Reject, ...] = ()


def normalise(meter_values: Iterable[MeterValue]) -> Normalised:
    """Bring meter values to canonical units; phases without a sum are summed, per moment and context."""
    readings: list[Reading] = []
    signed: list[SignedReading] = []
    rejects: list[Reject] = []
    for meter_value in meter_values:
        bad: dict[str, list[SampledValue]] = {}
        for sample in meter_value.samples:
            if sample.signed:
                signed.append(_signed(sample, meter_value.at))
                if sample.value is None:
                    continue
            outcome = _reading(sample, meter_value.at)
            if isinstance(outcome, Reading):
                readings.append(outcome)
            else:
                bad.setdefault(outcome, []).append(sample)
        for reason, samples in bad.items():
            rejects.append(Reject(reason, MeterValue(at=meter_value.at, samples=tuple(samples))))
    if any(reading.phase and reading.measurand.startswith(_ADDITIVE) for reading in readings):
        readings += _sums(readings, rejects)
    return Normalised(tuple(readings), tuple(signed), tuple(rejects))


def as_sample(reading: Reading) -> MeterValue:
    """A reading as the meter value it could have been, for the quarantine."""
    sample = SampledValue(
        value=reading.value,
        measurand=reading.measurand,
        context=reading.context,
        phase=reading.phase,
        location=reading.location,
        unit=reading.unit,
    )
    return MeterValue(at=reading.at, samples=(sample,))


def _signed(sample: SampledValue, at: datetime) -> SignedReading:
    return SignedReading(
        at=at, text=sample.signed, measurand=sample.measurand, context=sample.context, location=sample.location
    )


def _reading(sample: SampledValue, at: datetime) -> Reading | str:
    """The reading of one sample, or the reason why it is rejected."""
    if sample.value is None or not sample.value.is_finite():
        return NOT_A_NUMBER
    if abs(sample.value) > LARGEST_VALUE or abs(sample.multiplier) > LARGEST_MULTIPLIER:
        return OUT_OF_RANGE
    expected = canonical_unit(sample.measurand)
    value = +sample.value  # rounded to 28 digits, more than any meter has, to bound memory
    if sample.unit:
        value, unit = convert(value, sample.unit, sample.multiplier)
        if expected is not None and unit != expected:
            return UNIT_MISMATCH
    else:
        value = value.scaleb(sample.multiplier) if sample.multiplier else value
        unit = expected or ""
    return _doubt(sample.measurand, value) or Reading(
        at=at,
        measurand=sample.measurand,
        value=value,
        unit=unit,
        phase=sample.phase,
        context=sample.context,
        location=sample.location,
    )


def _doubt(measurand: str, value: Decimal) -> str:
    """The reason why the value is impossible; empty where it is possible."""
    if abs(value) > LARGEST_VALUE:
        return OUT_OF_RANGE
    if measurand.startswith("Power.Active.") and abs(value) > MAX_POWER_W:
        return IMPOSSIBLE_POWER
    if measurand.startswith("Energy.Active.") and value < 0:
        return NEGATIVE_REGISTER
    if measurand == "SoC" and not 0 <= value <= 100:
        return OUT_OF_RANGE
    return ""


def _sums(readings: list[Reading], rejects: list[Reject]) -> list[Reading]:
    """The sum of each group of phases that has none; no sum where a phase was rejected."""
    with_sum: set[GroupKey] = {_group(r) for r in readings if not r.phase}
    with_sum |= {
        (reject.meter_value.at, s.measurand, s.context, s.location)
        for reject in rejects
        for s in reject.meter_value.samples
        if s.phase
    }
    groups: dict[GroupKey, dict[str, Reading]] = {}
    for reading in readings:
        if reading.phase and reading.measurand.startswith(_ADDITIVE) and _group(reading) not in with_sum:
            groups.setdefault(_group(reading), {})[reading.phase] = reading
    return [total for phases in groups.values() if (total := _sum(phases)) is not None]


def _group(reading: Reading) -> GroupKey:
    return (reading.at, reading.measurand, reading.context, reading.location)


def _sum(phases: dict[str, Reading]) -> Reading | None:
    """The sum over L1-L3, or over their voltages to neutral: a station may send both, of the same energy."""
    chosen = [r for phase, r in phases.items() if phase in _PHASES]
    chosen = chosen or [r for phase, r in phases.items() if phase in _PHASES_TO_NEUTRAL]
    if not chosen:
        return None
    first = chosen[0]
    return Reading(
        at=first.at,
        measurand=first.measurand,
        value=sum((r.value for r in chosen), Decimal(0)),
        unit=first.unit,
        context=first.context,
        location=first.location,
    )
