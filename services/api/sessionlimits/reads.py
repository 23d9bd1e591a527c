"""Session limits in ClickHouse."""

from typing import Protocol

from schemas.authorization import token_key
from services.api.history.listing import Listing, Where, in_micros
from services.api.sessionlimits.rows import ALL_SESSION_LIMITS, SessionLimit, SessionLimitFilter
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class SessionLimitReads(Protocol):
    """Limited sessions. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def session_limits(
        self, where: SessionLimitFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[SessionLimit]: ...

    async def session_limit(self, session: str) -> SessionLimit | None: ...


_SESSION_LIMITS = Listing(
    table="session_limits",
    struct=SessionLimit,
    at_us=in_micros("t.changed_at"),
    id="t.session",
    columns={"token": "t.token_key"},
    convert={"kept_by_station": tuple},
)


async def session_limits(
    db: ClickHouse, where: SessionLimitFilter = ALL_SESSION_LIMITS, *, cursor: str | None = None, limit: int = 50
) -> Page[SessionLimit]:
    """Limited sessions, the one that changed last first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.token_key = {token:String}", token=token_key(where.token) if where.token is not None else None)
    conditions.add("t.status = {status:String}", status=where.status)
    return await _SESSION_LIMITS.page(db, conditions, cursor=cursor, limit=limit)


async def session_limit(db: ClickHouse, session: str) -> SessionLimit | None:
    """The limit of one session; None where it never had any. Raises Outage."""
    return await _SESSION_LIMITS.one(db, Where("t.session = {session:String}", session=session))
