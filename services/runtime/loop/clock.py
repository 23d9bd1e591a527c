"""Clock: gives a service time as records. It sends each key one `Due` record when it is due."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Generic

from schemas.base import Due
from schemas.codec import encode
from schemas.topics import due_topic
from services.runtime.bus.outgoing import Outgoing
from services.runtime.loop.decoded import PartitionKey
from services.runtime.loop.due import DueTimes
from services.runtime.loop.service import S, Service
from services.runtime.loop.states import Sender, States


class Clock(Generic[S]):
    """The due times of the owned keys; `loaded` once they were read from all saved states."""

    def __init__(self, service: Service[S], *, most_at_once: int) -> None:
        self.loaded = False
        self._service = service
        self._most_at_once = most_at_once
        self._due = DueTimes()

    def __len__(self) -> int:
        return len(self._due)

    def want(self, states: Mapping[PartitionKey, S]) -> None:
        """Set the due times of changed states."""
        for partition_key, state in states.items():
            self._due.want(partition_key, self._service.due(state))

    def until_s(self, at_most_s: float) -> float:
        """Seconds until the next key is due, at most `at_most_s`."""
        if not self.loaded or (at := self._due.next_at()) is None:
            return at_most_s
        return min(at_most_s, max(0.001, (at - datetime.now(UTC)).total_seconds()))

    def is_due(self) -> bool:
        """Whether some key is due."""
        at = self._due.next_at()
        return at is not None and at <= datetime.now(UTC)

    async def send_due(self, sender: Sender) -> None:
        """Send a Due record to each key that is due."""
        topic, now = due_topic(self._service.name), datetime.now(UTC)
        due_keys = self._due.take(now, self._most_at_once)
        await sender.send(
            [
                Outgoing(topic, key.encode(), encode(Due(key=key, at=at, sent_at=now)), partition)
                for (partition, key), at in due_keys
            ]
        )

    async def ask_anew(self, states: States[S]) -> None:
        """What every key waits for now, after reference data changed that decide about it."""
        for number, (place, state) in enumerate(states.all()):
            self._due.want(place, self._service.due(state))
            if number % 200 == 199:
                await asyncio.sleep(0)

    async def read(self, states: States[S]) -> None:
        """Read the due times of all saved states, after a recovery."""
        self.loaded, self._due = True, DueTimes()
        for number, (partition_key, state) in enumerate(states.saved()):
            self._due.want(partition_key, self._service.due(state))
            if number % 1000 == 999:
                await asyncio.sleep(0)
