"""Steady: sends for one `Life` of a worker, and retries through an outage as long as the worker is a confirmed member of its group."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from aiokafka.errors import UnknownTopicOrPartitionError

from services.runtime.bus.membership import NO_MEMBER
from services.runtime.bus.outgoing import Outgoing
from services.runtime.process.outage import Outage

log = logging.getLogger("voltbus.services")

T = TypeVar("T")

LOOK_EVERY_S = 0.1
AGAIN_AFTER_S = 0.25
GONE_AFTER = 20
"""After so many failures in a row an unknown topic counts as deleted: the worker's next life reads the list of topics again."""


class Broker(Protocol):
    """Takes messages: a `Publisher`, or a fake."""

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Send messages in order; return when all are acknowledged. Raises Outage."""

    async def topics(self) -> set[str]:
        """The names of all topics. Raises Outage."""


class Member(Protocol):
    """The membership in the group: a `Membership`, or a fake."""

    over: bool
    """The membership is lost, and the consumer does not join again."""

    @property
    def identity(self) -> tuple[int, str]:
        """The generation of the group and the member's id in it."""

    @property
    def fresh(self) -> bool:
        """Whether the group confirmed the membership so recently that nobody else can own its partitions yet."""


class Steady:
    """Retries what an outage interrupted; before each try the group must have confirmed the membership recently.

    A worker that has lost its partitions sends nothing more, except a request already on the wire. A message that is sent again may
    have arrived before: its id is the same.
    """

    def __init__(self, broker: Broker, member: Member, *, name: str) -> None:
        self._broker = broker
        self._member = member
        self._name = name
        self._identity: tuple[int, str] | None = None
        self._leaving = False
        self._lost: Exception | None = None

    @property
    def owns_partitions(self) -> bool:
        """Whether this member owns partitions whose records it may apply."""
        return self._identity is not None

    def begin(self) -> None:
        """Partitions were assigned: note our identity in the group, as which everything from here on is sent."""
        self._identity, self._leaving = self._member.identity, False

    def leave(self) -> None:
        """The partitions are being revoked: from now on a send is tried once; what fails is left to the next owner."""
        self._leaving = True

    def release(self) -> None:
        """The revoked partitions are settled: the group may give us another generation."""
        self._identity = None

    def lose(self, reason: Exception) -> None:
        """Allow no more sends in this life; `require` raises the first reason given."""
        self._lost = self._lost or reason

    def require(self) -> None:
        """Raise Outage where the membership was lost, or the reason given to `lose`."""
        now = self._member.identity
        if self._member.over or (self._identity is not None and (self._identity != now or now == NO_MEMBER)):
            self.lose(Outage(f"{self._name} was silent for longer than its group allows"))
        if self._lost is not None:
            raise self._lost

    async def wait_until_confirmed(self) -> None:
        """Wait until the group recently confirmed our membership. Raises Outage where it is lost or the partitions are being revoked."""
        self.require()
        while not self._member.fresh:
            if self._leaving:
                raise Outage(f"{self._name} leaves its partitions without knowing whether it still owns them")
            await asyncio.sleep(LOOK_EVERY_S)
            self.require()

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Send messages in order; return when all are acknowledged. Raises Outage where the membership was lost meanwhile."""
        await self._retry(lambda: self._broker.send(messages))

    async def topics(self) -> set[str]:
        """The names of all topics. Raises Outage as `send` does."""
        return await self._retry(self._broker.topics)

    async def _retry(self, call: Callable[[], Awaitable[T]]) -> T:
        warned, unknown_topic_tries = False, 0
        while True:
            await self.wait_until_confirmed()
            try:
                return await call()
            except Outage as outage:
                unknown_topic_tries = (
                    unknown_topic_tries + 1 if isinstance(outage.__cause__, UnknownTopicOrPartitionError) else 0
                )
                if self._leaving or unknown_topic_tries >= GONE_AFTER:
                    raise
                if not warned:
                    log.warning("%s; trying again", outage)
                    warned = True
            await asyncio.sleep(AGAIN_AFTER_S)
