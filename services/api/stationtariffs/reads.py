"""Tariffs at stations in ClickHouse."""

from typing import Protocol

import msgspec

from schemas.stationtariffs import InstalledTariff, WantedTariff
from services.api.history.listing import Listing, Where, in_micros
from services.api.stationtariffs.rows import ALL_STATION_TARIFFS, StationTariffFilter, StationTariffs
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class StationTariffReads(Protocol):
    """Tariffs at stations. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def stations_tariffs(
        self, where: StationTariffFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[StationTariffs]: ...

    async def station_tariffs(self, station: str) -> StationTariffs | None: ...


_STATIONS = Listing(
    table="station_tariffs",
    struct=StationTariffs,
    at_us=in_micros("t.changed_at"),
    id="t.station",
    convert={
        "wanted": msgspec.json.Decoder(tuple[WantedTariff, ...]).decode,
        "installed": msgspec.json.Decoder(tuple[InstalledTariff, ...]).decode,
    },
)


async def stations_tariffs(
    db: ClickHouse, where: StationTariffFilter = ALL_STATION_TARIFFS, *, cursor: str | None = None, limit: int = 50
) -> Page[StationTariffs]:
    """Stations with their tariffs, the one that changed last first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.status = {status:String}", status=where.status)
    return await _STATIONS.page(db, conditions, cursor=cursor, limit=limit)


async def station_tariffs(db: ClickHouse, station: str) -> StationTariffs | None:
    """The tariffs of a station; None where nobody ever managed or read them. Raises Outage."""
    return await _STATIONS.one(db, Where("t.station = {station:String}", station=station))
