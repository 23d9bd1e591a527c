"""Reads of firmware updates: each station's update in a campaign, its history, and which campaign still has which station."""

from collections.abc import Collection
from typing import Protocol

from schemas.firmware import FINAL, UpdateState
from services.api.firmware.rows import UpdateHistoryRow, UpdateRow
from services.api.history.listing import Listing, Where
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class FirmwareReads(Protocol):
    """Updates of campaigns and their history. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def firmware_updates(
        self,
        campaign: str,
        *,
        state: str | None = None,
        station: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[UpdateRow]: ...

    async def firmware_history(
        self, campaign: str, station: str, *, cursor: str | None = None, limit: int = 100
    ) -> Page[UpdateHistoryRow]: ...

    async def stations_in_campaigns(self, campaigns: Collection[str]) -> dict[str, str]: ...


_UPDATES = Listing(
    table="firmware_updates",
    struct=UpdateRow,
    id="t.station",
    order="toInt64(t.number)",
    descending=False,
    columns={"wave": "0"},
    convert={"state": UpdateState},
)
_HISTORY = Listing(
    table="firmware_history",
    struct=UpdateHistoryRow,
    order="t.revision",
    descending=False,
    convert={"state": UpdateState},
)


async def firmware_updates(
    db: ClickHouse,
    campaign: str,
    *,
    state: str | None = None,
    station: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[UpdateRow]:
    """The stations of a campaign in the order of its list. (Their wave is left out: it follows from the campaign.)"""
    conditions = Where("t.campaign = {campaign:String}", campaign=campaign)
    conditions.add("t.state = {state:String}", state=state)
    conditions.add("t.station = {station:String}", station=station)
    return await _UPDATES.page(db, conditions, cursor=cursor, limit=limit)


async def firmware_history(
    db: ClickHouse, campaign: str, station: str, *, cursor: str | None = None, limit: int = 100
) -> Page[UpdateHistoryRow]:
    """Every change of one station's update, the oldest first."""
    conditions = Where(
        "t.campaign = {campaign:String}", "t.station = {station:String}", campaign=campaign, station=station
    )
    return await _HISTORY.page(db, conditions, cursor=cursor, limit=limit)


async def stations_in_campaigns(db: ClickHouse, campaigns: Collection[str]) -> dict[str, str]:
    """The stations that these campaigns are not over with, each with its campaign. Raises Outage."""
    sql = (
        "SELECT station, campaign FROM firmware_updates FINAL"
        " WHERE has({campaigns:Array(String)}, campaign) AND NOT has({final:Array(String)}, state)"
    )
    final = sorted(str(state) for state in FINAL)
    return dict(await db.rows(sql, {"campaigns": sorted(campaigns), "final": final}))
