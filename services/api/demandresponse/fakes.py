"""A fake of the reads of demand response, in memory."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from schemas.base import derived_id
from services.api.demandresponse.metered import Drawn, StationMinute
from services.api.demandresponse.rows import ALL_STATIONS, DemandStation, DemandStationFilter
from services.api.history.fakes import FakeHistory
from services.api.web.paging import Page


class FakeDemandResponse(FakeHistory):
    """Events at stations."""

    def __init__(self) -> None:
        super().__init__()
        self.demand_station_rows: dict[str, DemandStation] = {}
        self.drawn: list[Drawn] = []
        self.station_minutes: list[StationMinute] = []
        self.means: dict[str, float] = {}

    async def demand_stations(
        self, where: DemandStationFilter = ALL_STATIONS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[DemandStation]:
        """The rows of the filter's event and station, whatever else it names."""
        self._ask("demand_stations", where, cursor, limit, cursor=cursor)
        rows = (
            row
            for row in self.demand_station_rows.values()
            if where.event in (None, row.event) and where.station in (None, row.station)
        )
        return Page(tuple(rows)[:limit])

    async def demand_station(self, demand_station: str) -> DemandStation | None:
        """The row."""
        self._ask("demand_station", demand_station)
        return next(
            (row for row in self.demand_station_rows.values() if derived_id(row.event, row.station) == demand_station),
            None,
        )

    async def demand_counts(self, event: str) -> Mapping[str, int]:
        """How many rows of the event are in which status."""
        self._ask("demand_counts", event)
        return Counter(str(row.status) for row in self.demand_station_rows.values() if row.event == event)

    async def drawn_by_site(self, event: str, since: dt.datetime, until: dt.datetime) -> tuple[Drawn, ...]:
        """What is there of the window."""
        self._ask("drawn_by_site", event, since, until)
        return tuple(each for each in self.drawn if since <= each.minute < until)

    async def drawn_by_station(
        self, stations: Sequence[str], since: dt.datetime, until: dt.datetime
    ) -> tuple[StationMinute, ...]:
        """What is there of the window and the stations."""
        self._ask("drawn_by_station", stations, since, until)
        return tuple(each for each in self.station_minutes if each.station in stations and since <= each.minute < until)

    async def mean_by_station(self, since: dt.datetime, until: dt.datetime) -> dict[str, float]:
        """The same for every window."""
        self._ask("mean_by_station", since, until)
        return self.means
