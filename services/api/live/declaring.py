"""What a noun declares so that its events are followed and its reads are as new as Kafka, once, in its folder's `live.py`."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from schemas.base import Record
from schemas.topic import Topic
from services.api.live.merging import Order

Rules = Mapping[str, Callable[[Any, Any], bool]]
"""For each member of a list's filter, whether a record fits what is asked for."""


class LiveNoun(msgspec.Struct, frozen=True, kw_only=True):
    """A noun whose `record` is a snapshot with a growing `revision`, on `topic`.

    `kind` is that of its events. `id` is the record's member by which it is found. `row` makes the API's row of a record. `many` and
    `one` are the names of its reads: a list by `filter`, in `order`, and a single one by its id. Raises ValueError where `rules` and
    the members of `filter` differ.
    """

    kind: str
    topic: Topic
    record: type[Record]
    id: str
    row: Callable[[Any], Any]
    many: str
    one: str
    filter: type[msgspec.Struct]
    rules: Rules
    order: Order[Any]

    def __post_init__(self) -> None:
        """Check that no member of the filter is forgotten."""
        if set(self.filter.__struct_fields__) != set(self.rules):
            raise ValueError(f"every member of {self.filter.__name__} needs its rule, and no other has one")
