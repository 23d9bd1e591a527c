"""Cells: converts members of many records to columns for ClickHouse, column by column for speed. PURE."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import inspect

from schemas.base import Poison, Record

Column = Sequence[Any]
Cell = Callable[[Any], Any]
"""The value of one record in one column."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(2106, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
MILLISECOND = dt.timedelta(milliseconds=1)

DECIMAL_STEP = Decimal("0.0001")
DECIMAL_LIMIT = Decimal(10) ** 20
DECIMAL_SURE_LENGTH = 25
UINT8, UINT16, UINT32 = (0, 2**8 - 1), (0, 2**16 - 1), (0, 2**32 - 1)
INT32, INT64 = (-(2**31), 2**31 - 1), (-(2**63), 2**63 - 1)
RANGES = {
    "priority": UINT8,
    **dict.fromkeys(("evse", "connector", "attempt", "position", "faulted", "plans"), UINT16),
    **dict.fromkeys(("counts", "number", "size", "stations", "tariff_version", "version", "wave"), UINT32),
    **dict.fromkeys(("heartbeat_interval_s", "partition"), INT32),
}
"""The ranges of integer columns by name, in every table; all others are Int64."""

PLACES = {"evse", "connector"}
"""Stations send any numbers for these (-1, 70000): one out of range must not cost the whole row."""


# -- columns ----------------------------------------------------------------------------------------------------------


def micros(moments: Column) -> Column:
    """Whole microseconds since 1970, as ClickHouse counts."""
    return _within([(at - EPOCH) // MICROSECOND for at in moments], moments, (LATEST - EPOCH) // MICROSECOND)


def millis(moments: Column) -> Column:
    """Whole milliseconds since 1970."""
    counted, before, count = [], None, 0
    for at in moments:
        if at != before:  # consecutive readings often have the same time, and comparing is cheap
            before, count = at, (at - EPOCH) // MILLISECOND
        counted.append(count)
    return _within(counted, moments, (LATEST - EPOCH) // MILLISECOND)


def _within(counted: list[int], moments: Column, limit: int) -> Column:
    if counted and not 0 <= min(counted) <= max(counted) < limit:
        for at in moments:
            us(at)
    return counted


def decimals(values: Column) -> Column:
    """Decimals with four places as text, which ClickHouse reads faster than the driver writes numbers."""
    try:
        texts = [str(value.quantize(DECIMAL_STEP)) for value in values]
    except InvalidOperation:
        return [exact(value) for value in values]  # says which
    sure = max(map(len, texts), default=0) <= DECIMAL_SURE_LENGTH and "N" not in "".join(texts)  # none is NaN
    return texts if sure else [exact(value) for value in values]


def wholes(name: str) -> Callable[[Column], Column]:
    """Integers that the column of that name can hold."""
    low, most = RANGES.get(name, INT64)

    def checked(values: Column) -> Column:
        if values and not low <= min(values) <= max(values) <= most:
            for value in values:
                whole(value, name)
        return values

    return checked


def places(values: Column) -> Column:
    """EVSEs and connectors where the column may be empty: a number out of range becomes null."""
    low, most = UINT16
    return [value if value is not None and low <= value <= most else None for value in values]


def places_or_greatest(values: Column) -> Column:
    """EVSEs and connectors where the column may not be empty: a number out of range becomes the greatest."""
    low, most = UINT16
    return [value if low <= value <= most else most for value in values]


def _or_none(column: Callable[[Column], Column]) -> Callable[[Column], Column]:
    """The same where some values are absent."""

    def with_gaps(values: Column) -> Column:
        present = iter(column([value for value in values if value is not None]))
        return [None if value is None else next(present) for value in values]

    return with_gaps


def raws(values: Iterable[msgspec.Raw]) -> Column:
    """Raw JSON as text."""
    return [raw(value) for value in values]


def same(values: Column) -> Column:
    """The values unchanged."""
    return values


def convert(record: type[Record], member: str) -> Callable[[Column], Column]:
    """The conversion of a member's values, by its declared type."""
    declared = next(field for field in msgspec.structs.fields(record) if field.name == member)
    kinds = _kinds(inspect.type_info(declared.type))
    if member in PLACES:
        return places if inspect.NoneType in kinds else places_or_greatest
    by_kind = {
        inspect.DateTimeType: micros,
        inspect.DecimalType: decimals,
        inspect.IntType: wholes(member),
        inspect.RawType: raws,
    }
    for kind, column in by_kind.items():
        if kind in kinds:
            return _or_none(column) if inspect.NoneType in kinds else column
    return same


def _kinds(kind: inspect.Type) -> set[type[inspect.Type]]:
    match kind:
        case inspect.UnionType():
            return set().union(*(_kinds(each) for each in kind.types))
        case inspect.Metadata():
            return _kinds(kind.type)
    return {type(kind)}


class ColumnFill(msgspec.Struct, frozen=True):
    """How records of one type fill columns: by a member and its conversion, or by a cell function."""

    columns: tuple[tuple[Cell, Callable[[Column], Column]], ...]

    def of(self, records: Sequence[Any]) -> tuple[Column, ...]:
        """The columns of many records. Raises Poison where a value does not fit its column."""
        return tuple(column(list(map(cell, records))) for cell, column in self.columns)


def fill_of(record: type[Record], columns: Sequence[str], cells: dict[str, Cell]) -> ColumnFill:
    """How a record type fills these columns: from members of the same name, except where `cells` has a function."""
    return ColumnFill(
        tuple(
            (cells[column], same) if column in cells else (attrgetter(column), convert(record, column))
            for column in columns
        )
    )


# -- single values ----------------------------------------------------------------------------------------------------


def us(at: dt.datetime) -> int:
    """A moment in microseconds since 1970. Raises Poison for one that ClickHouse cannot hold."""
    if not EPOCH <= at < LATEST:
        raise Poison(f"{at.isoformat()} is outside of what ClickHouse can hold, {EPOCH.year} to {LATEST.year}")
    return (at - EPOCH) // MICROSECOND


def exact(value: Decimal) -> str:
    """A decimal with four places. Raises Poison for one that is no number, infinite, or longer than 20 digits before them."""
    try:
        rounded = value.quantize(DECIMAL_STEP)
        if -DECIMAL_LIMIT < rounded < DECIMAL_LIMIT:
            return str(rounded)
    except InvalidOperation:
        pass  # no number, infinite, or longer than decimals reach
    raise Poison(f"{value} is outside of what ClickHouse can hold, 20 digits and 4 decimals")


def whole(value: int | None, name: str) -> int | None:
    """An integer that the column of that name can hold. Raises Poison for any other."""
    low, most = RANGES.get(name, INT64)
    if value is not None and not low <= value <= most:
        raise Poison(f"{name} {value} is outside of what ClickHouse can hold, {low} to {most}")
    return value


def json(value: Any) -> str:
    """Anything as JSON."""
    return msgspec.json.encode(value).decode()


def raw(value: msgspec.Raw) -> str:
    """Raw JSON as text."""
    return bytes(value).decode()
