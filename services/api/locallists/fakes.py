"""A fake of the reads of local lists, in memory."""

from services.api.history.fakes import FakeHistory
from services.api.locallists.rows import ALL_LOCAL_LISTS, LocalList, LocalListFilter
from services.api.web.paging import Page


class FakeLocalLists(FakeHistory):
    """Local lists."""

    def __init__(self) -> None:
        super().__init__()
        self.local_list_rows: dict[str, LocalList] = {}

    async def local_lists(
        self, where: LocalListFilter = ALL_LOCAL_LISTS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[LocalList]:
        """Every list, whatever the filter."""
        self._ask("local_lists", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.local_list_rows.values())[:limit])

    async def local_list(self, station: str) -> LocalList | None:
        """The station's row."""
        self._ask("local_list", station)
        return self.local_list_rows.get(station)
