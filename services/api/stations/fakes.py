"""A fake of the reads of stations, in memory."""

import datetime as dt
from collections.abc import Collection

from services.api.history.curves import Point
from services.api.history.fakes import FakeHistory
from services.api.stations.rows import (
    ALL_FRAMES,
    ALL_STATIONS,
    ConnectorStatusChange,
    Frame,
    FrameFilter,
    Station,
    StationEvent,
    StationFilter,
)
from services.api.web.paging import Page


class FakeStations(FakeHistory):
    """Stations, their power, events, statuses and frames."""

    def __init__(self) -> None:
        super().__init__()
        self.station_rows: dict[str, Station] = {}
        self.frame_rows: tuple[Frame, ...] = ()

    async def stations(
        self, where: StationFilter = ALL_STATIONS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Station]:
        """Every station, whatever the filter."""
        self._ask("stations", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.station_rows.values())[:limit])

    async def station(self, station: str) -> Station | None:
        """The station's row."""
        self._ask("station", station)
        return self.station_rows.get(station)

    async def stations_called(self, names: Collection[str]) -> dict[str, Station]:
        """The rows of these stations."""
        self._ask("stations_called", tuple(names))
        return {name: self.station_rows[name] for name in names if name in self.station_rows}

    async def sites(self) -> tuple[str, ...]:
        """The sites of the stations."""
        self._ask("sites")
        return tuple(sorted({row.site for row in self.station_rows.values()}))

    async def vendors(self) -> tuple[str, ...]:
        """The vendors of the stations."""
        self._ask("vendors")
        return tuple(sorted({row.vendor for row in self.station_rows.values()}))

    async def station_power(
        self, station: str, since: dt.datetime, *, until: dt.datetime, points: int = 500
    ) -> tuple[Point, ...]:
        """Nothing flows."""
        self._ask("station_power", station, since, until, points)
        return (Point(until, 0.0),)

    async def station_events(
        self, station: str | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[StationEvent]:
        """Nothing happened."""
        self._ask("station_events", station, limit, cursor=cursor)
        return Page(())

    async def connector_status_history(
        self, station: str, *, evse: int | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[ConnectorStatusChange]:
        """Nothing was reported."""
        self._ask("connector_status_history", station, evse, limit, cursor=cursor)
        return Page(())

    async def frames(
        self,
        station: str,
        where: FrameFilter = ALL_FRAMES,
        *,
        cursor: str | None = None,
        limit: int = 100,
    ) -> Page[Frame]:
        """The frames there are, whatever the filter."""
        self._ask("frames", station, where, limit, cursor=cursor)
        return Page(self.frame_rows[:limit])
