"""Runs of boot templates in ClickHouse."""

from typing import Protocol

import msgspec

from schemas.boottemplates import BootStep
from services.api.boottemplates.rows import ALL_RUNS, BootRun, RunFilter, RunStep
from services.api.history.listing import Listing, Where, in_micros
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class BootReads(Protocol):
    """Runs of boot templates. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def boot_runs(
        self, where: RunFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[BootRun]: ...

    async def boot_run(self, run: str) -> BootRun | None: ...


def _steps(text: str) -> tuple[RunStep, ...]:
    kept = msgspec.json.decode(text or "[]", type=tuple[BootStep, ...])
    return tuple(msgspec.convert(each, RunStep, from_attributes=True) for each in kept)


_RUNS = Listing(
    table="boot_runs",
    struct=BootRun,
    at_us=in_micros("t.requested_at"),
    id="t.run",
    convert={"steps": _steps},
)


async def boot_runs(
    db: ClickHouse, where: RunFilter = ALL_RUNS, *, cursor: str | None = None, limit: int = 50
) -> Page[BootRun]:
    """Runs by the boot or the order that they follow from, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.template = {template:String}", template=where.template)
    conditions.add("t.status = {status:String}", status=where.status)
    return await _RUNS.page(db, conditions, cursor=cursor, limit=limit)


async def boot_run(db: ClickHouse, run: str) -> BootRun | None:
    """One run; None where there is none of that id. Raises Outage."""
    return await _RUNS.one(db, Where("t.run = {run:String}", run=run))
