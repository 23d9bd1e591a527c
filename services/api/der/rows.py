"""DER controls, alarms and turns as the API takes and gives them. PURE."""

import datetime as dt
from decimal import Decimal
from typing import Annotated

import msgspec

from schemas.der import ControlId, DERControlChanged, DERControlStatus
from schemas.dersettings import ControlType, DERSettings
from services.api.commands.bodies import Asking
from services.api.commands.rows import CommandView


class SetControl(Asking, frozen=True, kw_only=True):
    """A DER control that a station is to take; and how the command travels."""

    control_type: Annotated[ControlType, msgspec.Meta(description="DERControlEnumType.", examples=["FreqWatt"])]
    is_default: Annotated[
        bool, msgspec.Meta(description="In force whenever no scheduled control of its type is.", examples=[True])
    ]
    settings: Annotated[
        DERSettings,
        msgspec.Meta(
            description="The one setting of its type; a default control has no starts_at and no duration_s.",
            examples=[
                {"curve": {"priority": 1, "y_unit": "PctMaxW", "curve_data": [{"x": "50.2", "y": "100"}]}},
            ],
        ),
    ]
    control_id: Annotated[
        ControlId,
        msgspec.Meta(description="That the station knows it by; one of the same id is replaced. Empty: derived."),
    ] = ""


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """A DER control at a station as it is now. `der_control` is its id here, `control_id` the one that the station knows it by.

    `priority`, `starts_at` and `duration_s` are those of its setting. `is_superseded`: another one of its type rules. `running`: the
    station said that it has started, or ended; null where it said nothing. `requested_at` is null where another system set it.
    """

    der_control: str
    station: str
    control_id: str
    control_type: str
    is_default: bool
    is_superseded: bool
    priority: int | None
    starts_at: dt.datetime | None
    duration_s: Decimal | None
    settings: DERSettings
    status: DERControlStatus | str
    detail: str
    running: bool | None
    running_since: dt.datetime | None
    requested_at: dt.datetime | None
    requested_by: str
    verified_at: dt.datetime | None
    ended_at: dt.datetime | None
    changed_at: dt.datetime


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """A control of this type makes the station deviate from its charging profile, or no longer (`ended`); `fault` is the grid's."""

    station: str
    control_type: str
    fault: str
    ended: bool
    extra_info: str
    at: dt.datetime
    received_at: dt.datetime


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """A scheduled control has started, in place of those in `superseded_ids`, or ended."""

    station: str
    control_id: str
    started: bool
    superseded_ids: tuple[str, ...]
    at: dt.datetime
    received_at: dt.datetime


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """The command that asked the station, with its outcome, and the control; null where it is not known here yet."""

    control: Control | None
    command: CommandView


class ControlFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which controls; None does not filter."""

    station: str | None = None
    control_type: str | None = None
    status: str | None = None
    is_default: bool | None = None


class AlarmFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which alarms; None does not filter. From `since`, before `until`."""

    station: str | None = None
    control_type: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


ALL_CONTROLS, ALL_ALARMS = ControlFilter(), AlarmFilter()

_OF_CONTROL = ("control_id", "control_type", "is_default", "is_superseded", "settings")
_OF_SETTINGS = ("priority", "starts_at", "duration_s")


def control_of(record: DERControlChanged) -> Control:
    """The record as the API gives it."""
    control = record.control
    given = {name: getattr(control, name) for name in _OF_CONTROL}
    given |= {name: getattr(control.settings, name) for name in _OF_SETTINGS}
    rest = {name: getattr(record, name) for name in Control.__struct_fields__ if name not in given}
    return Control(**given, **rest)
