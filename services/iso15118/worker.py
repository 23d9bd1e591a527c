"""Worker: reads what stations ask, and publishes what they are answered."""

import asyncio
import datetime as dt
from collections.abc import Callable

from schemas.codec import Decoder
from schemas.iso15118 import ISO15118_REQUESTS, CertificateStatusAsked, ContractCertificateAsked
from services.iso15118.answering import Answering, Asked
from services.iso15118.settings import Iso15118Settings
from services.runtime.bus.consumer import BatchConsumer, Records
from services.runtime.bus.producer import Publisher
from services.runtime.loop.intake import taken_in

AT_ONCE = 64
"""Requests that are answered at once: each takes as long as who is asked, and no longer than the station waits."""

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """The time."""
    return dt.datetime.now(dt.UTC)


class Iso15118Worker:
    """The worker. Any number of these share the requests; those of a station come to one of them."""

    name = "iso15118"

    def __init__(self, answering: Answering, settings: Iso15118Settings, *, clock: Clock = utc_now) -> None:
        self._answering = answering
        self._clock = clock
        self._publisher = Publisher(settings, name=self.name)
        self._decoder = Decoder(ISO15118_REQUESTS)
        self._requests = BatchConsumer(
            (ISO15118_REQUESTS.name,), self.name, self.handle, settings=settings, max_records=AT_ONCE, rest_ms=20
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Answer until `stop` is set. Raises a bug."""
        try:
            await self._requests.run(stop)
        finally:
            await self._publisher.stop()
            await self._answering.close()

    def not_ready(self) -> list[str]:
        """Why no request is answered now."""
        return self._requests.not_ready()

    async def handle(self, records: Records) -> None:
        """Answer a batch of requests, each as soon as it can be. Raises Outage: then the batch comes again."""
        kinds: tuple[type[Asked], ...] = (CertificateStatusAsked, ContractCertificateAsked)
        requests = await taken_in(
            records, self._decoder, *kinds, service=self.name, sender=self._publisher, clock=self._clock
        )
        await asyncio.gather(*(self._answer(asked) for asked in requests))

    async def _answer(self, asked: Asked) -> None:
        await self._publisher.publish(*await self._answering.answered(asked))
