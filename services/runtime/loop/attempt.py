"""Attempt: joins a worker to its consumer group, runs its `Life` there, and leaves when it is stopped, Kafka is away or a bug is raised."""

import asyncio
import logging
from typing import Any, Generic

from schemas.topics import due_topic, state_topic
from services.runtime.bus.ends import Ends
from services.runtime.bus.membership import FRESH
from services.runtime.bus.producer import Publisher
from services.runtime.bus.topics import require_dead_letters, require_topics
from services.runtime.faust.stream import Stream
from services.runtime.loop.life import Life, Ports
from services.runtime.loop.service import S, Service
from services.runtime.process.outage import Outage
from services.runtime.process.settings import Settings
from services.runtime.replay.move import require_moved

log = logging.getLogger("voltbus.services")

STOP_WITHIN_S = 20.0
PATIENCE = 1 - FRESH
"""Share of the session timeout after which a send is given up: a membership that was fresh when it began lasts that long."""


class Attempt(Generic[S]):
    """One membership of a worker. `run` returns when it is asked to stop, and raises when Kafka is away for long or a bug shows."""

    def __init__(self, service: Service[S], settings: Settings) -> None:
        self._service = service
        self._settings = settings
        self.publisher = Publisher(settings, name=service.name, timeout_s=PATIENCE * settings.session_timeout_s)
        self.stream: Stream | None = None
        self._ends = Ends(settings, name=service.name)

    async def run(self, stop: asyncio.Event) -> None:
        """Join, work, leave. Raises Unusable, Outage, KafkaError, or whatever a bug raises."""
        try:
            await self.publisher.start()
            topics = await self._required_topics()
            await self._require_moved()
            stream = self.stream = self._stream()
            ports = Ports(source=stream, broker=self.publisher, reach=self._ends, topics=frozenset(topics))
            life = Life(self._service, self._settings, ports)
            stream.store.recovered = life.recovered
            stream.on_revoked(life.settle)
            if await self._join(stream, stop):
                log.info("%s joined its group", self._service.name)
                await self._until_first(life, stream, stop)
        finally:
            await self._end()

    async def _required_topics(self) -> set[str]:
        topics = await require_topics((*self._inputs, state_topic(self._service.name)), self._settings)
        if self._settings.bus == "kafka":  # the embedded bus makes topics on first use
            require_dead_letters(self._inputs, topics)
        return topics

    async def _require_moved(self) -> None:
        """Refuse to start a service without its states while another worker still has them. Raises Unusable."""
        for service in self._service.parts or (self._service,):
            if service.elsewhere and self._settings.bus == "kafka":  # the embedded bus keeps nothing across a restart
                await require_moved(service, self._service.name, self._settings)

    def _stream(self) -> Stream:
        name = self._service.name
        return Stream(
            group=f"voltbus.{name}", topics=self._inputs, changelog=state_topic(name), settings=self._settings
        )

    @property
    def _inputs(self) -> tuple[str, ...]:
        return (*(topic.name for topic in self._service.inputs), due_topic(self._service.name))

    async def _join(self, stream: Stream, stop: asyncio.Event) -> bool:
        """Join the group and read the states; False when `stop` was set meanwhile."""
        starting = asyncio.create_task(stream.start())
        others = [asyncio.create_task(stop.wait()), asyncio.create_task(self._faust_ended(stream))]
        try:
            await asyncio.wait([starting, *others], return_when=asyncio.FIRST_COMPLETED)
            for task in (starting, others[1]):
                if task.done():
                    task.result()
            return starting.done()
        finally:
            await _cancel(starting, *others)

    async def _until_first(self, life: Life[S], stream: Stream, stop: asyncio.Event) -> None:
        tasks = [
            asyncio.create_task(wait, name=f"{self._service.name}-{what}")
            for what, wait in (
                ("stop", stop.wait()),
                ("faust", self._faust_ended(stream)),
                ("beginnings", life.begin_for_ever()),
                ("batches", life.apply_for_ever()),
                ("commits", life.commit_for_ever()),
                ("membership", life.watch_for_ever()),
            )
        ]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        try:
            if tasks[0] in done:
                await life.settle()
            for task in done:
                task.result()
        finally:
            await _cancel(*tasks)

    async def _faust_ended(self, stream: Stream) -> None:
        reason = await stream.failed()
        if reason is None or isinstance(reason, asyncio.CancelledError):
            raise Outage(f"faust has ended {self._service.name} by itself")
        raise reason

    async def _end(self) -> None:
        if self.stream is not None:
            async with asyncio.timeout(STOP_WITHIN_S):
                await self.stream.stop()
        await self._ends.stop()
        await self.publisher.stop()


async def _cancel(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
