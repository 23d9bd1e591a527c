"""The audit log in ClickHouse. Entries are read from what their digest is made of."""

from typing import Protocol

import msgspec

from schemas.audit import AuditRecorded
from services.api.audit.rows import ALL_ENTRIES, AuditFilter
from services.api.history.listing import Listing, Where, in_micros, micros_or_none
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class AuditReads(Protocol):
    """The audit log. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def audit_entries(
        self, where: AuditFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[AuditRecorded]: ...


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    entry: str


_ENTRIES = Listing(
    table="audit", struct=_Row, at_us=in_micros("t.at"), order="t.sequence", id="t.writer", descending=True
)
_DECODER = msgspec.json.Decoder(AuditRecorded)


async def audit_entries(
    db: ClickHouse, where: AuditFilter = ALL_ENTRIES, *, cursor: str | None = None, limit: int = 50
) -> Page[AuditRecorded]:
    """Entries by their time, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    for member in ("actor", "noun", "action", "request_id"):
        conditions.add(f"t.{member} = {{{member}:String}}", **{member: getattr(where, member)})
    conditions.add("has(t.stations, {station:String})", station=where.station)
    conditions.add("has(t.subjects, {subject:String})", subject=where.subject)
    conditions.add("positionCaseInsensitiveUTF8(t.entry, {search:String}) > 0", search=where.search)
    conditions.add(f"{in_micros('t.at')} >= {{since:Int64}}", since=micros_or_none(where.since))
    conditions.add(f"{in_micros('t.at')} < {{until:Int64}}", until=micros_or_none(where.until))
    page = await _ENTRIES.page(db, conditions, cursor=cursor, limit=limit)
    return Page(tuple(_DECODER.decode(row.entry) for row in page.items), page.next_cursor)
