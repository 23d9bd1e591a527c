"""Decisions: what was decided on tokens that stations asked about, and which session blocked one."""

from typing import Protocol

from schemas.authorization import token_key
from services.api.history.listing import Listing, Where
from services.api.tokens.rows import ALL_DECISIONS, Decision, DecisionFilter
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class TokenReads(Protocol):
    """Decisions on tokens. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def decisions(
        self, where: DecisionFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Decision]: ...


_DECISIONS = Listing(table="authorizations", struct=Decision, at_us="toUnixTimestamp64Micro(t.at)")


async def decisions(
    db: ClickHouse, where: DecisionFilter = ALL_DECISIONS, *, cursor: str | None = None, limit: int = 50
) -> Page[Decision]:
    """Decisions on tokens, newest first. Raises Outage, BadCursor."""
    conditions = Where("t.event = 'decided'")
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.token_key = {token:String}", token=token_key(where.token) if where.token is not None else None)
    conditions.add("t.session = {session:String}", session=where.session)
    conditions.add("t.status = {status:String}", status=where.status)
    return await _DECISIONS.page(db, conditions, cursor=cursor, limit=limit)
