"""A fake of the reads of security operations, in memory."""

from services.api.history.fakes import FakeHistory
from services.api.securityoperations.rows import ALL_OPERATIONS, OperationFilter, SecurityOperation
from services.api.web.paging import Page


class FakeSecurityOperations(FakeHistory):
    """Security operations."""

    def __init__(self) -> None:
        super().__init__()
        self.security_operation_rows: dict[str, SecurityOperation] = {}

    async def security_operations(
        self, where: OperationFilter = ALL_OPERATIONS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[SecurityOperation]:
        """The operations of the filter's station and batch, whatever else it names."""
        self._ask("security_operations", where, cursor, limit, cursor=cursor)
        rows = (
            row
            for row in self.security_operation_rows.values()
            if where.station in (None, row.station) and where.batch in (None, row.batch)
        )
        return Page(tuple(rows)[:limit])

    async def security_operation(self, operation: str) -> SecurityOperation | None:
        """The operation's row."""
        self._ask("security_operation", operation)
        return self.security_operation_rows.get(operation)
