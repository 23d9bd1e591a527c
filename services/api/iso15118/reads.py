"""Requests of stations for ISO 15118, in ClickHouse."""

from typing import Protocol

import msgspec

from schemas.iso15118 import StatusFound
from services.api.history.listing import Listing, Where, in_micros
from services.api.iso15118.rows import ALL_REQUESTS, CheckedCertificate, Iso15118Request, RequestFilter, checked
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class Iso15118Reads(Protocol):
    """Requests for ISO 15118. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def iso15118_requests(
        self, where: RequestFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Iso15118Request]: ...

    async def iso15118_request(self, request: str) -> Iso15118Request | None: ...


def _found(text: str) -> tuple[CheckedCertificate, ...]:
    return tuple(checked(one) for one in msgspec.json.decode(text or "[]", type=tuple[StatusFound, ...]))


_REQUESTS = Listing(
    table="iso15118_requests",
    struct=Iso15118Request,
    at_us=in_micros("t.asked_at"),
    id="t.request",
    convert={"found": _found, "accepted": bool, "late": bool},
)


async def iso15118_requests(
    db: ClickHouse, where: RequestFilter = ALL_REQUESTS, *, cursor: str | None = None, limit: int = 50
) -> Page[Iso15118Request]:
    """Requests, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.kind = {kind:String}", kind=where.kind)
    conditions.add("t.accepted = {accepted:UInt8}", accepted=None if where.accepted is None else int(where.accepted))
    return await _REQUESTS.page(db, conditions, cursor=cursor, limit=limit)


async def iso15118_request(db: ClickHouse, request: str) -> Iso15118Request | None:
    """One request; None where there is none of that id. Raises Outage."""
    return await _REQUESTS.one(db, Where("t.request = {request:String}", request=request))
