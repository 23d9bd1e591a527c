"""A fake of the reads of exchanges, in memory."""

from collections.abc import Collection

from services.api.conversations.rows import ALL_EXCHANGES, Exchange, ExchangeFilter, NamedSession
from services.api.history.fakes import FakeHistory
from services.api.web.paging import Page


class FakeConversations(FakeHistory):
    """Exchanges; pages of them go on at the cursors "1", "2" ..., as far as `cursors` has these."""

    def __init__(self) -> None:
        super().__init__()
        self.exchange_rows: tuple[Exchange, ...] = ()
        self.named_rows: tuple[NamedSession, ...] = ()

    async def exchanges(
        self,
        where: ExchangeFilter = ALL_EXCHANGES,
        *,
        cursor: str | None = None,
        limit: int = 100,
        oldest_first: bool = False,
    ) -> Page[Exchange]:
        """The exchanges there are, whatever the filter."""
        self._ask("exchanges", where, limit, oldest_first, cursor=cursor)
        begin = int(cursor or 0)
        rest = self.exchange_rows[begin + limit :]
        after = str(begin + limit)
        if rest:
            self.cursors.add(after)
        return Page(self.exchange_rows[begin : begin + limit], after if rest else None)

    async def sessions_named(
        self, stations: Collection[str], transactions: Collection[str]
    ) -> tuple[NamedSession, ...]:
        """The sessions of these transactions."""
        self._ask("sessions_named", frozenset(stations), frozenset(transactions))
        return tuple(row for row in self.named_rows if row.station in stations and row.transaction_id in transactions)
