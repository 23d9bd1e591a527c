"""Payments in ClickHouse."""

from typing import Protocol

import msgspec

from schemas.payments import DEBT, Address
from services.api.history.listing import Listing, Where, in_micros
from services.api.payments.rows import ALL_PAYMENTS, Payment, PaymentFilter
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class PaymentReads(Protocol):
    """Payments. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def payments(
        self, where: PaymentFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Payment]: ...

    async def payment(self, payment: str) -> Payment | None: ...


_ADDRESS = msgspec.json.Decoder(Address)


def _company(text: str | None) -> Address | None:
    return None if text is None else _ADDRESS.decode(text)


_PAYMENTS = Listing(
    table="payments",
    struct=Payment,
    at_us=in_micros("t.started_at"),
    id="t.payment",
    convert={"vat_company": _company},
)
_OWED = ", ".join(f"'{status}'" for status in sorted(DEBT))


async def payments(
    db: ClickHouse, where: PaymentFilter = ALL_PAYMENTS, *, cursor: str | None = None, limit: int = 50
) -> Page[Payment]:
    """Payments by their start, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    for column in ("station", "status", "session"):
        conditions.add(f"t.{column} = {{{column}:String}}", **{column: getattr(where, column)})
    conditions.add("lowerUTF8(t.psp_ref) = lowerUTF8({psp_ref:String})", psp_ref=where.psp_ref)
    conditions.add(f"(t.status IN ({_OWED})) = {{debt:Bool}}", debt=where.debt)
    return await _PAYMENTS.page(db, conditions, cursor=cursor, limit=limit)


async def payment(db: ClickHouse, payment: str) -> Payment | None:
    """One payment; None where there is none of that id. Raises Outage."""
    return await _PAYMENTS.one(db, Where("t.payment = {payment:String}", payment=payment))
