"""Certificates that stations asked for as ClickHouse has them: the newest change of each, by every filter, and what expires."""

from datetime import timedelta
from typing import Any

from services.api.signing.reads import expiring_certificates, issued_certificate, issued_certificates
from services.api.signing.rows import Expiring, IssuedFilter, issued_of
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import NOON
from tests.services.api.signing.given import DAY, an_issued
from tests.services.feeding import feed


async def test_the_newest_change_is_the_certificate(db: ClickHouse) -> None:
    newest = an_issued(id="2", revision=2, status="revoked", detail="keyCompromise", ended_at=NOON)
    await feed(db, newest, an_issued())

    assert await issued_certificate(db, "ic1") == issued_of(newest)
    assert await issued_certificate(db, "none") is None


async def test_a_request_without_a_certificate_is_kept(db: ClickHouse) -> None:
    bare: dict[str, Any] = {"valid_from": None, "expires_at": None, "fingerprint": "", "installed_at": None}
    record = an_issued(certificate="bare", status="refused", use=None, **bare)
    await feed(db, record)

    assert await issued_certificate(db, "bare") == issued_of(record)


async def test_an_end_that_no_column_holds_does_not_cost_the_certificate(db: ClickHouse) -> None:
    await feed(db, an_issued(certificate="late", expires_at=NOON.replace(year=9999)))

    found = await issued_certificate(db, "late")
    assert found is not None
    assert found.expires_at is not None
    assert found.expires_at.year == 2105


async def test_each_filter_finds_its_own_and_pages_have_each_once(db: ClickHouse) -> None:
    place = {"station": "FILTERS"}
    await feed(
        db,
        *(an_issued(certificate=f"c{n}", asked_at=NOON + timedelta(minutes=n), **place) for n in range(3)),
        an_issued(certificate="c3", use="V2GCertificate", expires_at=NOON + 3 * DAY, serial_number="33", **place),
        an_issued(certificate="c4", status="failed", expires_at=None, fingerprint="", **place),
    )

    async def found(**where: Any) -> list[str]:
        page = await issued_certificates(db, IssuedFilter(**place, **where))
        return sorted(row.certificate for row in page.items)

    assert await found() == ["c0", "c1", "c2", "c3", "c4"]
    assert await found(use="V2GCertificate") == await found(serial_number="33") == ["c3"]
    assert await found(expires_before=NOON + 9 * DAY) == ["c3"]
    assert await found(status="failed") == await found(fingerprint="") == ["c4"]
    first = await issued_certificates(db, IssuedFilter(**place, status="installed"), limit=2)
    rest = await issued_certificates(db, IssuedFilter(**place, status="installed"), cursor=first.next_cursor, limit=9)
    assert [row.certificate for row in (*first.items, *rest.items)] == ["c2", "c1", "c0", "c3"]


async def test_what_expires_soon_is_counted_of_those_in_use(db: ClickHouse) -> None:
    before = await expiring_certificates(db, NOON)
    ends = [(3, "installed"), (20, "installed"), (80, "installed"), (3, "superseded"), (3, "revoked")]
    await feed(
        db,
        *(
            an_issued(station="SOON", certificate=f"e{n}", status=status, expires_at=NOON + days * DAY)
            for n, (days, status) in enumerate(ends)
        ),
    )

    assert await expiring_certificates(db, NOON) == Expiring(
        in_use=before.in_use + 3,
        within_7_days=before.within_7_days + 1,
        within_30_days=before.within_30_days + 2,
    )
