"""The audit log out of ClickHouse: as it was written, found by what one knows of it."""

import datetime as dt

from schemas.audit import faults
from services.api.audit.rows import AuditFilter
from services.api.history.bound import bound_reads
from services.runtime.clickhouse import ClickHouse
from tests.schemas.test_audit import NOON, chain
from tests.services.feeding import feed


async def test_entries_come_back_as_they_were_written(db: ClickHouse) -> None:
    entries = chain(3)
    await feed(db, *entries, entries[0])
    reads = bound_reads(db)

    found = (await reads.audit_entries()).items
    second = (await reads.audit_entries(AuditFilter(actor="user-2"))).items
    late = (await reads.audit_entries(AuditFilter(since=NOON + dt.timedelta(seconds=3), search="USER"))).items

    assert list(reversed(found)) == entries
    assert faults(reversed(found)) == []
    assert second == (entries[1],)
    assert late == (entries[2],)
