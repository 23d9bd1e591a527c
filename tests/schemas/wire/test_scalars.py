"""Single values are read leniently by their rule."""

from decimal import Decimal
from typing import Any

import pytest

from schemas.deviations import Deviation
from schemas.wire.scalars import read

WORDS = {"type": "string", "enum": ["Sample.Periodic", "Trigger"]}


@pytest.mark.parametrize(
    ("value", "rule", "expected", "rules"),
    [
        ("7", {"type": "integer"}, 7, (Deviation.TEXT_FOR_NUMBER,)),
        (Decimal("7.0"), {"type": "integer"}, 7, (Deviation.DECIMAL_FOR_INTEGER,)),
        ("1.5", {"type": "number"}, Decimal("1.5"), (Deviation.TEXT_FOR_NUMBER,)),
        (7, {"type": "string"}, "7", (Deviation.NUMBER_FOR_TEXT,)),
        ("too long", {"type": "string", "maxLength": 3}, "too long", (Deviation.TEXT_TOO_LONG,)),
        ("sample-periodic", WORDS, "Sample.Periodic", (Deviation.WORD_SPELLING,)),
        ("Whatever", WORDS, "Whatever", (Deviation.WORD_UNKNOWN,)),
        ("", WORDS, None, (Deviation.EMPTY_TEXT,)),
        ("true", {"type": "boolean"}, True, (Deviation.WORD_FOR_TRUTH,)),
        (True, {"type": "boolean"}, True, ()),
    ],
)
def test_a_value_is_read_by_its_rule(
    value: Any, rule: dict[str, Any], expected: Any, rules: tuple[Deviation, ...]
) -> None:
    found = read(value, rule, "Message.member")

    assert (found.value, found.rules) == (expected, rules)


@pytest.mark.parametrize("value", ["many", True, Decimal("7.5"), 2**70])
def test_a_value_that_is_no_integer_is_unusable(value: Any) -> None:
    assert read(value, {"type": "integer"}, "Message.member").value is None


def test_a_register_keeps_its_fraction() -> None:
    assert read(Decimal("7.5"), {"type": "integer"}, "StartTransaction.meterStart").value == Decimal("7.5")
