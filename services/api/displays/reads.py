"""Display messages in ClickHouse."""

from typing import Any, Protocol

import msgspec

from schemas.displays import Translation
from services.api.displays.rows import ALL_MESSAGES, Message, MessageFilter
from services.api.history.listing import Listing, Where, in_micros
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class DisplayReads(Protocol):
    """Display messages. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def display_messages(
        self, where: MessageFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Message]: ...

    async def display_message(self, display_message: str) -> Message | None: ...


def translations(text: str) -> Any:
    """The text in other languages, as the table keeps it."""
    return msgspec.json.decode(text or "[]", type=tuple[Translation, ...])


_MESSAGES = Listing(
    table="display_messages",
    struct=Message,
    at_us=in_micros("t.requested_at"),
    id="t.display_message",
    convert={"translations": translations},
)


async def display_messages(
    db: ClickHouse, where: MessageFilter = ALL_MESSAGES, *, cursor: str | None = None, limit: int = 50
) -> Page[Message]:
    """Messages by their request, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.status = {status:String}", status=where.status)
    return await _MESSAGES.page(db, conditions, cursor=cursor, limit=limit)


async def display_message(db: ClickHouse, display_message: str) -> Message | None:
    """One message; None where there is none of that id. Raises Outage."""
    return await _MESSAGES.one(
        db, Where("t.display_message = {display_message:String}", display_message=display_message)
    )
