"""Quantities: translates meter values of each version to `MeterValue`s, with OCPP's defaults for absent members."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.ocpp.rows import Context, carries
from gateway.ocpp.spelling.moments import merge_deviations, moment
from schemas.compatibility import Rule
from schemas.deviations import Deviation
from schemas.quantities import ENERGY_IMPORT, MeterValue, SampledValue

_DEFAULTS = SampledValue()
WH_PER_KWH = 1_000

# Matches in linear time: no two of its parts can match the same character. Decimal() alone would also take "NaN", "1_000" and any length.
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,2})?\s*")


class Measured(msgspec.Struct, frozen=True, gc=False):
    """The meter values of one message, and the deviations with which they were read."""

    values: tuple[MeterValue, ...] = ()
    deviations: tuple[str, ...] = ()


NOTHING = Measured()


def meter_values_16(wire: Iterable[Any] | None, context: Context) -> Measured:
    """1.6 MeterValue: values are strings: numbers, signed data, or text that is no number."""
    return _measure(wire, context, sample_16)


def meter_values_2x(wire: Iterable[Any] | None, context: Context) -> Measured:
    """2.x MeterValueType: values are numbers with a unit and multiplier, and possibly signed data."""
    return _measure(wire, context, sample_2x)


def _measure(wire: Iterable[Any] | None, context: Context, sample: Callable[[Any], SampledValue]) -> Measured:
    if not wire:
        return NOTHING
    values: list[MeterValue] = []
    deviations: tuple[str, ...] = ()
    for value in wire:
        time = moment(value.timestamp, context)
        if time.deviations:
            deviations = merge_deviations(deviations, time.deviations)
        values.append(MeterValue(at=time.at, samples=tuple(map(sample, value.sampledValue or ()))))
    if context.rules and Rule.ENERGY_KWH_AS_WH in context.rules:
        return _kwh_to_wh(values, deviations)
    return Measured(tuple(values), deviations)


def _kwh_to_wh(values: list[MeterValue], deviations: tuple[str, ...]) -> Measured:
    """Convert the meter values of a station that sends kWh labelled Wh."""
    converted = [replace(value, samples=tuple(map(_in_wh, value.samples))) for value in values]
    if converted != values:
        deviations = (*deviations, Deviation.ENERGY_KWH_AS_WH)
    return Measured(tuple(converted), deviations)


def register_wh(register: float | Decimal | None, context: Context) -> tuple[Decimal | None, tuple[str, ...]]:
    """meterStart or meterStop in Wh, with its fraction where a station sends one, and the deviations."""
    if register is None:
        return None, ()
    if context.rules and Rule.ENERGY_KWH_AS_WH in context.rules:
        return Decimal(register) * WH_PER_KWH, (Deviation.ENERGY_KWH_AS_WH,)
    return Decimal(register), ()


def _in_wh(sample: SampledValue) -> SampledValue:
    """Convert an energy in kWh that is labelled Wh; one labelled kWh is left alone."""
    if sample.value is None or sample.unit != "Wh" or sample.multiplier or not sample.measurand.startswith("Energy."):
        return sample
    return replace(sample, value=sample.value * WH_PER_KWH)


def sample_16(wire: Any) -> SampledValue:
    """1.6 SampledValue."""
    measurand = wire.measurand or ENERGY_IMPORT
    signed = wire.format == "SignedData"
    text = wire.value or ""
    number = None if signed else _number(text)
    return SampledValue(
        value=number,
        text=text if number is None and not signed else "",
        measurand=measurand,
        context=wire.context or _DEFAULTS.context,
        phase=wire.phase or "",
        location=wire.location or _DEFAULTS.location,
        unit=_UNITS_16.get(wire.unit, wire.unit) or _default_unit(measurand),
        signed=text if signed else "",
    )


def sample_2x(wire: Any) -> SampledValue:
    """2.x SampledValueType."""
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


METERED_16 = carries(
    "timestamp sampledValue.value sampledValue.context sampledValue.format sampledValue.measurand sampledValue.phase"
    " sampledValue.location sampledValue.unit"
)
METERED_2X = carries(
    "timestamp sampledValue.value sampledValue.context sampledValue.measurand sampledValue.phase sampledValue.location"
    " sampledValue.unitOfMeasure.unit sampledValue.unitOfMeasure.multiplier"
    " sampledValue.signedMeterValue.signedMeterData sampledValue.signedMeterValue.signingMethod"
    " sampledValue.signedMeterValue.encodingMethod sampledValue.signedMeterValue.publicKey"
)
"""The members of a meter value that records carry."""

# 1.6 edition 2 kept the misspelling of edition 1 beside the word.
_UNITS_16 = {"Celcius": "Celsius"}


def _default_unit(measurand: str) -> str:
    # "Default = Wh if the (default) measurand is an Energy type": true of active energy, absurd of the others.
    return "Wh" if measurand.startswith("Energy.Active.") else ""


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None
