"""A fake of the reads of the audit log, in memory."""

from schemas.audit import AuditRecorded
from services.api.audit.rows import ALL_ENTRIES, AuditFilter
from services.api.history.fakes import FakeHistory
from services.api.web.paging import Page


class FakeAudit(FakeHistory):
    """The audit log."""

    def __init__(self) -> None:
        super().__init__()
        self.audit_rows: list[AuditRecorded] = []

    async def audit_entries(
        self, where: AuditFilter = ALL_ENTRIES, *, cursor: str | None = None, limit: int = 50
    ) -> Page[AuditRecorded]:
        """The entries of the actor, newest first."""
        self._ask("audit_entries", where, cursor, limit, cursor=cursor)
        rows = [row for row in reversed(self.audit_rows) if where.actor in (None, row.actor)]
        return Page(tuple(rows[:limit]))
