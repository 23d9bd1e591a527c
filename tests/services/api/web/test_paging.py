"""Pages: a cursor names the place behind which the next page begins, and nothing but our own is taken for one."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.web.paging import LIMIT_MOST, BadCursor, Position, bounded, cursor_of, micros, position_of

INT64 = st.integers(-(2**63), 2**63 - 1)


@given(st.builds(Position, at_us=INT64, id=st.text(max_size=40), order=INT64))
def test_a_cursor_gives_back_its_place_and_fits_a_url(place: Position) -> None:
    cursor = cursor_of(place)

    assert position_of(cursor) == place
    assert cursor.isascii()
    assert not set(cursor) & set("+/=&?# ")


@pytest.mark.parametrize(
    "text", ["", "x", "é", "bm90IGpzb24", "WzFd", "WyIxIiwiYSJd", "WzkyMjMzNzIwMzY4NTQ3NzU4MDgsImEiXQ"]
)
def test_what_is_no_cursor_of_ours_says_so(text: str) -> None:
    with pytest.raises(BadCursor, match="next_cursor"):
        position_of(text)


@pytest.mark.parametrize(("asked", "given_"), [(-5, 1), (0, 1), (1, 1), (500, 500), (501, LIMIT_MOST)])
def test_a_page_has_one_item_at_least_and_no_more_than_the_most(asked: int, given_: int) -> None:
    assert bounded(asked) == given_


def test_moments_are_counted_exactly() -> None:
    assert micros(dt.datetime(2026, 6, 1, 12, 0, 0, 1, tzinfo=dt.UTC)) == 1_780_315_200_000_001
