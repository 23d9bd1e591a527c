"""Canaries: reads of ClickHouse that give rows of every station, whatever they are asked, each full of words that give it away.

Rows are made of their types, so that each read there is, and each that will be, is among them.
"""

import datetime as dt
import enum
import re
import types
import typing
from collections.abc import Awaitable, Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from services.api.fakes import NOON
from services.api.nouns import NOUNS
from services.api.web.paging import Page

NUMBERS = (1, 2, 3, 4)
KNOWN: Mapping[str, Any] = {
    "version": "2.0.1",
    "registration": "Accepted",
    "time_zone": "UTC",
    "currency": "EUR",
    "unrated": "no-tariff",
}
"""Words that rows need to be of use at all."""

_NUMBER = re.compile(r"(?:station|thing)-(\d)")


def station(number: int) -> str:
    """The id of a station."""
    return f"station-{number}"


def thing(number: int) -> str:
    """The id of something that belongs to a station."""
    return f"thing-{number}"


def word(number: int) -> str:
    """What gives away that something of a station was told."""
    return f"canary-{number}"


class CanaryReads:
    """Every read of every noun. A list has a row of each station; what is asked by an id is of the station that the id names."""

    def __init__(self) -> None:
        declared = (noun.reads for noun in NOUNS if noun.reads is not None)
        self._functions = {name: function for reads in declared for name, function in reads.functions().items()}

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        answer = typing.get_type_hints(self._functions[name])["return"]

        async def read(*args: Any, **options: Any) -> Any:
            named = [int(found) for found in _NUMBER.findall(repr((args, options)))]
            return answered(answer, tuple(named) or NUMBERS, of_one=bool(named))

        return read


def answered(kind: Any, numbers: Collection[int], *, of_one: bool) -> Any:
    """What a read of this type answers about these stations. `of_one`: it was asked about one, else what is of none has no words."""
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin is Page:
        return Page(tuple(_rows(inside[0], numbers, of_one=of_one)))
    if origin is tuple:
        return tuple(_rows(inside[0], numbers, of_one=of_one))
    if origin in (dict, Mapping):
        return {
            station(number): row for number, row in zip(numbers, _rows(inside[1], numbers, of_one=of_one), strict=True)
        }
    if origin in (typing.Union, types.UnionType):
        return None if not of_one else _rows(inside[0], numbers, of_one=True)[0]
    return _rows(kind, tuple(numbers)[:1], of_one=of_one)[0]


def _rows(kind: Any, numbers: Collection[int], *, of_one: bool) -> list[Any]:
    belongs = isinstance(kind, type) and issubclass(kind, msgspec.Struct) and "station" in kind.__struct_fields__
    return [made(kind, number if belongs or of_one else 0) for number in numbers]


def made(kind: Any, number: int, name: str = "") -> Any:
    """A value of a type that gives a station away; 0: none."""
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return made(inside[0], number, name)
    if origin is typing.Literal:
        return inside[0]
    if origin in (typing.Union, types.UnionType):
        return made(next(each for each in inside if each not in (type(None), msgspec.UnsetType)), number, name)
    if origin in (tuple, list):
        each = inside[:1] if origin is list or inside[1:] == (...,) else inside
        return origin(made(one, number, name) for one in each)
    if origin in (dict, Mapping):
        return {str(made(str, number)): made(inside[1], number)}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = typing.get_type_hints(kind, include_extras=True)
        return kind(**{member: made(hints[member], number, member) for member in kind.__struct_fields__})
    return _plain(kind, number, name)


def _plain(kind: Any, number: int, name: str) -> Any:
    if kind is str:
        if name == "station":
            return station(number)
        return KNOWN.get(name) or (word(number) if number else "")
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return next(iter(kind))
    plain: dict[Any, Any] = {
        int: 1, float: 1.0, bool: True, Decimal: Decimal(1), dt.datetime: NOON, bytes: b"", Any: None, object: None,
        msgspec.Raw: msgspec.Raw(b"null"), dt.timedelta: dt.timedelta(seconds=1),
    }  # fmt: skip
    return plain[kind]
