"""A fake of the reads of data transfers, in memory."""

import datetime as dt

from services.api.history.fakes import FakeHistory
from services.api.vendors.rows import ALL_TRANSFERS, SeenVendor, TransferFilter, Transferred
from services.api.web.paging import Page


class FakeVendors(FakeHistory):
    """Data transfers."""

    def __init__(self) -> None:
        super().__init__()
        self.transfer_rows: list[Transferred] = []
        self.seen_vendor_rows: tuple[SeenVendor, ...] = ()

    async def data_transfers(
        self, where: TransferFilter = ALL_TRANSFERS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Transferred]:
        """The rows of the station that is asked for, whatever else is."""
        self._ask("data_transfers", where, cursor, limit, cursor=cursor)
        fitting = [row for row in self.transfer_rows if where.station in (None, row.station)]
        return Page(tuple(fitting[:limit]))

    async def unknown_vendors(self, since: dt.datetime, *, limit: int = 50) -> tuple[SeenVendor, ...]:
        """Every one, whatever the time."""
        self._ask("unknown_vendors", since, limit)
        return self.seen_vendor_rows[:limit]
