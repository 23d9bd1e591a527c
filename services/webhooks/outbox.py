"""Outbox: runs a receiver for each webhook that is enabled, and replaces it when its webhook changes."""

import asyncio
import contextlib
from typing import NamedTuple

from schemas.base import Record
from schemas.sealing import Seal
from schemas.stations import REF_STATIONS, StationProvisioned, tenant_of
from schemas.topic import Topic
from schemas.webhooks import REF_WEBHOOKS, WebhookProvisioned
from services.runtime.bus.producer import Publisher
from services.runtime.bus.readpositions import Mark
from services.runtime.bus.reference import CompactedView
from services.webhooks.receiver import Receiver
from services.webhooks.settings import WebhooksSettings

LOOK_AGAIN_S = 30.0


class _Running(NamedTuple):
    webhook: WebhookProvisioned
    stop: asyncio.Event
    task: asyncio.Task[None]


class Outbox:
    """The worker of `webhooks`: any number of these share the partitions of every webhook."""

    name = "webhooks"

    def __init__(self, settings: WebhooksSettings, seal: Seal) -> None:
        self._settings = settings
        self._seal = seal
        self._changed = asyncio.Event()
        self._publisher = Publisher(settings, name=self.name)
        self._view = CompactedView(REF_WEBHOOKS, REF_STATIONS, settings=settings, changed=self._note)
        self._running: dict[str, _Running] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set. Raises a bug."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._view.run(stop), name="webhooks-reference")
                group.create_task(self._keep(stop, group), name=self.name)
        except ExceptionGroup as ended:
            raise ended.exceptions[0] from None  # the first one caused the others' cancellation
        finally:
            await self._publisher.stop()

    def not_ready(self) -> list[str]:
        """Why nothing is delivered now. A receiver that does not answer is no reason: its deliveries wait."""
        return self._view.not_ready()

    async def _keep(self, stop: asyncio.Event, group: asyncio.TaskGroup) -> None:
        await _either(self._view.caught_up, stop)
        while not stop.is_set():
            self._changed.clear()
            wanted = self._wanted()
            await self._end({name for name, running in self._running.items() if wanted.get(name) != running.webhook})
            for name in wanted.keys() - self._running.keys():
                self._begin(wanted[name], group)
            await _either(self._changed, stop)
        await self._end(set(self._running))

    def _wanted(self) -> dict[str, WebhookProvisioned]:
        return {
            name: record
            for name, record in self._view.all(REF_WEBHOOKS).items()
            if isinstance(record, WebhookProvisioned) and record.enabled
        }

    def _begin(self, webhook: WebhookProvisioned, group: asyncio.TaskGroup) -> None:
        receiver = Receiver(
            webhook,
            settings=self._settings,
            seal=self._seal,
            placed=self._placed,
            publish=self._publisher.publish,
        )
        stop = asyncio.Event()
        task = group.create_task(receiver.run(stop), name=f"webhook-{webhook.webhook}")
        self._running[webhook.webhook] = _Running(webhook, stop, task)

    async def _end(self, names: set[str]) -> None:
        """Stop these receivers and wait until what they have in flight is over."""
        ending = [self._running.pop(name) for name in names]
        for running in ending:
            running.stop.set()
        await asyncio.gather(*(running.task for running in ending))

    def _placed(self, station: str) -> tuple[str, str]:
        record = self._view.get(REF_STATIONS, station)
        return (record.site if isinstance(record, StationProvisioned) else "", tenant_of(record))

    def _note(self, topic: Topic, key: str, record: Record | None, mark: Mark) -> None:
        if topic is REF_WEBHOOKS:
            self._changed.set()


async def _either(*events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, timeout=LOOK_AGAIN_S, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await wait
