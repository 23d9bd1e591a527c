"""Quantities: meter values of each version as `MeterValue`s, as sent, with OCPP's defaults for what was left out."""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec

from gateway.ocpp.spelling.moments import moment
from schemas.quantities import ENERGY_IMPORT, MeterValue, SampledValue

_DEFAULTS = SampledValue()

# Linear: no two of its parts can match the same character. Decimal() alone would also take "NaN", "1_000" and any length.
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,2})?\s*")


def meter_values_16(wire: Iterable[Any] | None, received_at: dt.datetime) -> tuple[MeterValue, ...]:
    """1.6 MeterValue: values are strings, some of them signed, some of them no numbers at all."""
    return tuple(
        MeterValue(
            at=moment(value.timestamp, received_at)[0],
            samples=tuple(_sample_16(sample) for sample in value.sampledValue),
        )
        for value in wire or ()
    )


def meter_values_2x(wire: Iterable[Any] | None, received_at: dt.datetime) -> tuple[MeterValue, ...]:
    """2.x MeterValueType: values are numbers, with a unit and its multiplier, and perhaps a signature beside them."""
    return tuple(
        MeterValue(
            at=moment(value.timestamp, received_at)[0],
            samples=tuple(_sample_2x(sample) for sample in value.sampledValue),
        )
        for value in wire or ()
    )


def _sample_16(wire: Any) -> SampledValue:
    measurand = wire.measurand or ENERGY_IMPORT
    signed = wire.format == "SignedData"
    number = None if signed else _number(wire.value)
    return SampledValue(
        value=number,
        text=wire.value if number is None and not signed else "",
        measurand=measurand,
        context=wire.context or _DEFAULTS.context,
        phase=wire.phase or "",
        location=wire.location or _DEFAULTS.location,
        unit=_UNITS_16.get(wire.unit, wire.unit) or _default_unit(measurand),
        signed=wire.value if signed else "",
    )


def _sample_2x(wire: Any) -> SampledValue:
    measurand = wire.measurand or ENERGY_IMPORT
    unit = wire.unitOfMeasure
    signed = wire.signedMeterValue
    return SampledValue(
        value=wire.value,
        measurand=measurand,
        context=wire.context or _DEFAULTS.context,
        phase=wire.phase or "",
        location=wire.location or _DEFAULTS.location,
        unit=(unit.unit if unit else None) or _default_unit(measurand),
        multiplier=(unit.multiplier if unit else None) or 0,
        signed=msgspec.json.encode(signed).decode() if signed else "",
    )


# 1.6 edition 2 kept the misspelling of edition 1 beside the word.
_UNITS_16 = {"Celcius": "Celsius"}


def _default_unit(measurand: str) -> str:
    # "Default = Wh if the (default) measurand is an Energy type": true of active energy, absurd of the others.
    return "Wh" if measurand.startswith("Energy.Active.") else ""


def _number(text: str) -> Decimal | None:
    return Decimal(text.strip()) if _NUMBER.fullmatch(text) else None
