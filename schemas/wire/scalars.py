"""Scalars: reads one text, number, enumeration value or truth value leniently by its rule. PURE."""

import re
from decimal import Decimal
from typing import Any

import msgspec

from schemas.deviations import Deviation
from schemas.wire import loose
from schemas.wire.files import Schema
from schemas.wire.numbers import GREATEST_EXPONENT, LONGEST_TOKEN
from schemas.wire.spellings import alike
from schemas.wire.storable import GREATEST_REGISTER, REGISTERS, integer_bounds

D = Deviation

AS_IT_CAME = frozenset({"DataTransfer.data"})
"""Texts of 1.6 that may be any JSON: other values are kept as JSON."""

TEXT_AS_WELL = frozenset({"StopTransaction.transactionId", "MeterValues.transactionId"})
"""Integers of 1.6 that the record has as a text: any text is accepted."""

# Matches in linear time: no two of its parts can match the same character.
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?\s*")
_TRUTHS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}


class Scalar(msgspec.Struct, frozen=True):
    """The value, None where it is unusable; and the rules that were needed."""

    value: Any
    rules: tuple[Deviation, ...] = ()


NOTHING = Scalar(None)


def read(value: Any, rule: Schema, name: str) -> Scalar:
    """A value by its rule; `name` is that of the definition and member (`StartTransaction.meterStart`)."""
    match rule["type"]:
        case "string" if "enum" in rule:
            return _word(value, rule["enum"])
        case "string":
            return _any_text(value, name) if name in AS_IT_CAME else _text(value, rule)
        case "integer":
            return _integer(value, rule, name)
        case "number":
            return _number(value, rule)
    return _truth(value)


# -- texts ------------------------------------------------------------------------------------------------------------


def _text(value: Any, rule: Schema) -> Scalar:
    text, rules = _as_text(value)
    if len(text) > rule.get("maxLength", len(text)):
        rules = (*rules, D.TEXT_TOO_LONG)
    return Scalar(text, rules)


def _as_text(value: Any) -> tuple[str, tuple[Deviation, ...]]:
    if isinstance(value, str):
        return value, ()
    text = bytes(loose.write(value)).decode()
    return text, (D.STRUCTURE_FOR_TEXT if isinstance(value, dict | list) else D.NUMBER_FOR_TEXT,)


def _any_text(value: Any, name: str) -> Scalar:
    if isinstance(value, str):
        return Scalar(value)
    rules = _as_text(value)[1]
    return Scalar(loose.write(value), rules if name else ())


def _word(value: Any, words: list[str]) -> Scalar:
    text, rules = _as_text(value)
    if text in words:
        return Scalar(text, rules)
    if not text.strip():
        return Scalar(None, (D.EMPTY_TEXT,))
    meant = alike(text, words)
    return Scalar(text, (*rules, D.WORD_UNKNOWN)) if meant is None else Scalar(meant, (*rules, D.WORD_SPELLING))


# -- numbers ----------------------------------------------------------------------------------------------------------


def decimal_of(text: str) -> Decimal | None:
    """The number in a text; None for one that is no number, or beyond all bounds."""
    if len(text) > LONGEST_TOKEN or not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text.strip())
    return number if abs(number.adjusted()) <= GREATEST_EXPONENT else None


def _quantity(value: Any) -> tuple[Decimal | None, tuple[Deviation, ...]]:
    if isinstance(value, bool):
        return None, ()
    if isinstance(value, str):
        number = decimal_of(value)
        return number, () if number is None else (D.TEXT_FOR_NUMBER,)
    return (Decimal(value) if isinstance(value, int) else value if isinstance(value, Decimal) else None), ()


def _number(value: Any, rule: Schema) -> Scalar:
    number, rules = _quantity(value)
    if number is None:
        return NOTHING
    low, high = rule.get("minimum"), rule.get("maximum")
    inside = (low is None or number >= Decimal(repr(low))) and (high is None or number <= Decimal(repr(high)))
    return Scalar(number, rules if inside else (*rules, D.OUT_OF_RANGE))


def _integer(value: Any, rule: Schema, name: str) -> Scalar:
    number, rules = _quantity(value)
    if number is None:
        told = isinstance(value, str) and name in TEXT_AS_WELL and value.strip()
        return Scalar(value, (D.TEXT_FOR_NUMBER,)) if told else NOTHING
    if name in REGISTERS and abs(number) < GREATEST_REGISTER and number != number.to_integral_value():
        return Scalar(number, (*rules, D.DECIMAL_FOR_INTEGER))
    least, greatest = integer_bounds(name)
    if not least <= number <= greatest:
        return Scalar(None, (*rules, D.OUT_OF_RANGE))
    if number != number.to_integral_value():
        return Scalar(None, (*rules, D.DECIMAL_FOR_INTEGER))
    if isinstance(value, Decimal):
        rules = (*rules, D.DECIMAL_FOR_INTEGER)
    inside = rule.get("minimum", number) <= number <= rule.get("maximum", number)
    return Scalar(int(number), rules if inside else (*rules, D.OUT_OF_RANGE))


# -- truth values -----------------------------------------------------------------------------------------------------


def _truth(value: Any) -> Scalar:
    if isinstance(value, bool):
        return Scalar(value)
    text = value.strip().casefold() if isinstance(value, str) else str(value)
    if text in _TRUTHS:
        return Scalar(_TRUTHS[text], (D.WORD_FOR_TRUTH,))
    return NOTHING
