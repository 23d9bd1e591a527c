"""Certificates that stations asked for, in ClickHouse."""

import datetime as dt
from typing import Protocol

from services.api.history.listing import Listing, Where, in_micros, micros_or_none, or_none
from services.api.signing.rows import ALL_ISSUED, Expiring, IssuedCertificate, IssuedFilter
from services.api.web.paging import Page, micros
from services.runtime.clickhouse import ClickHouse


class SigningReads(Protocol):
    """Certificates that stations asked for. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def issued_certificates(
        self, where: IssuedFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[IssuedCertificate]: ...

    async def issued_certificate(self, certificate: str) -> IssuedCertificate | None: ...

    async def expiring_certificates(self, now: dt.datetime) -> Expiring: ...


_ISSUED = Listing(
    table="issued_certificates",
    struct=IssuedCertificate,
    at_us=in_micros("t.asked_at"),
    id="t.certificate",
    convert={"use": or_none},
)
_EXPIRES_US = "toUnixTimestamp64Micro(assumeNotNull(t.expires_at))"


async def issued_certificates(
    db: ClickHouse, where: IssuedFilter = ALL_ISSUED, *, cursor: str | None = None, limit: int = 50
) -> Page[IssuedCertificate]:
    """Certificates by their request, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    for column in ("station", "status", "use", "serial_number", "fingerprint"):
        conditions.add(f"t.{column} = {{{column}:String}}", **{column: getattr(where, column)})
    conditions.add(
        f"{_EXPIRES_US} < {{expires_before:Int64}} AND t.expires_at IS NOT NULL",
        expires_before=micros_or_none(where.expires_before),
    )
    return await _ISSUED.page(db, conditions, cursor=cursor, limit=limit)


async def issued_certificate(db: ClickHouse, certificate: str) -> IssuedCertificate | None:
    """One certificate; None where there is none of that id. Raises Outage."""
    return await _ISSUED.one(db, Where("t.certificate = {certificate:String}", certificate=certificate))


async def expiring_certificates(db: ClickHouse, now: dt.datetime) -> Expiring:
    """How many certificates are in use at stations, and how many of them expire soon. Raises Outage."""
    rows = await db.rows(
        f"SELECT count(), countIf({_EXPIRES_US} < {{week:Int64}}), countIf({_EXPIRES_US} < {{month:Int64}})"  # noqa: S608 constants
        " FROM issued_certificates AS t FINAL WHERE t.status = 'installed' AND t.expires_at IS NOT NULL",
        {"week": micros(now + dt.timedelta(days=7)), "month": micros(now + dt.timedelta(days=30))},
    )
    in_use, week, month = rows[0]
    return Expiring(in_use=in_use, within_7_days=week, within_30_days=month)
