"""The core of a service under test: records go in, what it says comes out, and time is moved by hand."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from schemas.base import Due, Record

S = TypeVar("S")
Step = Callable[[S, Record], tuple[S, list[Record]]]


class Core(Generic[S]):
    """One key of a service: its state, and all that was said of it (`said`)."""

    def __init__(self, state: S, step: Step[S], *records: Record, due: Callable[[S], Any] = lambda _: None) -> None:
        self.state = state
        self.said: list[Record] = []
        self._step = step
        self._due = due
        self.feed(*records)

    def feed(self, *records: Record) -> list[Record]:
        """Apply records; give what they made the service say."""
        said: list[Record] = []
        for record in records:
            self.state, outputs = self._step(self.state, record)
            self.check(record, outputs)
            said += outputs
        self.said += said
        return said

    def check(self, record: Record, outputs: list[Record]) -> None:
        """What must hold of every step, for a service that has such a rule."""

    def pass_time(self, key: str, now: dt.datetime, *, late: bool = False) -> list[Record]:
        """Send a Due for each moment that was asked for until `now`; `late`: all of them only then."""
        said: list[Record] = []
        while (moment := self._due(self.state)) is not None and moment <= now:
            before = self.state
            said += self.feed(Due(key=key, at=moment, sent_at=now if late else moment))
            assert self.state != before, "a Due that changes nothing would come for ever"
        return said
