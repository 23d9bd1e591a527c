"""Clock: a service's time as records: each key that wants it gets its `Due` record when its time has come, once."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Generic

from schemas.base import Due
from schemas.codec import encode
from schemas.topics import due_topic
from services.runtime.decoded import Place
from services.runtime.due import DueTimes
from services.runtime.producer import Outgoing
from services.runtime.service import S, Service
from services.runtime.states import Sender, States


class Clock(Generic[S]):
    """The due times of the owned keys; `known` only once they were read from all their states."""

    def __init__(self, service: Service[S], *, most_at_once: int) -> None:
        self.known = False
        self._service = service
        self._most_at_once = most_at_once
        self._due = DueTimes()

    def __len__(self) -> int:
        return len(self._due)

    def want(self, states: Mapping[Place, S]) -> None:
        """What the keys of changed states wait for now."""
        for place, state in states.items():
            self._due.want(place, self._service.due(state))

    def until_s(self, at_most_s: float) -> float:
        """How long until the next key is due."""
        if not self.known or (at := self._due.next_at()) is None:
            return at_most_s
        return min(at_most_s, max(0.001, (at - datetime.now(UTC)).total_seconds()))

    def is_due(self) -> bool:
        """Whether the time of some key has come."""
        at = self._due.next_at()
        return at is not None and at <= datetime.now(UTC)

    async def tell(self, sender: Sender) -> None:
        """Send a Due record to each key whose time has come."""
        topic, now = due_topic(self._service.name), datetime.now(UTC)
        told = self._due.take(now, self._most_at_once)
        await sender.send(
            [
                Outgoing(topic, key.encode(), encode(Due(key=key, at=at, sent_at=now)), partition)
                for (partition, key), at in told
            ]
        )

    async def read(self, states: States[S]) -> None:
        """The due times of all states, after a recovery."""
        self.known, self._due = True, DueTimes()
        for number, (place, state) in enumerate(states.saved()):
            self._due.want(place, self._service.due(state))
            if number % 1000 == 999:
                await asyncio.sleep(0)
