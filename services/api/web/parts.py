"""Parts: many items, a bounded number at a time. PURE."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def in_parts(items: Iterable[T], most: int) -> Iterator[list[T]]:
    """The items in their order, at most so many at a time."""
    rest = iter(items)
    while some := list(islice(rest, most)):
        yield some
