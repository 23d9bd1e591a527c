"""Units: converts stations' units to the canonical unit of each measurand, in exact decimals. PURE."""

from decimal import Decimal
from functools import lru_cache

from schemas.quantities import CanonicalUnit

ONE = Decimal(1)
THOUSAND = Decimal(1000)
KELVIN_OFFSET = Decimal("273.15")
FAHRENHEIT_OFFSET = Decimal(32)
FAHRENHEIT_STEP = Decimal("0.001")
"""Celsius converted from Fahrenheit is rounded to this, because five ninths has no finite decimal form."""

LARGEST_MULTIPLIER = 12
"""Larger OCPP 2.x multipliers are rejected."""

_FACTORS: dict[str, tuple[Decimal, CanonicalUnit]] = {
    "Wh": (ONE, "Wh"),
    "kWh": (THOUSAND, "Wh"),
    "MWh": (THOUSAND**2, "Wh"),
    "W": (ONE, "W"),
    "kW": (THOUSAND, "W"),
    "MW": (THOUSAND**2, "W"),
    "varh": (ONE, "varh"),
    "kvarh": (THOUSAND, "varh"),
    "var": (ONE, "var"),
    "kvar": (THOUSAND, "var"),
    "VAh": (ONE, "VAh"),
    "kVAh": (THOUSAND, "VAh"),
    "VA": (ONE, "VA"),
    "kVA": (THOUSAND, "VA"),
    "A": (ONE, "A"),
    "mA": (1 / THOUSAND, "A"),
    "V": (ONE, "V"),
    "mV": (1 / THOUSAND, "V"),
    "kV": (THOUSAND, "V"),
    "Percent": (ONE, "Percent"),
    "%": (ONE, "Percent"),
    "Hz": (ONE, "Hz"),
    "Hertz": (ONE, "Hz"),
    "RPM": (ONE, "RPM"),
    "Celsius": (ONE, "Celsius"),
    "Celcius": (ONE, "Celsius"),  # as the 1.6 schema spells it
    "C": (ONE, "Celsius"),
    "°C": (ONE, "Celsius"),
}
_BY_FOLDED = {unit.casefold(): meaning for unit, meaning in reversed(_FACTORS.items())}
_FAHRENHEIT = {"fahrenheit", "f", "°f"}
_KELVIN = {"k", "kelvin"}

_MEASURANDS: tuple[tuple[str, CanonicalUnit], ...] = (
    ("Energy.Active.", "Wh"),
    ("Energy.Reactive.", "varh"),
    ("Energy.Apparent.", "VAh"),
    ("Power.Active.", "W"),
    ("Power.Offered", "W"),
    ("Power.Reactive.", "var"),
    ("Power.Apparent.", "VA"),
    ("Power.Factor", ""),
    ("Current.", "A"),
    ("Voltage", "V"),
    ("Frequency", "Hz"),
    ("SoC", "Percent"),
    ("Temperature", "Celsius"),
    ("RPM", "RPM"),
)


@lru_cache(maxsize=256)
def canonical_unit(measurand: str) -> CanonicalUnit | None:
    """The unit a measurand is kept in; None for an unknown measurand."""
    for prefix, unit in _MEASURANDS:
        if measurand.startswith(prefix):
            return unit
    return None


def convert(value: Decimal, unit: str, multiplier: int) -> tuple[Decimal, CanonicalUnit]:
    """Convert a value to its canonical unit; of an unknown unit, the value is unchanged and the unit empty."""
    if multiplier:
        value = value.scaleb(multiplier)
    meaning = _FACTORS.get(unit) or _BY_FOLDED.get(unit.casefold())
    if meaning is not None:
        factor, canonical = meaning
        return (value if factor is ONE else value * factor), canonical
    folded = unit.casefold()
    if folded in _FAHRENHEIT:
        return ((value - FAHRENHEIT_OFFSET) * 5 / 9).quantize(FAHRENHEIT_STEP), "Celsius"
    if folded in _KELVIN:
        return value - KELVIN_OFFSET, "Celsius"
    return value, ""
