"""Parts: every item once, in order, and never more than so many at a time."""

from hypothesis import given
from hypothesis import strategies as st

from services.api.web.parts import in_parts


@given(st.lists(st.integers(), max_size=30), st.integers(1, 7))
def test_the_parts_are_the_items_in_their_order_and_all_but_the_last_are_full(items: list[int], most: int) -> None:
    parts = list(in_parts(iter(items), most))

    assert [item for part in parts for item in part] == items
    assert all(len(part) == most for part in parts[:-1])
    assert all(0 < len(part) <= most for part in parts)
