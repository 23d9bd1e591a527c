"""Battery swaps, slots and the history of batteries in ClickHouse."""

from typing import Any, Protocol

import msgspec

from schemas.batteries import Battery
from services.api.batteries.rows import ALL_SWAPS, BatteryEvent, Slot, Swap, SwapFilter
from services.api.history.listing import Listing, Where, in_micros
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class BatteryReads(Protocol):
    """Batteries. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def battery_swaps(
        self, where: SwapFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Swap]: ...

    async def battery_swap(self, swap: str) -> Swap | None: ...

    async def battery_slots(self, station: str, *, cursor: str | None = None, limit: int = 50) -> Page[Slot]: ...

    async def battery_events(
        self, serial_number: str, *, cursor: str | None = None, limit: int = 50
    ) -> Page[BatteryEvent]: ...


def batteries(text: str) -> Any:
    """Batteries, as the table keeps them."""
    return msgspec.json.decode(text or "[]", type=tuple[Battery, ...])


def battery(text: str) -> Any:
    """A battery, or none, as the table keeps it."""
    return msgspec.json.decode(text or "null", type=Battery | None)


_SWAPS = Listing(
    table="battery_swaps",
    struct=Swap,
    at_us=in_micros("t.began_at"),
    id="t.swap",
    convert=dict.fromkeys(("inserted", "taken", "left"), batteries),
)
_SLOTS = Listing(
    table="battery_slots",
    struct=Slot,
    order="t.slot",
    id="t.station",
    descending=False,
    convert={"battery": battery},
)
_EVENTS = Listing(
    table="battery_events",
    struct=BatteryEvent,
    at_us=in_micros("t.received_at"),
    order="toInt64(t.position)",
    id="t.id",
)


async def battery_swaps(
    db: ClickHouse, where: SwapFilter = ALL_SWAPS, *, cursor: str | None = None, limit: int = 50
) -> Page[Swap]:
    """Swaps by their begin, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.status = {status:String}", status=where.status)
    conditions.add("lowerUTF8(t.token) = lowerUTF8({token:String})", token=where.token)
    return await _SWAPS.page(db, conditions, cursor=cursor, limit=limit)


async def battery_swap(db: ClickHouse, swap: str) -> Swap | None:
    """One swap; None where there is none of that id. Raises Outage."""
    return await _SWAPS.one(db, Where("t.swap = {swap:String}", swap=swap))


async def battery_slots(db: ClickHouse, station: str, *, cursor: str | None = None, limit: int = 50) -> Page[Slot]:
    """The slots of a station by their numbers. Raises Outage, BadCursor."""
    return await _SLOTS.page(db, Where("t.station = {station:String}", station=station), cursor=cursor, limit=limit)


async def battery_events(
    db: ClickHouse, serial_number: str, *, cursor: str | None = None, limit: int = 50
) -> Page[BatteryEvent]:
    """What stations said of a battery, newest first. Raises Outage, BadCursor."""
    conditions = Where("t.serial_number = {serial_number:String}", serial_number=serial_number)
    return await _EVENTS.page(db, conditions, cursor=cursor, limit=limit)
