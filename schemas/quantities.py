"""Quantities: meter values as sent, and normalised readings in canonical units."""

from decimal import Decimal
from typing import Literal

import msgspec

from schemas.base import Timestamp

CanonicalUnit = Literal["Wh", "W", "A", "V", "Percent", "varh", "var", "VAh", "VA", "Hz", "Celsius", "RPM", ""]
"""Units after normalisation; empty for a pure number (Power.Factor) or an unknown unit."""

LOCATIONS = ("Outlet", "Cable", "Inlet", "Body", "EV", "Upstream")
"""Measurement locations, the best first: only the best location of a session counts for its energy and its bill."""

ENERGY_IMPORT = "Energy.Active.Import.Register"
ENERGY_EXPORT = "Energy.Active.Export.Register"
POWER_IMPORT = "Power.Active.Import"
POWER_EXPORT = "Power.Active.Export"
"""Import is what a vehicle takes, export what it gives back (V2X, 2.1 part 2, Q). Neither is ever taken off the other."""


class SampledValue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One value as the station sent it, with OCPP's defaults for what it left out, not yet converted.

    `value` is None where the station sent something that is no number; `text` then has what it sent. `multiplier` is
    the 2.x exponent of ten. `signed` keeps a signed meter value (OCMF, ...) unchanged.
    """

    value: Decimal | None = None
    text: str = ""
    measurand: str = ENERGY_IMPORT
    context: str = "Sample.Periodic"
    phase: str = ""
    location: str = "Outlet"
    unit: str = ""
    multiplier: int = 0
    signed: str = ""


class MeterValue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Values sampled together. `at` is the meter's time."""

    at: Timestamp
    samples: tuple[SampledValue, ...] = ()


class Reading(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One normalised value: `value` in the canonical `unit`, `at` the meter's time."""

    at: Timestamp
    measurand: str
    value: Decimal
    unit: CanonicalUnit = ""
    phase: str = ""
    context: str = "Sample.Periodic"
    location: str = "Outlet"


def location_rank(location: str) -> int:
    """The rank of a measurement location, 0 being the best; unknown ones come last."""
    return LOCATIONS.index(location) if location in LOCATIONS else len(LOCATIONS)
