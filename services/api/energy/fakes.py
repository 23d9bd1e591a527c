"""A fake of the reads of sites, in memory."""

import datetime as dt

from services.api.energy.loadrows import (
    ALL_ALERTS,
    ALL_LOADS,
    Alert,
    AlertFilter,
    LoadFilter,
    LoadPoint,
    MeterNow,
    SiteLoad,
)
from services.api.energy.rows import Need
from services.api.history.fakes import FakeHistory
from services.api.web.paging import Page


class FakeEnergy(FakeHistory):
    """Loads of sites, alerts, needs and meters."""

    def __init__(self) -> None:
        super().__init__()
        self.load_rows: dict[str, SiteLoad] = {}
        self.alert_rows: dict[str, Alert] = {}
        self.need_rows: list[Need] = []
        self.meter_rows: list[MeterNow] = []
        self.load_points: dict[tuple[str, str], tuple[LoadPoint, ...]] = {}

    async def site_loads(
        self, where: LoadFilter = ALL_LOADS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[SiteLoad]:
        """All loads, whatever the filter says."""
        self._ask("site_loads", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.load_rows.values())[:limit])

    async def site_load(self, site: str) -> SiteLoad | None:
        """The site's load."""
        self._ask("site_load", site)
        return self.load_rows.get(site)

    async def site_alerts(
        self, where: AlertFilter = ALL_ALERTS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Alert]:
        """The alerts of the filter's site, whatever else it says."""
        self._ask("site_alerts", where, cursor, limit, cursor=cursor)
        found = (alert for alert in self.alert_rows.values() if where.site in (None, alert.site))
        return Page(tuple(found)[:limit])

    async def site_alert(self, alert: str) -> Alert | None:
        """The alert's row."""
        self._ask("site_alert", alert)
        return self.alert_rows.get(alert)

    async def site_needs(self, site: str) -> tuple[Need, ...]:
        """The needs of the site."""
        self._ask("site_needs", site)
        return tuple(need for need in self.need_rows if need.site == site)

    async def site_meters(self, site: str, *, since: dt.datetime) -> tuple[MeterNow, ...]:
        """The meters of the site."""
        self._ask("site_meters", site, since)
        return tuple(meter for meter in self.meter_rows if meter.site == site)

    async def node_history(
        self, site: str, node: str, *, since: dt.datetime, until: dt.datetime, step_s: int
    ) -> tuple[LoadPoint, ...]:
        """The points of the node."""
        self._ask("node_history", site, node, since, until, step_s)
        return self.load_points.get((site, node), ())
