"""Security operations in ClickHouse."""

from typing import Protocol

import msgspec

from schemas.securityoperations import OperationStep
from services.api.history.listing import Listing, Where, in_micros
from services.api.securityoperations.rows import ALL_OPERATIONS, OperationFilter, SecurityOperation, StepView, steps_of
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class SecurityOperationReads(Protocol):
    """Security operations. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def security_operations(
        self, where: OperationFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[SecurityOperation]: ...

    async def security_operation(self, operation: str) -> SecurityOperation | None: ...


def _steps(text: str) -> tuple[StepView, ...]:
    return steps_of(msgspec.json.decode(text or "[]", type=tuple[OperationStep, ...]))


_OPERATIONS = Listing(
    table="security_operations",
    struct=SecurityOperation,
    at_us=in_micros("t.requested_at"),
    id="t.operation",
    convert={"steps": _steps},
)


async def security_operations(
    db: ClickHouse, where: OperationFilter = ALL_OPERATIONS, *, cursor: str | None = None, limit: int = 50
) -> Page[SecurityOperation]:
    """Operations by the time of their order, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.kind = {kind:String}", kind=where.kind)
    conditions.add("t.status = {status:String}", status=where.status)
    conditions.add("t.batch = {batch:String}", batch=where.batch)
    return await _OPERATIONS.page(db, conditions, cursor=cursor, limit=limit)


async def security_operation(db: ClickHouse, operation: str) -> SecurityOperation | None:
    """One operation; None where there is none of that id. Raises Outage."""
    return await _OPERATIONS.one(db, Where("t.operation = {operation:String}", operation=operation))
