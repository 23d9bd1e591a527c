"""Charge detail records of the read side."""

import datetime as dt

import msgspec

from schemas.billing import ChargingPeriod, Costs
from services.api.billmodel import ALL_CDRS, Cdr, CdrFilter
from services.api.listing import Listing, Where
from services.api.paging import micros
from services.api.readmodel import Page
from services.runtime.clickhouse import ClickHouse

_COSTS = msgspec.json.Decoder(Costs)
_PERIODS = msgspec.json.Decoder(tuple[ChargingPeriod, ...])


def _costs(text: str | None) -> Costs | None:
    return None if text is None else _COSTS.decode(text)


_CURRENT = "NOT t.credit AND t.id NOT IN (SELECT credits FROM cdrs WHERE credit)"
"""It stands: a record that is corrected is credited."""

_CDRS = Listing(
    table="cdrs",
    struct=Cdr,
    at_us="toUnixTimestamp64Micro(t.issued_at)",
    order="toInt64(t.version) * 2 + NOT t.credit",
    convert={"costs": _costs, "periods": _PERIODS.decode, "anomalies": tuple},
)


async def cdrs(db: ClickHouse, where: CdrFilter = ALL_CDRS, *, cursor: str | None = None, limit: int = 50) -> Page[Cdr]:
    """Charge detail records by the time they were issued; a correction stands before the credit it came with."""
    conditions = Where()
    for column in ("station", "session", "site", "tariff", "currency"):
        conditions.add(f"t.{column} = {{{column}:String}}", **{column: getattr(where, column)})
    conditions.add("t.token_key = upperUTF8(trimBoth({token:String}))", token=where.token)
    conditions.add("(t.unrated != '') = {unrated:Bool}", unrated=where.unrated)
    conditions.add("t.credit = {credit:Bool}", credit=where.credit)
    conditions.add(f"({_CURRENT}) = {{current:Bool}}", current=where.current)
    conditions.add("t.issued_at >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC')", since_us=_us(where.since))
    conditions.add("t.issued_at < fromUnixTimestamp64Micro({until_us:Int64}, 'UTC')", until_us=_us(where.until))
    return await _CDRS.page(db, conditions, cursor=cursor, limit=limit)


async def cdr(db: ClickHouse, id: str) -> Cdr | None:
    """One charge detail record; None where there is none of that id."""
    return await _CDRS.one(db, Where("t.id = {id:String}", id=id))


async def session_cdr(db: ClickHouse, session: str) -> Cdr | None:
    """The newest charge detail record of a session, no credit; None where it was not billed."""
    page = await cdrs(db, CdrFilter(session=session, credit=False), limit=1)
    return page.items[0] if page.items else None


def _us(at: dt.datetime | None) -> int | None:
    return None if at is None else micros(at)
