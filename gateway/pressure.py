"""Back-pressure of one connection: queues facts while the bus is full, and pauses the reader meanwhile."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from gateway import metrics
from gateway.effects import Publish


class Room(Protocol):
    """Whether the bus has room for facts: `gateway.uplink.Uplink`."""

    @property
    def full(self) -> bool:
        """Whether there is no room now."""

    def when_room(self, callback: Callable[[], None]) -> None:
        """Call back once, when there is room again."""


class BackPressure:
    """Publishes the facts of a connection in order while the bus has room; otherwise queues them and pauses the reader.

    `waiting_facts` wait for room: those of one CALL, or of messages that were read already. `reader` is the future that the paused
    reader awaits; None while it is not paused.
    """

    __slots__ = ("_ended", "_publish", "_room", "reader", "waiting_facts")

    def __init__(self, room: Room, publish: Callable[[Publish], None]) -> None:
        self._room = room
        self._publish = publish
        self._ended = False
        self.waiting_facts: list[Publish] = []
        self.reader: asyncio.Future[None] | None = None

    def publish(self, facts: Publish) -> None:
        """Publish now, or queue behind the facts that wait for room. After `end`, publish without waiting."""
        if self._ended or not (self.waiting_facts or self._room.full):
            self._publish(facts)
            return
        if not self.waiting_facts:
            metrics.HELD_BACK.labels("bus").inc()
            self._room.when_room(self._publish_waiting)
        self.waiting_facts.append(facts)

    async def wait(self, full: Callable[[], bool], lost: "asyncio.Future[None]") -> None:
        """Wait while the connection is `full`, checking again at each `look_again`, or until `lost` is done."""
        while full() and not lost.done():
            self.reader = asyncio.get_running_loop().create_future()
            await asyncio.wait((self.reader, lost), return_when=asyncio.FIRST_COMPLETED)
            self.reader = None

    def look_again(self) -> None:
        """Have the paused reader check whether it may go on."""
        if self.reader is not None and not self.reader.done():
            self.reader.set_result(None)

    def end(self) -> None:
        """The connection is over. Waiting facts are dropped: they were not answered, so the station sends them again."""
        self._ended = True

    def _publish_waiting(self) -> None:
        while self.waiting_facts and not self._ended:
            if self._room.full:
                self._room.when_room(self._publish_waiting)
                return
            self._publish(self.waiting_facts.pop(0))
        self.look_again()
