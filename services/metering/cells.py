"""Cells: what ClickHouse gets of a member of many records at once, column by column: per value, this is what metering costs. PURE."""

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
"""What one record says in one column."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(2106, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
MILLISECOND = dt.timedelta(milliseconds=1)

DECIMAL_STEP = Decimal("0.0001")
DECIMAL_LIMIT = Decimal(10) ** 20
DECIMAL_SURE_LENGTH = 25
UINT16_MOST = 2**16 - 1
UINT16_COLUMNS = {"evse", "connector"}
INT32_MOST = 2**31 - 1
INT64_MOST = 2**63 - 1


# -- columns ----------------------------------------------------------------------------------------------------------


def micros(moments: Column) -> Column:
    """Whole microseconds since 1970, as ClickHouse counts."""
    return _within([(at - EPOCH) // MICROSECOND for at in moments], moments, (LATEST - EPOCH) // MICROSECOND)


def millis(moments: Column) -> Column:
    """Whole milliseconds since 1970."""
    counted, before, count = [], None, 0
    for at in moments:
        if at != before:  # the readings of one sample are of one moment, and to compare is cheap
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
    most = UINT16_MOST if name in UINT16_COLUMNS else INT64_MOST
    low = _least(most)

    def checked(values: Column) -> Column:
        if values and not low <= min(values) <= max(values) <= most:
            for value in values:
                whole(value, name, most)
        return values

    return checked


def _or_none(column: Callable[[Column], Column]) -> Callable[[Column], Column]:
    """The same where some values are absent."""

    def with_gaps(values: Column) -> Column:
        present = iter(column([value for value in values if value is not None]))
        return [None if value is None else next(present) for value in values]

    return with_gaps


def raws(values: Iterable[msgspec.Raw]) -> Column:
    """JSON as it came."""
    return [raw(value) for value in values]


def same(values: Column) -> Column:
    """As they are."""
    return values


def convert(record: type[Record], member: str) -> Callable[[Column], Column]:
    """What becomes of a member's values, by its declared type."""
    told = next(field for field in msgspec.structs.fields(record) if field.name == member)
    kinds = _kinds(inspect.type_info(told.type))
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


def _kinds(told: inspect.Type) -> set[type[inspect.Type]]:
    match told:
        case inspect.UnionType():
            return set().union(*(_kinds(each) for each in told.types))
        case inspect.Metadata():
            return _kinds(told.type)
    return {type(told)}


class Filled(msgspec.Struct, frozen=True):
    """How records of one type fill columns: a member, as ClickHouse counts, or what a cell tells of each record."""

    columns: tuple[tuple[Cell, Callable[[Column], Column]], ...]

    def of(self, records: Sequence[Any]) -> tuple[Column, ...]:
        """The columns of many records. Raises Poison where one of them holds what no column can."""
        return tuple(column(list(map(cell, records))) for cell, column in self.columns)


def filled(record: type[Record], columns: Sequence[str], cells: dict[str, Cell]) -> Filled:
    """How that record fills these columns: from the members of the same name, but where `cells` tells otherwise."""
    return Filled(
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


def whole(value: int | None, name: str, most: int = UINT16_MOST) -> int | None:
    """An integer up to `most`. Raises Poison for any other."""
    low = _least(most)
    if value is not None and not low <= value <= most:
        raise Poison(f"{name} {value} is outside of what ClickHouse can hold, {low} to {most}")
    return value


def _least(most: int) -> int:
    return 0 if most == UINT16_MOST else -most


def json(value: Any) -> str:
    """Anything as JSON."""
    return msgspec.json.encode(value).decode()


def raw(value: msgspec.Raw) -> str:
    """JSON as it came."""
    return bytes(value).decode()
