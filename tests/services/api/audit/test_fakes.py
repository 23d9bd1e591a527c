"""The fake of the audit log reads as ClickHouse does."""

from services.api.audit.fakes import FakeAudit
from services.api.audit.rows import AuditFilter
from tests.schemas.test_audit import chain


async def test_the_fake_gives_entries_newest_first_and_by_their_actor() -> None:
    fake = FakeAudit()
    fake.audit_rows = chain(2)

    assert [row.sequence for row in (await fake.audit_entries()).items] == [2, 1]
    assert [row.sequence for row in (await fake.audit_entries(AuditFilter(actor="user-1"))).items] == [1]
