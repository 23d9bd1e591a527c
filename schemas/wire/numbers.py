"""Numbers: decodes JSON numbers as exact decimals, and refuses absurd exponents."""

from decimal import Context, Decimal, InvalidOperation
from typing import Any, ClassVar, cast

LONGEST_TOKEN = 64
"""Digits that a number may have."""

GREATEST_EXPONENT = 308
"""Numbers of 1e309 and beyond (the end of double precision) are refused: arithmetic on them would exhaust memory."""

_EXACT = Context(prec=2 * GREATEST_EXPONENT + LONGEST_TOKEN)
"""Enough digits for the quotient of any two numbers within these bounds."""


class _DecimalKind(type):
    """Makes Decimals the instances of Number: msgspec checks the hook's result against the member's type."""

    def __instancecheck__(cls, instance: object) -> bool:
        return type(instance) is Decimal


class Number(metaclass=_DecimalKind):
    """A schema's `number`, by its own bounds; decoded to Decimal by `number_hook`. Never instantiated."""

    minimum: ClassVar[Decimal | None] = None
    maximum: ClassVar[Decimal | None] = None
    multiple_of: ClassVar[Decimal | None] = None


def number_type(minimum: float | None, maximum: float | None, multiple_of: float | None) -> type[Number]:
    """The Number of these bounds."""
    bounds = {
        "minimum": None if minimum is None else Decimal(repr(minimum)),
        "maximum": None if maximum is None else Decimal(repr(maximum)),
        "multiple_of": None if multiple_of is None else Decimal(repr(multiple_of)),
    }
    kind: Any = _DecimalKind("Number", (Number,), bounds)
    return cast(type[Number], kind)


def number_token(text: str) -> Decimal:
    """A number with a fraction or an exponent, as written. Raises ValueError beyond the bounds."""
    if len(text) > LONGEST_TOKEN:
        raise ValueError("number out of range")
    try:
        return _bounded(Decimal(text))
    except InvalidOperation as error:  # an exponent of more than 18 digits
        raise ValueError("number out of range") from error


def _bounded(value: Decimal) -> Decimal:
    if abs(value.adjusted()) > GREATEST_EXPONENT:
        raise ValueError("number out of range")
    return value


def number_hook(kind: type[Number], value: object) -> Decimal:
    """The number that a member of type `kind` holds. Raises ValueError with what is wrong."""
    if type(value) is int:
        value = _bounded(Decimal(value))
    elif type(value) is not Decimal:
        raise ValueError(f"Expected `number`, got `{_json_name(value)}`")
    if kind.minimum is not None and value < kind.minimum:
        raise ValueError(f"Expected `number` >= {kind.minimum.normalize():f}")
    if kind.maximum is not None and value > kind.maximum:
        raise ValueError(f"Expected `number` <= {kind.maximum.normalize():f}")
    # msgspec has no multipleOf for decimals. They are exact where floats are not: 21.4 is a multiple of 0.1.
    if kind.multiple_of is not None and _EXACT.remainder(value, kind.multiple_of):
        raise ValueError(f"Expected `number` that is a multiple of {kind.multiple_of}")
    return value


def _json_name(value: Any) -> str:
    names = {bool: "bool", str: "str", dict: "object", list: "array"}
    return names.get(type(value), "null")
