"""Reservations in ClickHouse."""

from typing import Protocol

from schemas.authorization import token_key
from services.api.history.listing import Listing, Where, in_micros
from services.api.reservations.rows import ALL_RESERVATIONS, Reservation, ReservationFilter
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class ReservationReads(Protocol):
    """Reservations. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def reservations(
        self, where: ReservationFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Reservation]: ...

    async def reservation(self, reservation: str) -> Reservation | None: ...


_RESERVATIONS = Listing(
    table="reservations",
    struct=Reservation,
    at_us=in_micros("t.requested_at"),
    id="t.reservation",
    columns={"group": "t.token_group"},
)


async def reservations(
    db: ClickHouse, where: ReservationFilter = ALL_RESERVATIONS, *, cursor: str | None = None, limit: int = 50
) -> Page[Reservation]:
    """Reservations by their request, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.token_key = {token:String}", token=token_key(where.token) if where.token is not None else None)
    conditions.add("t.status = {status:String}", status=where.status)
    return await _RESERVATIONS.page(db, conditions, cursor=cursor, limit=limit)


async def reservation(db: ClickHouse, reservation: str) -> Reservation | None:
    """One reservation; None where there is none of that id. Raises Outage."""
    return await _RESERVATIONS.one(db, Where("t.reservation = {reservation:String}", reservation=reservation))
