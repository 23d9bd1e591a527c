"""Steady: Kafka as one life of a worker needs it: an outage is waited out, for as long as the worker's place is its own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from aiokafka.errors import UnknownTopicOrPartitionError

from services.runtime.membership import NO_PLACE, Membership
from services.runtime.outage import Outage
from services.runtime.producer import Outgoing, Publisher

log = logging.getLogger("voltbus.services")

T = TypeVar("T")

LOOK_EVERY_S = 0.1
AGAIN_AFTER_S = 0.25
GONE_AFTER = 20
"""So often in a row, a topic is unknown because it was deleted: the worker's next life learns which there are."""


class Steady:
    """Sends again and again what an outage did not let through; before each time the group has confirmed the place.

    So nothing is said by a worker whose records are another's by now, but for what was on its way when it lost them. What is sent
    again may be there already: its ids are the same.
    """

    def __init__(self, publisher: Publisher, membership: Membership, *, name: str) -> None:
        self._publisher = publisher
        self._membership = membership
        self._name = name
        self._place: tuple[int, str] | None = None
        self._leaving = False
        self._lost: Exception | None = None

    @property
    def begun(self) -> bool:
        """There are records of ours."""
        return self._place is not None

    def begin(self) -> None:
        """The records of the place that the group gives now are ours."""
        self._place, self._leaving = self._membership.place, False

    def leave(self) -> None:
        """They are being taken away: what cannot be done now is left to others."""
        self._leaving = True

    def left(self) -> None:
        """Nothing of that place is held any more: the group may give another one."""
        self._place = None

    def lose(self, reason: Exception) -> None:
        """Nothing more may be made of what is held."""
        self._lost = self._lost or reason

    def require(self) -> None:
        """Raises Outage once the place was lost, or whatever else it was lost for."""
        now = self._membership.place
        if self._membership.over or (self._place is not None and (self._place != now or now == NO_PLACE)):
            self.lose(Outage(f"{self._name} was silent for longer than its place in the group allows"))
        if self._lost is not None:
            raise self._lost

    async def placed(self) -> None:
        """Return when the group has confirmed the place lately. Raises Outage where it is lost, or to be given up."""
        self.require()
        while not self._membership.fresh:
            if self._leaving:
                raise Outage(f"{self._name} gives its place up without knowing whether it still has it")
            await asyncio.sleep(LOOK_EVERY_S)
            self.require()

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Send messages in order, and return when Kafka has them all. Raises Outage where the place was lost meanwhile."""
        await self._through(lambda: self._publisher.send(messages))

    async def topics(self) -> set[str]:
        """The names of all topics there are. Raises Outage as `send` does."""
        return await self._through(self._publisher.topics)

    async def _through(self, ask: Callable[[], Awaitable[T]]) -> T:
        told, gone = False, 0
        while True:
            await self.placed()
            try:
                return await ask()
            except Outage as outage:
                gone = gone + 1 if isinstance(outage.__cause__, UnknownTopicOrPartitionError) else 0
                if self._leaving or gone >= GONE_AFTER:
                    raise
                if not told:
                    log.warning("%s; trying again", outage)
                    told = True
            await asyncio.sleep(AGAIN_AFTER_S)
