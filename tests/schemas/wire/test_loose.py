"""Payloads that are almost JSON are parsed, and written as JSON."""

from decimal import Decimal

import pytest

from schemas.deviations import Deviation
from schemas.wire import loose


def test_valid_json_needs_no_rule_and_keeps_its_digits() -> None:
    read = loose.read(b'{"a":1,"b":1.10}')

    assert read == loose.Loose({"a": 1, "b": Decimal("1.10")})
    assert bytes(loose.write(read.value)) == b'{"a":1,"b":1.10}'


def test_of_a_repeated_member_the_last_value_counts_and_earlier_ones_are_kept() -> None:
    read = loose.read(b'{"a":1,"a":2,"a":3}')

    assert read.value == {"a": 3, "a#1": 1, "a#2": 2}
    assert read.rules == (Deviation.MEMBER_REPEATED,)


def test_control_characters_are_kept_and_noted() -> None:
    read = loose.read(b'{"idTag":"A\x00"}')

    assert read.value == {"idTag": "A\x00"}
    assert read.rules == (Deviation.CHARACTERS,)


@pytest.mark.parametrize("payload", [b"", b"{", b"[" * 100 + b"]" * 100])
def test_what_is_no_json_or_nested_too_deeply_is_unreadable(payload: bytes) -> None:
    with pytest.raises(loose.Unreadable):
        loose.read(payload)
