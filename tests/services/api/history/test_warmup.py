"""The first questions to ClickHouse, asked before anybody waits for their answers."""

import asyncio
import datetime as dt
from typing import Any, cast

from services.api.history.warmup import WarmUp
from services.api.ports import Reads
from services.runtime.process.outage import Outage

NOON = dt.datetime(2025, 6, 1, 12, tzinfo=dt.UTC)


class Asked:
    """Answers everything with None, and refuses the first `outages` questions."""

    def __init__(self, *, outages: int = 0) -> None:
        self.names: list[str] = []
        self._outages = outages

    def __getattr__(self, name: str) -> Any:
        async def answer(*_args: object, **_kwargs: object) -> None:
            self.names.append(name)
            if self._outages:
                self._outages -= 1
                raise Outage("no such table yet")

        return answer


async def test_the_api_is_ready_once_clickhouse_has_answered() -> None:
    asked = Asked()
    warmup = WarmUp(cast(Reads, asked), lambda: NOON)
    assert warmup.not_ready() == ["the API asks ClickHouse for the first time"]

    await warmup.run(asyncio.Event())

    assert warmup.not_ready() == []
    assert {"session", "sessions", "stations"} <= set(asked.names)


async def test_tables_that_are_not_made_yet_are_waited_for() -> None:
    asked = Asked(outages=1)
    warmup = WarmUp(cast(Reads, asked), lambda: NOON)

    await warmup.run(asyncio.Event())

    assert warmup.not_ready() == []
    assert asked.names.count("session") == 2
