"""Watch: checks that ClickHouse answers, so that a projection with nothing to insert is not reported ready during an outage."""

import asyncio
import contextlib

from services.runtime.clickhouse import open_clickhouse
from services.runtime.process.outage import Outage
from services.runtime.process.settings import ClickHouseSettings

LOOK_EVERY_S = 5.0


class ClickHouseWatch:
    """Runs `SELECT 1` every few seconds, with the DSN of the process."""

    name = "clickhouse"

    def __init__(self, settings: ClickHouseSettings, *, every_s: float = LOOK_EVERY_S) -> None:
        self._db = open_clickhouse(settings.clickhouse, "system", connections=1)
        self._every_s = every_s
        self._trouble = ["ClickHouse was not asked yet"]

    async def run(self, stop: asyncio.Event) -> None:
        """Ask until `stop` is set."""
        try:
            while not stop.is_set():
                await self._look()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._every_s):
                        await stop.wait()
        finally:
            await self._db.close()

    def not_ready(self) -> list[str]:
        """The reasons why ClickHouse cannot be used now; empty when it can."""
        return self._trouble

    async def _look(self) -> None:
        try:
            await self._db.rows("SELECT 1")
        except Outage as outage:
            self._trouble = [str(outage)]
        else:
            self._trouble = []
