"""Charge detail records of the read side."""

from typing import Protocol

import msgspec

from schemas.authorization import token_key
from schemas.billing import ChargingPeriod, ChargingStateMark, Costs
from schemas.stationcosts import StationCost
from services.api.cdrs.rows import ALL_CDRS, Cdr, CdrFilter
from services.api.history.listing import Listing, Where, micros_or_none
from services.api.web.paging import Page
from services.billing.localtime import moment
from services.runtime.clickhouse import ClickHouse


class CdrReads(Protocol):
    """Charge detail records, and the charging states that bills are worked out from.

    The functions of this module are these, given ClickHouse. Raises Outage.
    """

    async def cdrs(self, where: CdrFilter = ..., *, cursor: str | None = None, limit: int = 50) -> Page[Cdr]: ...

    async def cdr(self, id: str) -> Cdr | None: ...

    async def session_cdr(self, session: str) -> Cdr | None: ...

    async def charging_states(self, session: str) -> tuple[ChargingStateMark, ...]: ...


_COSTS = msgspec.json.Decoder(Costs)
_STATION_COST = msgspec.json.Decoder(StationCost)
_PERIODS = msgspec.json.Decoder(tuple[ChargingPeriod, ...])


def _costs(text: str | None) -> Costs | None:
    return None if text is None else _COSTS.decode(text)


def _station_cost(text: str | None) -> StationCost | None:
    return None if text is None else _STATION_COST.decode(text)


MOST_STATES = 1000
_STATES = """
SELECT toUnixTimestamp64Micro(toDateTime64(at, 6)), state FROM charging_states FINAL
WHERE session = {session:String} ORDER BY at, received_at LIMIT {most:UInt32}
"""

_CURRENT = "NOT t.credit AND t.id NOT IN (SELECT credits FROM cdrs WHERE credit)"
"""It stands: a record that is corrected is credited."""

_CDRS = Listing(
    table="cdrs",
    struct=Cdr,
    at_us="toUnixTimestamp64Micro(t.issued_at)",
    order="toInt64(t.version) * 2 + NOT t.credit",
    convert={
        "costs": _costs,
        "periods": _PERIODS.decode,
        "anomalies": tuple,
        "station_cost": _station_cost,
    },
)


async def cdrs(db: ClickHouse, where: CdrFilter = ALL_CDRS, *, cursor: str | None = None, limit: int = 50) -> Page[Cdr]:
    """Charge detail records by the time they were issued; a correction stands before the credit it came with."""
    conditions = Where()
    for column in ("station", "session", "site", "tariff", "currency"):
        conditions.add(f"t.{column} = {{{column}:String}}", **{column: getattr(where, column)})
    conditions.add("t.token_key = {token:String}", token=token_key(where.token) if where.token is not None else None)
    conditions.add("(t.unrated != '') = {unrated:Bool}", unrated=where.unrated)
    conditions.add("t.credit = {credit:Bool}", credit=where.credit)
    conditions.add("t.estimated = {estimated:Bool}", estimated=where.estimated)
    conditions.add(f"({_CURRENT}) = {{current:Bool}}", current=where.current)
    conditions.add(
        "t.issued_at >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC')", since_us=micros_or_none(where.since)
    )
    conditions.add(
        "t.issued_at < fromUnixTimestamp64Micro({until_us:Int64}, 'UTC')", until_us=micros_or_none(where.until)
    )
    return await _CDRS.page(db, conditions, cursor=cursor, limit=limit)


async def cdr(db: ClickHouse, id: str) -> Cdr | None:
    """One charge detail record; None where there is none of that id."""
    return await _CDRS.one(db, Where("t.id = {id:String}", id=id))


async def session_cdr(db: ClickHouse, session: str) -> Cdr | None:
    """The newest charge detail record of a session, no credit; None where it was not billed."""
    page = await cdrs(db, CdrFilter(session=session, credit=False), limit=1)
    return page.items[0] if page.items else None


async def charging_states(db: ClickHouse, session: str) -> tuple[ChargingStateMark, ...]:
    """The charging states that the station reported during a session, by its own time; MOST_STATES at most."""
    rows = await db.rows(_STATES, {"session": session, "most": MOST_STATES})
    return tuple(ChargingStateMark(moment(us), state) for us, state in rows)
