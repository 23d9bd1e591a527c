"""Loose JSON: parses payloads that are almost JSON, and writes such values as JSON. PURE."""

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec

from schemas.deviations import Deviation
from schemas.wire.numbers import number_token

DEEPEST = 64
"""Levels of nesting that are followed; OCPP's own payloads have less than ten."""

AGAIN = "#"
"""Appended with a number to the name of a repeated member, to keep its earlier values."""

_GREATEST = 2**63
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_encoder = msgspec.json.Encoder(decimal_format="number")


class Unreadable(Exception):
    """The payload is not JSON, however loosely parsed; the message says why."""


class Loose(msgspec.Struct, frozen=True):
    """A parsed payload: dicts, lists, texts, truth values, None, int (64 bits), Decimal; and the rules that were needed."""

    value: Any
    rules: tuple[Deviation, ...] = ()


def read(payload: bytes) -> Loose:
    """Parse a payload. Control characters in texts are kept; NaN and numbers out of bounds become their text.

    Of a repeated member the last value counts; an earlier one is kept under its name, `#` and a number. Raises Unreadable.
    """
    text = bytes(payload).decode(errors="replace")
    repeated: list[str] = []
    try:
        value, sound = _parse(text, repeated)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the payload is not valid JSON: {error}") from error
    plain = "\\u" not in text and text.count("{") + text.count("[") <= DEEPEST
    whole = value if plain else _whole(value, DEEPEST)
    rules = [Deviation.MEMBER_REPEATED] if repeated else []
    if not sound or "\ufffd" in text or whole != value:
        rules.append(Deviation.CHARACTERS)
    return Loose(whole, tuple(rules))


def write(value: Any) -> msgspec.Raw:
    """A value that `read` gave as compact JSON, every digit kept."""
    return msgspec.Raw(_encoder.encode(value))


def _parse(text: str, repeated: list[str]) -> tuple[Any, bool]:
    """The value, and whether its texts contain no unescaped control characters."""

    def parse(*, strict: bool) -> Any:
        repeated.clear()
        return json.loads(
            text,
            strict=strict,
            parse_float=_number,
            parse_int=_integer,
            parse_constant=str,
            object_pairs_hook=lambda pairs: _object(pairs, repeated),
        )

    try:
        return parse(strict=True), True
    except ValueError:
        return parse(strict=False), False


def _object(pairs: Iterable[tuple[str, Any]], repeated: list[str]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            repeated.append(name)
            count = sum(other.startswith(f"{name}{AGAIN}") for other in members)
            members[f"{name}{AGAIN}{count + 1}"] = members[name]
        members[name] = value
    return members


def _integer(text: str) -> int | Decimal | str:
    number = int(text) if len(text) <= len(str(_GREATEST)) + 1 else _GREATEST
    return number if abs(number) < _GREATEST else _number(text)


def _number(text: str) -> Decimal | str:
    try:
        return number_token(text)
    except ValueError:
        return text


def _whole(value: Any, levels: int) -> Any:
    """The same with lone surrogates replaced. Raises Unreadable where it is nested beyond `levels`."""
    if isinstance(value, str):
        return _HALF_PAIR.sub("\ufffd", value)
    if not isinstance(value, dict | list):
        return value
    if not levels:
        raise Unreadable("the payload is nested too deeply")
    if isinstance(value, list):
        return [_whole(item, levels - 1) for item in value]
    return {_HALF_PAIR.sub("\ufffd", name): _whole(member, levels - 1) for name, member in value.items()}
