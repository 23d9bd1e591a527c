"""Certificates as ClickHouse has them: the newest change of each, by station, use, status and end."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from services.api.certificates.reads import certificate, certificates
from services.api.certificates.rows import CertificateFilter, certificate_of
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import NOON, a_certificate
from tests.services.feeding import feed


async def test_the_newest_change_is_the_certificate(db: ClickHouse) -> None:
    newest = a_certificate(revision=2, status="deleted", ended_at=NOON, id="2")
    await feed(db, newest, a_certificate())

    assert await certificate(db, "cert1") == certificate_of(newest)
    assert await certificate(db, "none") is None


async def test_one_that_only_its_station_knows_is_kept_without_its_content(db: ClickHouse) -> None:
    bare: dict[str, Any] = {"subject": "", "issuer": "", "valid_from": None, "expires_at": None, "fingerprint": ""}
    record = replace(a_certificate(certificate="bare", requested_at=None, **bare), name=None)
    await feed(db, record)

    assert await certificate(db, "bare") == certificate_of(record)


async def test_an_end_that_no_column_holds_does_not_cost_the_certificate(db: ClickHouse) -> None:
    await feed(db, a_certificate(certificate="late", expires_at=NOON.replace(year=9999)))

    found = await certificate(db, "late")
    assert found is not None
    assert found.expires_at is not None
    assert found.expires_at.year == 2105


async def test_each_filter_finds_its_own_and_pages_have_each_once(db: ClickHouse) -> None:
    place = {"station": "FILTERS"}
    await feed(
        db,
        *(a_certificate(certificate=f"c{n}", changed_at=NOON + timedelta(minutes=n), **place) for n in range(3)),
        a_certificate(certificate="c3", use="CSMSRootCertificate", expires_at=NOON + timedelta(days=9), **place),
        a_certificate(certificate="c4", status="gone", expires_at=None, **place),
    )

    async def found(**where: Any) -> list[str]:
        page = await certificates(db, CertificateFilter(**place, **where))
        return sorted(row.certificate for row in page.items)

    assert await found() == ["c0", "c1", "c2", "c3", "c4"]
    assert await found(use="CSMSRootCertificate") == ["c3"]
    assert await found(status="gone") == ["c4"]
    assert await found(expires_before=NOON + timedelta(days=10)) == ["c3"]
    where = CertificateFilter(**place, use="ManufacturerRootCertificate", status="installed")
    first = await certificates(db, where, limit=2)
    rest = await certificates(db, where, cursor=first.next_cursor, limit=2)
    assert [row.certificate for row in (*first.items, *rest.items)] == ["c2", "c1", "c0"]
