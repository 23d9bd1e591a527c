"""Charging profiles, limits of others and needs of EVs in ClickHouse."""

from decimal import Decimal
from typing import Protocol

import msgspec
from msgspec.structs import replace

from schemas.chargingschedules import ChargingProfile, ChargingSchedule
from services.api.chargingprofiles.rows import ALL_PROFILES, Limit, Needs, Plan, Profile, ProfileFilter
from services.api.history.listing import Listing, Where, in_micros
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class ProfileReads(Protocol):
    """Charging profiles. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def charging_profiles(
        self, where: ProfileFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Profile]: ...

    async def charging_profile(self, charging_profile: str) -> Profile | None: ...

    async def charging_limits(self, station: str) -> tuple[Limit, ...]: ...

    async def charging_needs(self, station: str, *, cursor: str | None = None, limit: int = 50) -> Page[Needs]: ...


def _profile(text: str) -> ChargingProfile:
    return msgspec.json.decode(text, type=ChargingProfile)


def _schedules(text: str) -> tuple[ChargingSchedule, ...]:
    return msgspec.json.decode(text or "[]", type=tuple[ChargingSchedule, ...])


def _parameters(text: str) -> dict[str, Decimal]:
    return msgspec.json.decode(text or "{}", type=dict[str, Decimal])


def _inverter(text: str) -> dict[str, str]:
    return msgspec.json.decode(text or "{}", type=dict[str, str])


_PROFILES = Listing(
    table="charging_profiles",
    struct=Profile,
    at_us=in_micros("t.changed_at"),
    id="t.charging_profile",
    convert={"profile": _profile},
)
_LIMITS = Listing(
    table="charging_limits",
    struct=Limit,
    id="t.source",
    convert={"schedules": _schedules},
)
_PLANS = Listing(table="charging_plans", struct=Plan)
_NEEDS = Listing(
    table="charging_needs",
    struct=Needs,
    columns={"plan": "NULL"},
    at_us=in_micros("t.received_at"),
    convert={
        "parameters": _parameters,
        "der_controls": tuple,
        "islanding_detection": tuple,
        "inverter": _inverter,
    },
)


async def charging_profiles(
    db: ClickHouse, where: ProfileFilter = ALL_PROFILES, *, cursor: str | None = None, limit: int = 50
) -> Page[Profile]:
    """What stands under each number, the one that changed last first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.status = {status:String}", status=where.status)
    return await _PROFILES.page(db, conditions, cursor=cursor, limit=limit)


async def charging_profile(db: ClickHouse, charging_profile: str) -> Profile | None:
    """What stands under one number; None where nothing ever stood there. Raises Outage."""
    return await _PROFILES.one(db, Where("t.charging_profile = {id:String}", id=charging_profile))


async def charging_limits(db: ClickHouse, station: str) -> tuple[Limit, ...]:
    """The limits that others set at a station and that hold, by EVSE and source. Raises Outage."""
    found = await _LIMITS.found(db, Where("t.station = {station:String}", "NOT t.cleared", station=station))
    sql = (
        "SELECT t.evse, t.source, max(t.received_at) FROM charging_limits AS t FINAL"
        " WHERE t.station = {station:String} AND t.cleared GROUP BY t.evse, t.source"
    )
    cleared = {(evse, source): at for evse, source, at in await db.rows(sql, {"station": station})}
    holding = (
        limit
        for limit in found
        if (limit.evse, limit.source) not in cleared or limit.received_at > cleared[limit.evse, limit.source]
    )
    return tuple(sorted(holding, key=lambda limit: (limit.evse, limit.source, limit.local_generation)))


async def charging_needs(db: ClickHouse, station: str, *, cursor: str | None = None, limit: int = 50) -> Page[Needs]:
    """What EVs asked for at a station, newest first, each with what became of it. Raises Outage, BadCursor."""
    page = await _NEEDS.page(db, Where("t.station = {station:String}", station=station), cursor=cursor, limit=limit)
    wanted = Where(
        "t.station = {station:String}",
        "t.needs IN {needs:Array(String)}",
        station=station,
        needs=[one.id for one in page.items],
    )
    plans = {one.needs: one for one in await _PLANS.found(db, wanted)} if page.items else {}
    return Page(tuple(_answered(one, plans.get(one.id)) for one in page.items), page.next_cursor)


def _answered(needs: Needs, plan: Plan | None) -> Needs:
    return needs if plan is None else replace(needs, answered=plan.status, plan=plan)
