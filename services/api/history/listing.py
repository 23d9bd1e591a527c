"""Listings: pages of rows by key, every value bound as a parameter; SQL text comes from constants of this package only."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from services.api.web.paging import Page, Position, bounded, cursor_of, micros, position_of
from services.runtime.clickhouse import ClickHouse

T = TypeVar("T", bound=msgspec.Struct)


class Where:
    """Conditions that all must hold, with their parameters."""

    def __init__(self, *conditions: str, **parameters: Any) -> None:
        self.conditions = list(conditions)
        self.parameters = parameters

    def add(self, condition: str, **parameters: Any) -> None:
        """One more condition; left out when any of its parameters is None: the caller does not filter by that."""
        if None in parameters.values():
            return
        self.conditions.append(condition)
        self.parameters |= parameters

    def sql(self) -> str:
        """The conditions in SQL."""
        return " AND ".join(self.conditions) or "true"


class Listing(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """How rows of a table become structs: one SQL expression per member (its own name where `columns` is silent).

    The list is in the order of `at_us`, `order` and `id`, which together tell any two rows apart. `convert` changes what
    ClickHouse gives for a member.
    """

    table: str
    struct: type[T]
    at_us: str = "toInt64(0)"
    order: str = "toInt64(0)"
    id: str = "t.id"
    descending: bool = True
    columns: Mapping[str, str] = {}
    convert: Mapping[str, Callable[[Any], Any]] = {}

    async def page(self, db: ClickHouse, where: Where, *, cursor: str | None, limit: int) -> Page[T]:
        """One page of the rows that fulfil `where`. Raises BadCursor, Outage."""
        limit = bounded(limit)
        if cursor is not None:
            self._continue(where, position_of(cursor))
        direction = "DESC" if self.descending else "ASC"
        order = ", ".join(f"{key} {direction}" for key in (self.at_us, self.order, self.id))
        tail = f"ORDER BY {order} LIMIT {limit + 1}"
        found = await self._select(db, where, tail)
        items, place = tuple(item for item, _ in found[:limit]), found[limit - 1][1] if len(found) > limit else None
        return Page(items, None if place is None else cursor_of(place))

    async def one(self, db: ClickHouse, where: Where) -> T | None:
        """The only row that fulfils `where`, or None. Raises Outage."""
        found = await self._select(db, where, "LIMIT 1")
        return found[0][0] if found else None

    async def found(self, db: ClickHouse, where: Where) -> list[T]:
        """Every row that fulfils `where`, in no order: for callers that bound it by what they ask for. Raises Outage."""
        return [item for item, _ in await self._select(db, where, "")]

    def _continue(self, where: Where, place: Position) -> None:
        where.add(
            f"({self.at_us}, {self.order}, {self.id}) {'<' if self.descending else '>'}"
            " ({place_at_us:Int64}, {place_order:Int64}, {place_id:String})",
            place_at_us=place.at_us,
            place_order=place.order,
            place_id=place.id,
        )

    async def _select(self, db: ClickHouse, where: Where, tail: str) -> list[tuple[T, Position]]:
        members = self.struct.__struct_fields__
        shown = ", ".join(self.columns.get(member, f"t.{member}") for member in members)
        place = f"{self.at_us}, {self.id}, {self.order}"
        sql = f"SELECT {shown}, {place} FROM {self.table} AS t FINAL WHERE {where.sql()} {tail}"  # noqa: S608 constants
        rows = await db.rows(sql, where.parameters)
        return [(self._made(row[:-3]), Position(*row[-3:])) for row in rows]

    def _made(self, values: tuple[Any, ...]) -> T:
        members = zip(self.struct.__struct_fields__, values, strict=True)
        same: Callable[[Any], Any] = _same
        return self.struct(**{member: self.convert.get(member, same)(value) for member, value in members})


def _same(value: Any) -> Any:
    return value


def in_micros(column: str) -> str:
    return f"toUnixTimestamp64Micro({column})"


def micros_or_none(at: dt.datetime | None) -> int | None:
    return None if at is None else micros(at)


def decoded(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)


def or_none(text: str) -> str | None:
    return text or None


NAMES_AT_ONCE = 1_000
"""Of one query: parameters are part of a URL, and rows become structs between other work."""
