"""Workers: the interface of what `python -m services` runs, and the worker of a stateful `Service`."""

import asyncio
import contextlib
import logging
from typing import Generic, Protocol

from aiokafka.errors import KafkaError

from services.runtime.bus.reference import CompactedView, with_references
from services.runtime.loop.attempt import Attempt
from services.runtime.loop.service import S, Service
from services.runtime.process import metrics
from services.runtime.process.outage import RETRY_S, Outage
from services.runtime.process.settings import Settings

log = logging.getLogger("voltbus.services")


class Worker(Protocol):
    """Runs until it is asked to stop, and reports why it cannot do its work."""

    name: str

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set. Raises on a bug, which ends the process loudly."""

    def not_ready(self) -> list[str]:
        """The reasons why it cannot do its work now; empty when it can."""


class StreamWorker(Generic[S]):
    """Runs a `Service`: applies batches, sends outputs, then saves states to the changelog, then commits; time comes as `Due` records."""

    def __init__(self, service: Service[S], settings: Settings) -> None:
        self.name = service.name
        self.service = service
        self._settings = settings
        self._trouble = f"{self.name} is starting"
        self._attempt: Attempt[S] | None = None
        self._references = CompactedView(*service.references, settings=settings) if service.references else None

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set. Retries while Kafka is away; raises a bug."""
        if self._references is None:
            await self._work(self.service, stop)
            return
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._references.run(stop), name=f"{self.name}-references")
                group.create_task(self._work_with_references(self._references, stop), name=self.name)
        except ExceptionGroup as ended:
            raise ended.exceptions[0] from None  # the first one caused the other's cancellation

    async def _work_with_references(self, references: CompactedView, stop: asyncio.Event) -> None:
        """Start stepping records once all reference data is read."""
        waits = [asyncio.create_task(references.caught_up.wait()), asyncio.create_task(stop.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        await self._work(with_references(self.service, references), stop)

    async def _work(self, service: Service[S], stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._attempt = Attempt(service, self._settings)
            try:
                await self._attempt.run(stop)
            except (Outage, KafkaError, OSError, TimeoutError) as error:
                self._report_trouble(f"{self.name} waits for Kafka: {error or type(error).__name__}")
            finally:
                self._attempt = None
                metrics.PARTITIONS.labels(self.name).set(0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RETRY_S):
                    await stop.wait()

    def _report_trouble(self, trouble: str) -> None:
        metrics.OUTAGES.labels(self.name, "kafka").inc()
        if trouble != self._trouble:
            log.warning("%s; trying again", trouble)
        self._trouble = trouble

    def not_ready(self) -> list[str]:
        """The reasons why this service cannot decide now; empty when it can."""
        if self._references is not None and (reasons := self._references.not_ready()):
            return reasons
        attempt = self._attempt
        if attempt is None or attempt.stream is None:
            return [self._trouble]
        if not attempt.stream.recovered:
            return [f"{self.name} is joining its group or reading its state"]
        return attempt.publisher.not_ready()
