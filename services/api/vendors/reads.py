"""Data transfers in ClickHouse."""

import datetime as dt
from typing import Protocol

from services.api.history.listing import Listing, Where, decoded, in_micros
from services.api.vendors.rows import ALL_TRANSFERS, SeenVendor, TransferFilter, Transferred
from services.api.web.paging import Page, micros
from services.runtime.clickhouse import ClickHouse


class VendorReads(Protocol):
    """Data transfers. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def data_transfers(
        self, where: TransferFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Transferred]: ...

    async def unknown_vendors(self, since: dt.datetime, *, limit: int = 50) -> tuple[SeenVendor, ...]: ...


_TRANSFERS = Listing(
    table="data_transfers",
    struct=Transferred,
    at_us=in_micros("t.received_at"),
    convert={"data": decoded, "answer": lambda text: decoded(text or None)},
)


async def data_transfers(
    db: ClickHouse, where: TransferFilter = ALL_TRANSFERS, *, cursor: str | None = None, limit: int = 50
) -> Page[Transferred]:
    """Data transfers, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("lowerUTF8(t.vendor_id) = lowerUTF8({vendor_id:String})", vendor_id=where.vendor_id)
    conditions.add("lowerUTF8(t.message_id) = lowerUTF8({message_id:String})", message_id=where.message_id)
    conditions.add("t.status = {status:String}", status=where.status)
    return await _TRANSFERS.page(db, conditions, cursor=cursor, limit=limit)


async def unknown_vendors(db: ClickHouse, since: dt.datetime, *, limit: int = 50) -> tuple[SeenVendor, ...]:
    """Messages that were answered UnknownVendorId or UnknownMessageId since then, the most frequent first. Raises Outage."""
    rows = await db.rows(
        "SELECT vendor_id, message_id, status, count(), uniqExact(station), argMax(station, received_at), max(received_at) AS last_at"
        " FROM data_transfers FINAL WHERE received_at >= fromUnixTimestamp64Micro({since_us:Int64}) AND startsWith(status, 'Unknown')"
        " GROUP BY vendor_id, message_id, status ORDER BY count() DESC, vendor_id, message_id LIMIT {most:UInt32}",
        {"since_us": micros(since), "most": limit},
    )
    return tuple(SeenVendor(**dict(zip(SeenVendor.__struct_fields__, row, strict=True))) for row in rows)
