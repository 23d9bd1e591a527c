"""A fake of the reads of cdrs, in memory."""

from schemas.billing import ChargingStateMark
from services.api.cdrs.rows import ALL_CDRS, Cdr, CdrFilter
from services.api.history.fakes import FakeHistory
from services.api.web.paging import Page


class FakeCdrs(FakeHistory):
    """Charge detail records, and the charging states that bills are worked out from."""

    def __init__(self) -> None:
        super().__init__()
        self.cdr_rows: dict[str, Cdr] = {}
        self.state_rows: tuple[ChargingStateMark, ...] = ()

    async def cdrs(self, where: CdrFilter = ALL_CDRS, *, cursor: str | None = None, limit: int = 50) -> Page[Cdr]:
        """Every record, whatever the filter; the cursor of a page is the number of its last."""
        self._ask("cdrs", where, cursor, limit, cursor=cursor)
        first = int(cursor or 0)
        rows = tuple(self.cdr_rows.values())[first : first + limit]
        last = first + len(rows)
        more = last < len(self.cdr_rows)
        self.cursors |= {str(last)} if more else set()
        return Page(rows, str(last) if more else None)

    async def cdr(self, id: str) -> Cdr | None:
        """The record's row."""
        self._ask("cdr", id)
        return self.cdr_rows.get(id)

    async def session_cdr(self, session: str) -> Cdr | None:
        """The last row of the session."""
        self._ask("session_cdr", session)
        return next((row for row in reversed(self.cdr_rows.values()) if row.session == session), None)

    async def charging_states(self, session: str) -> tuple[ChargingStateMark, ...]:
        """The charging states there are."""
        self._ask("charging_states", session)
        return self.state_rows
