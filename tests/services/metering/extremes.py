"""Extremes: every record with each of its members at the edge of what JSON, a station or a clock can say, one at a time."""

import json
from collections.abc import Iterator
from typing import Any

from schemas.base import Record
from schemas.codec import encode
from schemas.examples import example
from tests.examples import examples

TIMES = (
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "1677-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999999Z",
    "1970-01-01T00:00:00Z",
    "2105-12-31T23:59:59.999999Z",
    "2106-01-01T00:00:00Z",
    "2299-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-14:00",
)
NUMBERS = (
    *("NaN", "sNaN", "-NaN", "Infinity", "-Infinity", "0E-50", "-0", "1E+400", "-1E+400", "1E-400", "1E+25"),
    *("99999999999999999999.99995", "99999999999999999999.9999", "-99999999999999999999.9999", "1" * 60),
)
TEXTS = (
    "",
    "\x00",
    "a\x00b",
    "\x1b[31m\r\n\t",
    "\u2028\ufeff\u202e",
    "\U0001f50c" * 9,
    "\\N",
    "'\"`;--",
    "x" * 100_000,
)
INTEGERS = (0, -1, 2**8, 2**15, 2**16 - 1, 2**16, 2**31 - 1, 2**31, -(2**31) - 1, 2**32, 2**53 + 1, 2**63 - 1, 2**63)
LARGER = (-(2**63), -(2**63) - 1, 2**64 - 1, 2**64, 10**30)
FLOATS = (1e308, -1e308, 5e-324, -0.0)
SHAPES: tuple[Any, ...] = (None, True, [], {}, [[[[]]]], {"\x00": {"": None}}, ["\x00"])
EXTREMES = (*TIMES, *NUMBERS, *TEXTS, *INTEGERS, *LARGER, *FLOATS, *SHAPES)


def extremes(kind: type[Record]) -> Iterator[bytes]:
    """The bytes of that record, each time with one member replaced by an extreme; not all of them can be read as that record."""
    usual = json.loads(encode(example(kind)))
    for said in replaced(usual, at_most=examples(len(_members(usual)), fewest=4)):
        if said["record"] == kind.__struct_config__.tag:
            yield json.dumps(said).encode()


def replaced(usual: Any, *, at_most: int) -> Iterator[Any]:
    """The object with one member after the other replaced by one extreme after the other, however deep it lies.

    Where it has more members than `at_most`, each meets a share of the extremes, its neighbours the others.
    """
    paths = _members(usual)
    share = -(-len(paths) // at_most) or 1
    for number, path in enumerate(paths):
        for extreme in EXTREMES[number % share :: share]:
            yield _with(usual, path, extreme)


def _members(usual: Any) -> list[list[Any]]:
    """Where each member is, however deep."""
    return [path for path in _paths(usual) if path]


def _paths(value: Any) -> Iterator[list[Any]]:
    yield []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in items:
        for path in _paths(member):
            yield [name, *path]


def _with(value: Any, path: list[Any], extreme: Any) -> Any:
    if not path:
        return extreme
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with(value[path[0]], path[1:], extreme)
    return copy
