"""DER controls, alarms and turns in ClickHouse."""

from decimal import Decimal
from typing import Any, Protocol

import msgspec

from schemas.dersettings import DERSettings
from services.api.der.rows import ALL_ALARMS, ALL_CONTROLS, Alarm, AlarmFilter, Control, ControlFilter, Turn
from services.api.history.listing import Listing, Where, in_micros, micros_or_none
from services.api.web.paging import Page
from services.runtime.clickhouse import ClickHouse


class DERReads(Protocol):
    """DER control. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def der_controls(
        self, where: ControlFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Control]: ...

    async def der_control(self, der_control: str) -> Control | None: ...

    async def der_alarms(
        self, where: AlarmFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Alarm]: ...

    async def der_turns(self, station: str, *, cursor: str | None = None, limit: int = 50) -> Page[Turn]: ...


def settings_in(text: str) -> Any:
    """The setting, as the table keeps it."""
    return msgspec.json.decode(text, type=DERSettings)


def seconds(text: str) -> Any:
    """A duration, as the table keeps it."""
    return Decimal(text) if text else None


_CONTROLS = Listing(
    table="der_controls",
    struct=Control,
    at_us=in_micros("t.changed_at"),
    id="t.der_control",
    columns={"priority": "t.control_priority"},
    convert={"settings": settings_in, "duration_s": seconds},
)
_ALARMS = Listing(
    table="der_alarms",
    struct=Alarm,
    at_us=in_micros("t.at"),
    order="toInt64(t.ended)",
    id="concat(t.station, ' ', t.control_type, ' ', t.fault)",
)
_TURNS = Listing(
    table="der_turns",
    struct=Turn,
    at_us=in_micros("t.at"),
    order="toInt64(t.started)",
    id="t.control_id",
    convert={"superseded_ids": tuple},
)


async def der_controls(
    db: ClickHouse, where: ControlFilter = ALL_CONTROLS, *, cursor: str | None = None, limit: int = 50
) -> Page[Control]:
    """Controls by their last change, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.control_type = {control_type:String}", control_type=where.control_type)
    conditions.add("t.status = {status:String}", status=where.status)
    conditions.add("t.is_default = {is_default:Bool}", is_default=where.is_default)
    return await _CONTROLS.page(db, conditions, cursor=cursor, limit=limit)


async def der_control(db: ClickHouse, der_control: str) -> Control | None:
    """One control; None where there is none of that id. Raises Outage."""
    return await _CONTROLS.one(db, Where("t.der_control = {der_control:String}", der_control=der_control))


async def der_alarms(
    db: ClickHouse, where: AlarmFilter = ALL_ALARMS, *, cursor: str | None = None, limit: int = 50
) -> Page[Alarm]:
    """Alarms by their time, newest first. Raises Outage, BadCursor."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add("t.control_type = {control_type:String}", control_type=where.control_type)
    conditions.add(f"{in_micros('t.at')} >= {{since:Int64}}", since=micros_or_none(where.since))
    conditions.add(f"{in_micros('t.at')} < {{until:Int64}}", until=micros_or_none(where.until))
    return await _ALARMS.page(db, conditions, cursor=cursor, limit=limit)


async def der_turns(db: ClickHouse, station: str, *, cursor: str | None = None, limit: int = 50) -> Page[Turn]:
    """Starts and ends of a station's controls, newest first. Raises Outage, BadCursor."""
    return await _TURNS.page(db, Where("t.station = {station:String}", station=station), cursor=cursor, limit=limit)
