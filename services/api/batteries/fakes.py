"""A fake of the reads of batteries, in memory."""

from services.api.batteries.rows import ALL_SWAPS, BatteryEvent, Slot, Swap, SwapFilter
from services.api.history.fakes import FakeHistory
from services.api.web.paging import Page


class FakeBatteries(FakeHistory):
    """Battery swaps, slots and what was said of batteries."""

    def __init__(self) -> None:
        super().__init__()
        self.swap_rows: dict[str, Swap] = {}
        self.slot_rows: list[Slot] = []
        self.battery_event_rows: list[BatteryEvent] = []

    async def battery_swaps(
        self, where: SwapFilter = ALL_SWAPS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Swap]:
        """Every swap, whatever the filter."""
        self._ask("battery_swaps", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.swap_rows.values())[:limit])

    async def battery_swap(self, swap: str) -> Swap | None:
        """The swap's row."""
        self._ask("battery_swap", swap)
        return self.swap_rows.get(swap)

    async def battery_slots(self, station: str, *, cursor: str | None = None, limit: int = 50) -> Page[Slot]:
        """Every slot, whatever the station."""
        self._ask("battery_slots", station, cursor, limit, cursor=cursor)
        return Page(tuple(self.slot_rows)[:limit])

    async def battery_events(
        self, serial_number: str, *, cursor: str | None = None, limit: int = 50
    ) -> Page[BatteryEvent]:
        """Every event, whatever the battery."""
        self._ask("battery_events", serial_number, cursor, limit, cursor=cursor)
        return Page(tuple(self.battery_event_rows)[:limit])
