"""Metering: turns records into rows of ClickHouse. The same record always gives the same rows."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from schemas.base import Poison, Record
from services.metering.cells import Column
from services.metering.declared import FILLS, KEPT_ELSEWHERE


class Columns(msgspec.Struct, frozen=True):
    """The rows for one table, a sequence for each of its `COLUMNS`.

    Moments are whole micro- or milliseconds since 1970, as ClickHouse counts; decimals are text.
    """

    table: str
    columns: tuple[Column, ...]

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The same, row by row."""
        return list(zip(*self.columns, strict=True))


def columns_of(kind: type[Record], records: Sequence[Record]) -> Iterable[Columns]:
    """The rows of records of one type, per table.

    Raises Poison where a value fits no column, without saying of which record (call it with each alone to know), and for a
    type that no noun declares.
    """
    if kind in KEPT_ELSEWHERE:
        return ()
    tables = FILLS.get(kind)
    if tables is None:
        raise Poison(f"no table keeps {records[0].__struct_config__.tag}")
    return [Columns(table, fill(records)) for table, fill in tables]
