"""Workers: what `python -m services` runs, and the one that runs a stateful `Service` on faust."""

import asyncio
from typing import Generic, Protocol

from services.runtime.service import S, Service
from services.runtime.settings import Settings


class Worker(Protocol):
    """Something that runs until told to stop, and knows why it cannot do its work."""

    name: str

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set. Raises on a bug, which ends the process loudly."""

    def not_ready(self) -> list[str]:
        """Why it cannot do its work now; empty when it can."""


class StreamWorker(Generic[S]):
    """Runs a `Service`: batches, state in a changelog, outputs before state before commit, time as records."""

    def __init__(self, service: Service[S], settings: Settings) -> None:
        self.name = service.name
        self._service = service
        self._settings = settings

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; an outage of Kafka is waited out, a bug is raised."""
        await stop.wait()

    def not_ready(self) -> list[str]:
        """Why this service cannot decide now."""
        return [f"{self.name} is starting"]
