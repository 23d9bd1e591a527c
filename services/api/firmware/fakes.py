"""A fake of the reads of firmware, in memory."""

from collections.abc import Collection

from services.api.firmware.rows import UpdateHistoryRow, UpdateRow
from services.api.history.fakes import FakeHistory
from services.api.web.paging import Page


class FakeFirmware(FakeHistory):
    """Updates of campaigns and their history."""

    def __init__(self) -> None:
        super().__init__()
        self.update_rows: tuple[UpdateRow, ...] = ()
        self.held: dict[str, str] = {}
        self.update_history_rows: tuple[UpdateHistoryRow, ...] = ()

    async def firmware_updates(
        self,
        campaign: str,
        *,
        state: str | None = None,
        station: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[UpdateRow]:
        """Every row, whatever the filter."""
        self._ask("firmware_updates", campaign, state, station, cursor, limit, cursor=cursor)
        return Page(self.update_rows[:limit])

    async def firmware_history(
        self, campaign: str, station: str, *, cursor: str | None = None, limit: int = 100
    ) -> Page[UpdateHistoryRow]:
        """Every row."""
        self._ask("firmware_history", campaign, station, cursor, limit, cursor=cursor)
        return Page(self.update_history_rows[:limit])

    async def stations_in_campaigns(self, campaigns: Collection[str]) -> dict[str, str]:
        """Those of `held` whose campaign is asked for."""
        self._ask("firmware_held", campaigns)
        return {station: campaign for station, campaign in self.held.items() if campaign in campaigns}
