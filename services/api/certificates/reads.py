"""Certificates in ClickHouse."""

from typing import Protocol

from services.api.certificates.rows import ALL_CERTIFICATES, Certificate, CertificateFilter
from services.api.history.listing import Listing, Where, in_micros, micros_or_none
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class CertificateReads(Protocol):
    """Certificates. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def certificates(
        self, where: CertificateFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Certificate]: ...

    async def certificate(self, certificate: str) -> Certificate | None: ...


_CERTIFICATES = Listing(
    table="certificates",
    struct=Certificate,
    at_us=in_micros("t.changed_at"),
    id="t.certificate",
)


async def certificates(
    db: ClickHouse, where: CertificateFilter = ALL_CERTIFICATES, *, cursor: str | None = None, limit: int = 50
) -> Page[Certificate]:
    """Certificates by their last change, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.use = {use:String}", use=where.use)
    conditions.add("t.status = {status:String}", status=where.status)
    conditions.add(
        "toUnixTimestamp64Micro(assumeNotNull(t.expires_at)) < {expires_before:Int64} AND t.expires_at IS NOT NULL",
        expires_before=micros_or_none(where.expires_before),
    )
    return await _CERTIFICATES.page(db, conditions, cursor=cursor, limit=limit)


async def certificate(db: ClickHouse, certificate: str) -> Certificate | None:
    """One certificate; None where there is none of that id. Raises Outage."""
    return await _CERTIFICATES.one(db, Where("t.certificate = {certificate:String}", certificate=certificate))
