"""Readings: the newest value of each quantity that a meter tells, and the currents that follow from them. PURE.

Values are joined so that neither their order nor repeats matter: of one quantity the newest counts, of one time that of the better place,
and of one place the greater.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from schemas.energy import Amperes
from schemas.quantities import POWER_IMPORT, Reading, location_rank
from schemas.sitetrees import LINES, Line
from schemas.states.sitesensing import Measured

CURRENT, VOLTAGE, SOC = "Current.Import", "Voltage", "SoC"
KINDS: Mapping[str, str] = {CURRENT: "A", POWER_IMPORT: "W", VOLTAGE: "V", SOC: "SoC"}
"""The measurands that are kept, by the names of their quantities."""

UPSTREAM_FIRST = ("Upstream", "Inlet")
"""Where a station's own meter measures what its site's does: before the station (1.6, 7.31; 2.x, LocationEnumType)."""

TENTH_MW = Decimal("0.001")
VOLTS_LEAST, VOLTS_MOST = Decimal(50), Decimal(1_000)
"""A voltage outside is not used to reckon with."""


class Now(NamedTuple):
    """What a meter shows: currents by phase, and what else it told at that time or before."""

    amps: Amperes
    watts: Decimal | None
    volts: Decimal | None
    soc: Decimal | None
    at: datetime


def joined(
    known: Mapping[str, Measured], readings: Iterable[Reading], *, upstream: bool = False
) -> dict[str, Measured]:
    """The values with those of more readings; `upstream`: what is measured before the station counts first."""
    found = dict(known)
    for reading in readings:
        kind = KINDS.get(reading.measurand)
        if kind is None:
            continue
        phase = _phase(reading.phase)
        if phase is None:
            continue
        name = f"{kind} {phase}" if phase else kind
        rank = (
            UPSTREAM_FIRST.index(reading.location) - len(UPSTREAM_FIRST)
            if upstream and reading.location in UPSTREAM_FIRST
            else (location_rank(reading.location))
        )
        value = Measured(reading.at, reading.value, rank)
        if name not in found or _counts_more(value, found[name]):
            found[name] = value
    return found


def shown(values: Mapping[str, Measured], *, phases: int, volts: Decimal, since: datetime | None = None) -> Now | None:
    """What a meter of so many phases shows, by the newest time at which it told a current or a power; None: nothing since then.

    Currents by phase as they are told; else from the power and voltage; else what is told of all phases, by their number.
    """
    told = {name: one for name, one in values.items() if since is None or one.at >= since}
    newest = max((one.at for name, one in told.items() if name[0] in "AW"), default=None)
    if newest is None:
        return None
    here = {name: one.value for name, one in told.items() if one.at == newest}
    power = here.get("W")
    if power is None and any(f"W {line}" in here for line in LINES):
        power = sum((here.get(f"W {line}", Decimal(0)) for line in LINES), Decimal(0))
    volts_now = told["V"].value if "V" in told else told["V L1"].value if "V L1" in told else None
    soc = told["SoC"].value if "SoC" in told else None
    return Now(_amps(here, told, phases, volts), power, volts_now, soc, newest)


def _amps(here: Mapping[str, Decimal], told: Mapping[str, Measured], phases: int, volts: Decimal) -> Amperes:
    own = LINES[:phases]
    if by_phase := {line: here[f"A {line}"] for line in own if f"A {line}" in here}:
        return by_phase
    if power_by_phase := {line: here[f"W {line}"] for line in own if f"W {line}" in here}:
        return {line: _rounded(power / _volts(told, line, volts)) for line, power in power_by_phase.items()}
    if "W" in here:
        return {line: _rounded(here["W"] / phases / _volts(told, line, volts)) for line in own}
    return {line: _rounded(here["A"] / phases) for line in own} if "A" in here else {}


def _volts(told: Mapping[str, Measured], line: Line, otherwise: Decimal) -> Decimal:
    """The voltage of a phase as it was measured last, where that can be one of the grid; else that of the tree."""
    one = told.get(f"V {line}") or told.get("V")
    known = (
        one is not None and VOLTS_LEAST <= one.value <= VOLTS_MOST and abs(one.value / otherwise - 1) < Decimal("0.3")
    )
    return one.value if one is not None and known else otherwise


def _rounded(amps: Decimal) -> Decimal:
    return amps.quantize(TENTH_MW)


def _phase(told: str) -> Line | str | None:
    """The phase that a value is of, empty for all; None: of something between phases, or of neutral."""
    if not told:
        return ""
    plain = told.removesuffix("-N")
    return plain if plain in LINES else None


def _counts_more(one: Measured, other: Measured) -> bool:
    return (one.at, -one.rank, one.value) > (other.at, -other.rank, other.value)
