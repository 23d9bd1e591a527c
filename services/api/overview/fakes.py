"""A fake of the reads of overview, in memory."""

import datetime as dt
from decimal import Decimal

from services.api.history.curves import Point
from services.api.overview.rows import EnergyHour, FleetOverview
from services.api.sessions.fakes import FakeSessions
from services.api.stations.fakes import FakeStations


class FakeOverview(FakeStations, FakeSessions):
    """The figures, power and energy of the fleet."""

    async def fleet_overview(self, now: dt.datetime) -> FleetOverview:
        """An empty fleet, but for the stations there are."""
        self._ask("fleet_overview", now)
        return FleetOverview(
            at=now,
            stations_total=len(self.station_rows),
            stations_connected=sum(row.connected for row in self.station_rows.values()),
            connected_by_version={},
            connectors_by_status={},
            faults=0,
            sessions_active=0,
            sessions_today=len(self.session_rows),
            power_w=Decimal(0),
            energy_today_wh=Decimal("7321.250"),
        )

    async def fleet_power(
        self, since: dt.datetime, *, until: dt.datetime, step_s: int | None = None
    ) -> tuple[Point, ...]:
        """Nothing flows."""
        self._ask("fleet_power", since, until, step_s)
        return (Point(until, 0.0),)

    async def energy_by_hour(self, since: dt.datetime, *, until: dt.datetime) -> tuple[EnergyHour, ...]:
        """Nothing flowed."""
        self._ask("energy_by_hour", since, until)
        return ()
