"""A fake of the reads of tariffs at stations, in memory."""

from services.api.history.fakes import FakeHistory
from services.api.stationtariffs.rows import ALL_STATION_TARIFFS, StationTariffFilter, StationTariffs
from services.api.web.paging import Page


class FakeStationTariffs(FakeHistory):
    """Tariffs at stations."""

    def __init__(self) -> None:
        super().__init__()
        self.station_tariff_rows: dict[str, StationTariffs] = {}

    async def stations_tariffs(
        self, where: StationTariffFilter = ALL_STATION_TARIFFS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[StationTariffs]:
        """Every station, whatever the filter."""
        self._ask("stations_tariffs", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.station_tariff_rows.values())[:limit])

    async def station_tariffs(self, station: str) -> StationTariffs | None:
        """The station's row."""
        self._ask("station_tariffs", station)
        return self.station_tariff_rows.get(station)
