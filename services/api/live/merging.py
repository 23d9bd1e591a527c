"""Merging: a page of a list from the rows of ClickHouse and those of the overlay: none twice, none missing, in one order. PURE."""

import heapq
from collections.abc import Awaitable, Callable, Container, Iterable
from typing import Any, Generic, TypeVar

import msgspec

from services.api.web.paging import LIMIT_MOST, Page, Position, bounded, cursor_of, position_of

R = TypeVar("R")
T = TypeVar("T")


class Order(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """A list's order: `place` of a row (or of a record that has the same members), and which way."""

    place: Callable[[Any], Position]
    descending: bool = True

    def behind(self, item: Any, place: Position) -> bool:
        """Whether a row or record stands behind that place."""
        at, there = _key(self.place(item)), _key(place)
        return at < there if self.descending else at > there

    def first(self, items: Iterable[T], number: int) -> list[T]:
        """The first so many of them, in order."""
        pick = heapq.nlargest if self.descending else heapq.nsmallest
        return pick(number, items, key=lambda item: _key(self.place(item)))


def _key(place: Position) -> tuple[int, int, str]:
    return place.at_us, place.order, place.id


class Laid(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """What is laid over the rows of ClickHouse: `items` fit the filter; `row` makes one a row; `hidden`: ids that only they tell of."""

    items: Iterable[Any]
    row: Callable[[Any], R]
    hidden: Container[str]


async def merged(
    ask: Callable[[str | None, int], Awaitable[Page[R]]],
    laid: Laid[R],
    *,
    order: Order[R],
    cursor: str | None,
    limit: int,
) -> Page[R]:
    """A page of what `ask(cursor, limit)` gives, with what is laid over it. Raises BadCursor, Outage."""
    limit = bounded(limit)
    after = None if cursor is None else position_of(cursor)
    there = (item for item in laid.items if after is None or order.behind(item, after))
    ours = [laid.row(item) for item in order.first(there, limit + 1)]
    last = order.place(ours[limit]) if len(ours) > limit else None
    theirs: list[R] = []
    at, size = cursor, limit + 1
    while True:
        page = await ask(at, min(size, LIMIT_MOST))
        theirs += [row for row in page.items if order.place(row).id not in laid.hidden]
        at, size = page.next_cursor, 2 * size
        passed = last is not None and bool(page.items) and order.behind(page.items[-1], last)
        if at is None or len(theirs) > limit or passed:
            break
    rows = order.first([*ours, *theirs], limit + 1)
    return Page(tuple(rows[:limit]), cursor_of(order.place(rows[limit - 1])) if len(rows) > limit else None)
