"""Fakes of the reads of logs and of the store of files, in memory."""

import hashlib
from collections.abc import AsyncIterator

from services.api.diagnostics.rows import ALL_LOGS, Log, LogFilter
from services.api.diagnostics.store import Stored, TooLarge
from services.api.history.fakes import FakeHistory
from services.api.web.paging import Page


class FakeLogs(FakeHistory):
    """Logs."""

    def __init__(self) -> None:
        super().__init__()
        self.log_rows: dict[str, Log] = {}

    async def logs(self, where: LogFilter = ALL_LOGS, *, cursor: str | None = None, limit: int = 50) -> Page[Log]:
        """Every log, whatever the filter."""
        self._ask("logs", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.log_rows.values())[:limit])

    async def log(self, log: str) -> Log | None:
        """The log's row."""
        self._ask("log", log)
        return self.log_rows.get(log)


class FakeFiles:
    """Files in a dict, by their place."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    async def put(self, place: str, parts: AsyncIterator[bytes], *, most: int) -> Stored:
        """Keep the file, once it is whole."""
        content = b"".join([part async for part in parts])
        if len(content) > most:
            raise TooLarge
        self.held[place] = content
        return Stored(size=len(content), sha256=hashlib.sha256(content).hexdigest())

    async def get(self, place: str) -> AsyncIterator[bytes] | None:
        """The file in two parts."""
        content = self.held.get(place)
        return None if content is None else _halves(content)


async def _halves(content: bytes) -> AsyncIterator[bytes]:
    middle = len(content) // 2
    for part in (content[:middle], content[middle:]):
        yield part
