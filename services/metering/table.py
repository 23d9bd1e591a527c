"""Tables: what a noun declares of each, once: its name, key, columns, and how records become its rows. PURE."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

import msgspec

from schemas.base import Record
from schemas.topic import Topic
from services.metering.cells import Cell, Column, fill_of
from services.metering.feeds import Feed

Fill = Callable[[Sequence[Any]], tuple[Column, ...]]
"""The columns of one table, made of many records of one type."""

Cells = Mapping[str, Cell]
"""What one record says in the columns named here; each other column takes the record's member of the same name."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table. `key`: rows that are alike in these columns are one row, of which ClickHouse keeps the newest."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    fills: Mapping[type[Record], Fill]


class MeteringNoun(msgspec.Struct, frozen=True, kw_only=True):
    """A noun in ClickHouse. `topics`: what is read, by the feed that reads it.

    `kept_elsewhere`: records of these topics that fill no table, because what they tell is in another record too.
    """

    topics: Mapping[Feed, tuple[Topic, ...]]
    tables: tuple[Table, ...]
    kept_elsewhere: frozenset[type[Record]] = frozenset()


def table(name: str, *, key: str, columns: str, rows: Mapping[type[Record], Cells | Fill]) -> Table:
    """A table with these columns, in the order of its rows. `rows`: what each type of record says in it.

    `key` and `columns` are names with spaces between. Where a type has a function instead of cells, that makes the columns.
    """
    names = tuple(columns.split())
    fills = {
        record: cells if callable(cells) else fill_of(record, names, dict(cells)).of for record, cells in rows.items()
    }
    return Table(name=name, key=tuple(key.split()), columns=names, fills=fills)


def absent(*columns: str) -> dict[str, Cell]:
    """Cells that leave these columns null."""
    return dict.fromkeys(columns, lambda _: None)


def empty(*columns: str) -> dict[str, Cell]:
    """Cells that leave the text of these columns empty."""
    return dict.fromkeys(columns, lambda _: "")


# -- records with many rows each --------------------------------------------------------------------------------------


def transposed(rows: Sequence[tuple[Any, ...]], width: int) -> Sequence[Column]:
    """Rows as columns; `width` empty columns where there are no rows."""
    return tuple(zip(*rows, strict=True)) or ((),) * width


def repeated(columns: Sequence[Column], counts: Sequence[int]) -> list[Column]:
    """Each value as often as its record has rows."""
    return [list(chain.from_iterable(map(repeat, values, counts))) for values in columns]


def positions(counts: Sequence[int]) -> Column:
    """The number of each row within its record, from 0."""
    return list(chain.from_iterable(map(range, counts)))
