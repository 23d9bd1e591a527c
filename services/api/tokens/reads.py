"""Reads of tokens: what was decided on those that stations asked about, and how their credit changed."""

from typing import Protocol

from schemas.authorization import token_key
from services.api.history.listing import Listing, Where
from services.api.tokens.rows import (
    ALL_CREDIT_CHANGES,
    ALL_DECISIONS,
    CreditChange,
    CreditFilter,
    Decision,
    DecisionFilter,
)
from services.api.web.paging import Page, micros
from services.runtime.clickhouse import ClickHouse


class TokenReads(Protocol):
    """Decisions on tokens, and changes of credit. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def decisions(
        self, where: DecisionFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Decision]: ...

    async def credit_changes(
        self, where: CreditFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[CreditChange]: ...


_DECISIONS = Listing(table="authorizations", struct=Decision, at_us="toUnixTimestamp64Micro(t.at)")


async def decisions(
    db: ClickHouse, where: DecisionFilter = ALL_DECISIONS, *, cursor: str | None = None, limit: int = 50
) -> Page[Decision]:
    """Decisions on tokens, newest first. Raises Outage, BadCursor."""
    conditions = Where("t.event = 'decided'", *(("t.certificate_status != ''",) if where.judged else ()))
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.token_key = {token:String}", token=token_key(where.token) if where.token is not None else None)
    conditions.add("t.session = {session:String}", session=where.session)
    conditions.add("t.status = {status:String}", status=where.status)
    conditions.add("t.certificate_status = {certificate_status:String}", certificate_status=where.certificate_status)
    until = micros(where.until) if where.until is not None else None
    conditions.add("t.at <= fromUnixTimestamp64Micro({until_us:Int64})", until_us=until)
    return await _DECISIONS.page(db, conditions, cursor=cursor, limit=limit)


_CREDIT_CHANGES = Listing(
    table="token_credits",
    struct=CreditChange,
    at_us="toUnixTimestamp64Micro(t.changed_at)",
    order="t.revision",
    columns={"token": "t.token_key"},
)


async def credit_changes(
    db: ClickHouse, where: CreditFilter = ALL_CREDIT_CHANGES, *, cursor: str | None = None, limit: int = 50
) -> Page[CreditChange]:
    """Changes of credit, newest first. Raises Outage, BadCursor."""
    conditions = Where("true" if where.running else "t.cause != 'running'")
    conditions.add("t.token_key = {token:String}", token=token_key(where.token) if where.token is not None else None)
    conditions.add("t.session = {session:String}", session=where.session)
    return await _CREDIT_CHANGES.page(db, conditions, cursor=cursor, limit=limit)
