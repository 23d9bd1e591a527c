"""The orders in which a service may read its topics: Kafka keeps the order of each, and none between them."""

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st

from schemas.base import Record


def merged(draw: Any, topics: Iterable[Sequence[Record]]) -> list[Record]:
    """The records of several topics, each topic's in their order."""
    streams = list(topics)
    turns = draw(st.permutations([number for number, stream in enumerate(streams) for _ in stream]))
    rest = [iter(stream) for stream in streams]
    return [next(rest[number]) for number in turns]


def mixed(draw: Any, topics: Iterable[Sequence[Record]]) -> list[Record]:
    """The same, and some of them once more at the end, as after a crash."""
    order = merged(draw, topics)
    again = draw(st.lists(st.sampled_from(order), max_size=4)) if order else []
    return [*order, *again]
