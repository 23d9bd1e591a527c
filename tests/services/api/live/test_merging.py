"""Merging: whatever ClickHouse has and the overlay adds, the pages of a list have each row once, in one order."""

import asyncio
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.api.live.merging import Laid, Order, merged
from services.api.web.paging import Page, Position, cursor_of, position_of


class Row(msgspec.Struct, frozen=True):
    """A row of a list, and where it is from."""

    id: str
    at: int
    new: bool = False


def place(row: Row) -> Position:
    return Position(row.at, row.id)


def stored(rows: list[Row], *, descending: bool) -> Any:
    """ClickHouse with these rows, asked for pages."""
    in_order = sorted(rows, key=lambda row: (row.at, row.id), reverse=descending)
    order: Order[Row] = Order(place=place, descending=descending)

    async def ask(cursor: str | None, limit: int) -> Page[Row]:
        there = [row for row in in_order if cursor is None or order.behind(row, position_of(cursor))]
        more = len(there) > limit
        return Page(tuple(there[:limit]), cursor_of(place(there[limit - 1])) if more else None)

    return ask


def pages(rows: list[Row], new: list[Row], *, limit: int, descending: bool) -> list[tuple[Row, ...]]:
    laid: Laid[Row] = Laid(items=new, row=lambda row: row, hidden={row.id for row in new})
    order: Order[Row] = Order(place=place, descending=descending)
    found: list[tuple[Row, ...]] = []
    cursor = None
    while True:
        page = asyncio.run(merged(stored(rows, descending=descending), laid, order=order, cursor=cursor, limit=limit))
        found.append(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return found


IDS = st.sampled_from("abcdefgh")
TIMES = st.integers(0, 4)


@given(
    st.dictionaries(IDS, TIMES, max_size=8), st.dictionaries(IDS, TIMES, max_size=4), st.integers(1, 5), st.booleans()
)
def test_the_pages_have_every_row_once_the_newer_one_of_two_and_in_order(
    old: dict[str, int], new: dict[str, int], limit: int, descending: bool
) -> None:
    rows = [Row(id_, at) for id_, at in old.items()]
    fresh = [Row(id_, at, new=True) for id_, at in new.items()]

    found = pages(rows, fresh, limit=limit, descending=descending)

    expected = [*fresh, *(row for row in rows if row.id not in new)]
    assert [row for page in found for row in page] == sorted(
        expected, key=lambda row: (row.at, row.id), reverse=descending
    )
    assert all(len(page) == limit for page in found[:-1])
