"""Builders: one record each with one thing different, and a station whose records reach the core."""

from decimal import Decimal
from typing import Any

import msgspec

from schemas.commands import CommandRequested, CommandSettled
from schemas.der import (
    ClearDERControl,
    DERControl,
    DERControlChanged,
    DERControlsReported,
    DERStartStopReported,
    GetDERControl,
    SetDERControl,
)
from schemas.dersettings import Curve, CurvePoint, DERSettings
from schemas.reports import request_id_of
from services.der import core
from tests.services.commanded import STATION, Followed, outcome_of, requested
from tests.services.moments import at

HOUR = 3600
NAMES = {"s": "SetDERControl", "c": "ClearDERControl", "g": "GetDERControl"}
"""The commands, by the first letter of the ids that the builders give them."""


def settings(priority: int = 1, *, starts: float | None = None, lasts: int | None = None) -> DERSettings:
    """A curve, for a time where `starts` is given."""
    return DERSettings(
        curve=Curve(
            priority=priority,
            y_unit="PctMaxW",
            curve_data=(CurvePoint(x=Decimal("50.2"), y=Decimal(100)),),
            starts_at=None if starts is None else at(starts),
            duration_s=None if lasts is None else Decimal(lasts),
        )
    )


def a_setting(
    command_id: str = "s1", *, seconds: float = 0, number: str = "a", default: bool = True, **changes: Any
) -> CommandRequested:
    command = SetDERControl(
        control_type="FreqWatt", is_default=default, settings=settings(**changes), control_id=number
    )
    return requested(command_id, command, seconds)


def cleared(command_id: str = "c1", *, seconds: float = 60, **changes: Any) -> CommandRequested:
    return requested(command_id, ClearDERControl(**{"is_default": True} | changes), seconds)


def read(command_id: str = "g1", *, seconds: float = 60, **changes: Any) -> CommandRequested:
    return requested(command_id, GetDERControl(**changes), seconds)


def settled(
    command_id: str = "s1", outcome: Any = "accepted", *, seconds: float = 1, superseded: Any = (), **changes: Any
) -> CommandSettled:
    answer = {"status": "Accepted", "supersededIds": superseded} if superseded else {"status": "Accepted"}
    response = msgspec.Raw(msgspec.json.encode(answer))
    given = {"command": NAMES[command_id[0]], "response": response} | changes
    return outcome_of(command_id, outcome, seconds, **given)


def control(number: str = "a", **changes: Any) -> DERControl:
    given: dict[str, Any] = {"control_id": number, "control_type": "FreqWatt", "is_default": True}
    return DERControl(**given | {"settings": settings()} | changes)


def reported(*controls: DERControl, of: str = "g1", seconds: float = 62, last: bool = True) -> DERControlsReported:
    return DERControlsReported(
        id=f"part-{of}-{seconds}",
        station=STATION,
        request_id=request_id_of(of),
        last=last,
        controls=controls,
        received_at=at(seconds),
    )


def turned(number: str = "a", *, started: bool = True, seconds: float = 70, instead: Any = ()) -> DERStartStopReported:
    return DERStartStopReported(
        id=f"turn-{seconds}",
        station=STATION,
        control_id=number,
        started=started,
        superseded_ids=instead,
        at=at(seconds - 1),
        received_at=at(seconds),
    )


class Station(Followed):
    """A station with DER controls, by the id that it knows each by."""

    core, snapshot, by = core, DERControlChanged, "control.control_id"
    controls = Followed.newest
