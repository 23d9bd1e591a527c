"""Lanes: one queue of unsent records per partition, with the owners that wait for them."""

from collections import deque
from typing import Any, Protocol

import msgspec

from schemas.frames import FRAMES


class Owner(Protocol):
    """Waits for records to be stored."""

    def on_stored(self, token: Any) -> None:
        """All records of the token are acknowledged."""

    def on_unstorable(self, token: Any) -> None:
        """One of the records can never be stored."""


class Ticket(msgspec.Struct, gc=False):
    """An owner that waits for `missing` records."""

    owner: Owner
    token: object
    missing: int


class Item(msgspec.Struct, frozen=True, gc=False):
    """A record in a lane. `is_log`: a frame of the OCPP log, outside the budget of facts."""

    key: bytes
    value: bytes
    since: float
    ticket: Ticket | None
    is_log: bool


class Lane:
    """The queue of one partition. `busy`: a batch is in flight or due. `alone`: the next so many records go in batches of one.

    `patient`: a partition of frame logs, which nobody waits for. `overfull`: the last batch could not take all records.
    """

    __slots__ = ("alone", "busy", "items", "overfull", "partition", "patient", "topic")

    def __init__(self, topic: str, partition: int) -> None:
        self.topic = topic
        self.partition = partition
        self.patient = topic == FRAMES.name
        self.overfull = False
        self.items: deque[Item] = deque()
        self.busy = False
        self.alone = 0
