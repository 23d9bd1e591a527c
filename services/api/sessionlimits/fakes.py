"""A fake of the reads of session limits, in memory."""

from services.api.history.fakes import FakeHistory
from services.api.sessionlimits.rows import ALL_SESSION_LIMITS, SessionLimit, SessionLimitFilter
from services.api.web.paging import Page


class FakeSessionLimits(FakeHistory):
    """Limited sessions."""

    def __init__(self) -> None:
        super().__init__()
        self.session_limit_rows: dict[str, SessionLimit] = {}

    async def session_limits(
        self, where: SessionLimitFilter = ALL_SESSION_LIMITS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[SessionLimit]:
        """Every limited session, whatever the filter."""
        self._ask("session_limits", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.session_limit_rows.values())[:limit])

    async def session_limit(self, session: str) -> SessionLimit | None:
        """The session's row."""
        self._ask("session_limit", session)
        return self.session_limit_rows.get(session)
