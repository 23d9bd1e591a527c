"""A small believable fleet, as records: builders with one override each, and the day that most read tests look at."""

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec

from schemas.authorization import IdToken
from schemas.base import Record, ReplyTo, derived_id
from schemas.commands import CommandRequested, CommandSettled
from schemas.frames import FrameLogged
from schemas.quantities import Reading
from schemas.stationcommands import Reset
from schemas.stations import (
    ConnectorState,
    ConnectorStatusReported,
    StationBooted,
    StationChanged,
    StationConnected,
    StationDisconnected,
)
from schemas.transactions import MeterValuesRecorded, SessionChanged

NOON = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
MIDNIGHT = dt.datetime(2026, 11, 20, 0, 0, tzinfo=dt.UTC)


def minutes(count: float) -> dt.timedelta:
    return dt.timedelta(minutes=count)


def station_changed(station: str = "DE-1", **told: Any) -> StationChanged:
    status = told.pop("status", "Available")
    members: dict[str, Any] = {
        "connected": True,
        "gateway": "gw-0",
        "version": "2.0.1",
        "vendor": "Example",
        "model": "M1",
        "serial_number": f"SN-{station}",
        "registration": "Accepted",
        "site": "berlin",
        "connectors": (ConnectorState(evse=1, connector=1, status=status, at=NOON),),
        "seen_at": NOON,
        "changed_at": NOON,
    } | told
    return StationChanged(id=derived_id(station, str(members["changed_at"])), station=station, revision=1, **members)


def session_changed(session: str = "s-1", **told: Any) -> SessionChanged:
    members: dict[str, Any] = {
        "station": "DE-1",
        "transaction_id": f"tx-{session}",
        "evse": 1,
        "connector": 1,
        "token": IdToken(value="04A2b3", type="ISO14443"),
        "status": "active",
        "started_at": NOON - minutes(30),
        "meter_start_wh": Decimal(1000),
        "energy_wh": Decimal(3500),
        "power_w": Decimal(7000),
        "last_meter_at": NOON,
        "changed_at": NOON,
    } | told
    return SessionChanged(id=derived_id(session, str(members["changed_at"])), session=session, revision=1, **members)


def readings(session: str, at: dt.datetime, *, station: str = "DE-1", **values: Any) -> MeterValuesRecorded:
    names = {
        "energy_wh": ("Energy.Active.Import.Register", "Wh"),
        "power_w": ("Power.Active.Import", "W"),
        "soc_percent": ("SoC", "Percent"),
        "exported_wh": ("Energy.Active.Export.Register", "Wh"),
        "export_power_w": ("Power.Active.Export", "W"),
    }
    return MeterValuesRecorded(
        id=derived_id(session, str(at)),
        station=station,
        session=session,
        evse=1,
        transaction_id=f"tx-{session}",
        readings=tuple(
            Reading(at=at, measurand=names[name][0], unit=names[name][1], value=Decimal(str(value)))  # type: ignore[arg-type]
            for name, value in values.items()
        ),
        received_at=at + dt.timedelta(seconds=1),
    )


def charge(session: str, start: dt.datetime, *, minutes_long: int, power_w: int, station: str = "DE-1") -> list[Record]:
    """A session at constant power, a reading every minute, over at its end; the register begins at 1,000 Wh."""
    end, wh = start + minutes(minutes_long), Decimal(power_w * minutes_long) / 60
    samples = [
        readings(
            session,
            start + minutes(n),
            station=station,
            energy_wh=Decimal(1000) + Decimal(power_w * n) / 60,
            power_w=power_w,
            soc_percent=20 + n / 2,
        )
        for n in range(minutes_long + 1)
    ]
    over = session_changed(
        session,
        station=station,
        status="ended",
        started_at=start,
        ended_at=end,
        meter_stop_wh=1000 + wh,
        energy_wh=wh,
        power_w=None,
        last_meter_at=end,
        changed_at=end + minutes(0.1),
    )
    return [*samples, over]


def frame(sequence: int, at: dt.datetime, **told: Any) -> FrameLogged:
    text = told.pop("text", f'[2,"{sequence}","Heartbeat",{{}}]')
    members: dict[str, Any] = {
        "station": "DE-1",
        "version": "1.6",
        "epoch": 1,
        "direction": "in",
        "kind": "call",
        "action": "Heartbeat",
        "message_id": str(sequence),
    } | told
    return FrameLogged(
        id=derived_id(members["station"], sequence), sequence=sequence, text=text, size=len(text), at=at, **members
    )


def connector_status(at: dt.datetime, status: Any = "Available", **told: Any) -> ConnectorStatusReported:
    members: dict[str, Any] = {"station": "DE-1", "evse": 1, "connector": 1, "status": status} | told
    return ConnectorStatusReported(
        id=derived_id(members["station"], str(at), members["evse"]), at=at, received_at=at, **members
    )


def connection(at: dt.datetime, *, station: str = "DE-1") -> list[Record]:
    """Connected, booted, disconnected, a minute each."""
    reply_to = ReplyTo(gateway="gw-0", epoch=1, message_id="1")
    return [
        StationConnected(
            id=derived_id(station, str(at), "c"), station=station, gateway="gw-0", epoch=1, version="1.6", at=at
        ),
        StationBooted(
            id=derived_id(station, str(at), "b"),
            station=station,
            version="1.6",
            vendor="Example",
            reply_to=reply_to,
            received_at=at + minutes(1),
        ),
        StationDisconnected(
            id=derived_id(station, str(at), "d"),
            station=station,
            gateway="gw-0",
            epoch=1,
            code=1006,
            at=at + minutes(2),
        ),
    ]


def command_requested(command_id: str, at: dt.datetime = NOON, station: str = "DE-1") -> CommandRequested:
    return CommandRequested(
        id=command_id,
        station=station,
        command=Reset(type="Immediate"),
        requested_at=at,
        expires_at=at + minutes(1),
        requested_by="ops",
    )


def command_settled(command_id: str, at: dt.datetime = NOON, station: str = "DE-1") -> CommandSettled:
    return CommandSettled(
        id=derived_id(command_id, "settled"),
        command_id=command_id,
        station=station,
        outcome="accepted",
        response=msgspec.Raw(b'{"status":"Accepted"}'),
        settled_at=at + dt.timedelta(seconds=2),
    )
