"""Local lists in ClickHouse."""

from typing import Protocol

from services.api.history.listing import Listing, Where, in_micros
from services.api.locallists.rows import ALL_LOCAL_LISTS, LocalList, LocalListFilter
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class LocalListReads(Protocol):
    """Local lists. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def local_lists(
        self, where: LocalListFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[LocalList]: ...

    async def local_list(self, station: str) -> LocalList | None: ...


_LISTS = Listing(
    table="local_lists",
    struct=LocalList,
    at_us=in_micros("t.changed_at"),
    id="t.station",
    columns={"groups": "t.token_groups", "labels": "t.token_labels"},
    convert={"groups": tuple, "labels": tuple},
)


async def local_lists(
    db: ClickHouse, where: LocalListFilter = ALL_LOCAL_LISTS, *, cursor: str | None = None, limit: int = 50
) -> Page[LocalList]:
    """Local lists, the one that changed last first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.status = {status:String}", status=where.status)
    return await _LISTS.page(db, conditions, cursor=cursor, limit=limit)


async def local_list(db: ClickHouse, station: str) -> LocalList | None:
    """The list of a station; None where nobody ever managed it. Raises Outage."""
    return await _LISTS.one(db, Where("t.station = {station:String}", station=station))
