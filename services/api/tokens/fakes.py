"""A fake of the reads of tokens, in memory."""

from services.api.history.fakes import FakeHistory
from services.api.tokens.rows import (
    ALL_CREDIT_CHANGES,
    ALL_DECISIONS,
    CreditChange,
    CreditFilter,
    Decision,
    DecisionFilter,
)
from services.api.web.paging import Page


class FakeTokens(FakeHistory):
    """Decisions on tokens, and changes of their credit."""

    def __init__(self) -> None:
        super().__init__()
        self.decision_rows: tuple[Decision, ...] = ()

    async def decisions(
        self, where: DecisionFilter = ALL_DECISIONS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Decision]:
        """Every one that says something of a certificate, where only those are wanted."""
        self._ask("decisions", where, cursor, limit, cursor=cursor)
        fitting = [row for row in self.decision_rows if row.certificate_status or not where.judged]
        return Page(tuple(fitting[:limit]))

    async def credit_changes(
        self, where: CreditFilter = ALL_CREDIT_CHANGES, *, cursor: str | None = None, limit: int = 50
    ) -> Page[CreditChange]:
        """Nothing was put on any token."""
        self._ask("credit_changes", where, cursor, limit, cursor=cursor)
        return Page(())
