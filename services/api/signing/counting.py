"""Counting: how many certificates of stations expire soon, for metrics: asked of ClickHouse now and then."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable

from services.api.signing.reads import SigningReads
from services.api.web.metrics import CERTIFICATES_EXPIRING, CERTIFICATES_IN_USE
from services.runtime.process.outage import Outage

EVERY_S = 300.0
AGAIN_S = 15.0
"""After an outage."""


class ExpiryCount:
    """Sets the gauges while the API runs."""

    def __init__(self, reads: SigningReads, clock: Callable[[], dt.datetime]) -> None:
        self._reads = reads
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        """Count until `stop` is set."""
        while not stop.is_set():
            wait_s = EVERY_S if await self.count() else AGAIN_S
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait_s)

    async def count(self) -> bool:
        """Count once; False where ClickHouse does not answer: the gauges stay as they were."""
        try:
            found = await self._reads.expiring_certificates(self._clock())
        except Outage:
            return False
        CERTIFICATES_IN_USE.set(found.in_use)
        CERTIFICATES_EXPIRING.labels("7d").set(found.within_7_days)
        CERTIFICATES_EXPIRING.labels("30d").set(found.within_30_days)
        return True
