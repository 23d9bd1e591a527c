"""A fake of the reads of tokens, in memory."""

from services.api.history.fakes import FakeHistory
from services.api.tokens.rows import ALL_DECISIONS, Decision, DecisionFilter
from services.api.web.paging import Page


class FakeTokens(FakeHistory):
    """Decisions on tokens."""

    async def decisions(
        self, where: DecisionFilter = ALL_DECISIONS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Decision]:
        """Nothing was decided."""
        self._ask("decisions", where, cursor, limit, cursor=cursor)
        return Page(())
