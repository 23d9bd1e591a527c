"""Variables in ClickHouse."""

from typing import Protocol

import msgspec

from schemas.devicemodel import Attribute
from services.api.devicemodel.rows import ALL_VARIABLES, Variable, VariableFilter
from services.api.history.listing import Listing, Where, in_micros
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class VariableReads(Protocol):
    """Variables. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def variables(
        self, where: VariableFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Variable]: ...

    async def variable(self, variable_id: str) -> Variable | None: ...

    async def variable_history(
        self, station: str, key: str | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Variable]: ...


def _attributes(text: str) -> tuple[Attribute, ...]:
    return msgspec.json.decode(text, type=tuple[Attribute, ...])


_VARIABLES = Listing(
    table="variables",
    struct=Variable,
    id="t.variable_id",
    descending=False,
    convert={"attributes": _attributes},
)
_HISTORY = Listing(
    table="variable_history",
    struct=Variable,
    at_us=in_micros("t.changed_at"),
    order="t.revision",
    id="t.variable_id",
    convert={"attributes": _attributes},
)


async def variables(
    db: ClickHouse, where: VariableFilter = ALL_VARIABLES, *, cursor: str | None = None, limit: int = 50
) -> Page[Variable]:
    """Variables by station and key. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("lowerUTF8(t.component) = lowerUTF8({component:String})", component=where.component)
    conditions.add("lowerUTF8(t.variable) = lowerUTF8({variable:String})", variable=where.variable)
    conditions.add(
        "positionCaseInsensitiveUTF8(concat(t.key, ' ', coalesce(t.value, '')), {search:String}) > 0",
        search=where.search,
    )
    conditions.add("t.removed = {removed:Bool}", removed=where.removed)
    return await _VARIABLES.page(db, conditions, cursor=cursor, limit=limit)


async def variable(db: ClickHouse, variable_id: str) -> Variable | None:
    """One variable; None where there is none of that id. Raises Outage."""
    return await _VARIABLES.one(db, Where("t.variable_id = {id:String}", id=variable_id))


async def variable_history(
    db: ClickHouse, station: str, key: str | None = None, *, cursor: str | None = None, limit: int = 50
) -> Page[Variable]:
    """What variables of a station were, the newest change first. Raises Outage, BadCursor."""
    conditions = Where("t.station = {station:String}", station=station)
    conditions.add("lowerUTF8(t.key) = lowerUTF8({key:String})", key=key)
    return await _HISTORY.page(db, conditions, cursor=cursor, limit=limit)
