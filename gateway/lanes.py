"""Lanes: one for each partition that records leave for, with what waits there and who waits for it."""

from collections import deque
from typing import Any, Protocol

import msgspec

from schemas.topics import FRAMES


class Owner(Protocol):
    """Who waits for records to be stored."""

    def stored(self, token: Any) -> None:
        """The bus has all records of the token."""

    def unstorable(self, token: Any) -> None:
        """The bus will never take one of them."""


class Ticket(msgspec.Struct, gc=False):
    """Who waits for `missing` records."""

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
    """One partition: what waits for it, and whether a batch is on its way or due. `alone`: so many go in batches of one.

    `patient`: a partition of frame logs, that nobody waits for. `overfull`: one batch did not take all there was.
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
