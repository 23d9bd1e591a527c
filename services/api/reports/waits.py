"""ReportMemory: recent reports as read from Kafka, and the HTTP requests that wait until one has ended."""

import asyncio
import contextlib
from collections import OrderedDict

from schemas.reports import ENDED, ReportChanged
from services.api.web.metrics import WAITS_REFUSED


class ReportMemory:
    """Bounded by two limits: the oldest reports are forgotten, and a request with a wait too many does not wait at all."""

    def __init__(self, *, recent_limit: int, waiting_limit: int) -> None:
        self._recent_limit = recent_limit
        self._waiting_limit = waiting_limit
        self._recent: OrderedDict[str, ReportChanged] = OrderedDict()
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}
        self._waits = 0

    def changed(self, record: ReportChanged) -> None:
        """A report has changed: whoever waits for its end learns of it."""
        known = self._recent.get(record.report)
        if known is not None and known.revision > record.revision:
            return
        self._recent[record.report] = record
        if len(self._recent) > self._recent_limit:
            self._recent.popitem(last=False)
        if record.status in ENDED:
            for ended in self._waiting.pop(record.report, ()):
                if not ended.done():
                    ended.set_result(None)

    def find(self, report: str) -> ReportChanged | None:
        """What is remembered of a report."""
        return self._recent.get(report)

    async def ended(self, report: str, *, within_s: float) -> ReportChanged | None:
        """Wait until the report has ended; then, and when that takes too long, the report as far as it is known."""
        known = self.find(report)
        if within_s > 0 and (known is None or known.status not in ENDED):
            await self._end(report, within_s)
        return self.find(report)

    async def _end(self, report: str, within_s: float) -> None:
        if self._waits >= self._waiting_limit:
            WAITS_REFUSED.inc()
            return
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(report, []).append(ended)
        self._waits += 1
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended, within_s)
        finally:
            self._waits -= 1
            others = [each for each in self._waiting.get(report, ()) if each is not ended]
            if others:
                self._waiting[report] = others
            else:
                self._waiting.pop(report, None)
