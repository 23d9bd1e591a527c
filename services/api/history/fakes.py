"""A fake of ClickHouse, shipped beside the port: each noun adds its own reads to it."""

from typing import Any

from services.api.web.paging import BadCursor
from services.runtime.process.outage import Outage


class FakeHistory:
    """ClickHouse with a few rows. `asked`: with which arguments each read was called last; `cursors`: those it takes;
    `away`: every read is an outage."""

    def __init__(self) -> None:
        self.away = False
        self.cursors: set[str] = set()
        self.asked: dict[str, tuple[Any, ...]] = {}

    def _ask(self, name: str, *arguments: Any, cursor: str | None = None) -> None:
        if self.away:
            raise Outage("ClickHouse does not answer")
        if cursor is not None and cursor not in self.cursors:
            raise BadCursor(f"{cursor!r} is no cursor")
        self.asked[name] = arguments
