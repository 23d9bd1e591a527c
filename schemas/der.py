"""DER control: what inverters of stations and EVs are told by the grid, and what they report of it (2.1 part 2, R01 to R05)."""

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import Record, Timestamp, derived_id
from schemas.command import Fault, StationCommand, about
from schemas.dersettings import CONTROL_TYPES, DEFAULT_ONLY, SETTING_OF, ControlType, DERSettings
from schemas.facts import FactReported
from schemas.reports import UNNUMBERED, AskedInParts, ReportPart
from schemas.topic import Topic

DERControlStatus = Literal["requested", "accepted", "unconfirmed", "refused", "cleared", "expired", "gone"]
"""`requested`: the station has not answered yet. `unconfirmed`: nobody knows whether the station has it, for no answer came. `refused`: the
station does not have it; `detail` has its word. `expired`: its time is over (R04.FR.10). `gone`: a whole report of the station's controls
does not have it."""

PRESENT: frozenset[DERControlStatus] = frozenset({"requested", "accepted", "unconfirmed"})
"""The station has the control, or may come to have it."""

ControlId = Annotated[str, msgspec.Meta(max_length=36)]


def control_id_of(command_id: str) -> str:
    """The id of a control whose caller gave none: the same for the same command."""
    return derived_id(command_id, "der-control")


class DERControl(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A control as a station has it. A default one is in force whenever no scheduled one of its type is (R04.FR.11).

    `is_superseded`: another one of its type rules, and this is not executed (R04.FR.09).
    """

    control_id: str
    control_type: ControlType
    is_default: bool = False
    is_superseded: bool = False
    settings: DERSettings = DERSettings()


# -- facts from the gateway, on csms.der -------------------------------------------------------------------------------


class DERControlsReported(ReportPart, frozen=True, kw_only=True, tag="der-controls-reported"):
    """ReportDERControl of 2.1: a part of a report of controls (R04.FR.31 to 35). The message has no numbers of parts."""

    message: ClassVar[str] = "ReportDERControl"

    seq_no: int = UNNUMBERED
    controls: tuple[DERControl, ...] = ()

    @property
    def size(self) -> int:
        """How many controls the part carries."""
        return len(self.controls)


class DERAlarmReported(Record, frozen=True, kw_only=True, tag="der-alarm-reported"):
    """NotifyDERAlarm of 2.1: a control makes the station deviate from its charging profile, or no longer (R05).

    `control_type` is the DERControlEnumType of the control, `fault` the GridEventFaultEnumType that caused it, empty where the station
    names none; `ended`: it is over. `extra_info` is the maker's text. `deviations` and `further` are as in TransactionReported.
    """

    id: str
    station: str
    control_type: str
    fault: str = ""
    ended: bool = False
    extra_info: str = ""
    at: Timestamp
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp


class DERStartStopReported(Record, frozen=True, kw_only=True, tag="der-start-stop-reported"):
    """NotifyDERStartStop of 2.1: a scheduled control has started, in place of those in `superseded_ids`, or ended (R04.FR.20 to 22).

    `deviations` and `further` are as in TransactionReported.
    """

    id: str
    station: str
    control_id: str
    started: bool
    superseded_ids: tuple[str, ...] = ()
    at: Timestamp
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp


# -- what the service says, on csms.der-states -------------------------------------------------------------------------


class DERControlChanged(Record, frozen=True, kw_only=True, tag="der-control-changed"):
    """A control at a station as a whole, after a change; the newest `revision` stands for all before.

    `der_control` is its id here, `control.control_id` the one that the station knows it by. `running`: the station said that it has
    started; null where it said nothing. `requested_at` is when it was last asked for; null: by another system. `verified_at`: when the
    station last reported it.
    """

    id: str
    der_control: str
    station: str
    revision: int
    control: DERControl
    status: DERControlStatus
    detail: str = ""
    running: bool | None = None
    running_since: Timestamp | None = None
    requested_at: Timestamp | None = None
    requested_by: str = ""
    verified_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    changed_at: Timestamp


# -- commands (members of schemas.commands.Command) --------------------------------------------------------------------


class SetDERControl(StationCommand, frozen=True, kw_only=True):
    """Give a station a DER control: a default one, or one for a time (R04; 2.1 alone).

    NotSupported: the station does not have the type. Of two controls of a type the one with the lower number of priority rules; the other
    one is superseded.
    """

    title: ClassVar[str] = "Set a DER control"

    control_type: Annotated[ControlType, about("Type", example="FreqWatt")]
    is_default: Annotated[bool, about("Default", "In force whenever no scheduled one is.", example=True)]
    settings: Annotated[
        DERSettings,
        about(
            "Setting",
            "The one of the type.",
            example={
                "curve": {
                    "priority": 1,
                    "y_unit": "PctMaxW",
                    "curve_data": [{"x": "50.2", "y": "100"}, {"x": "51.5", "y": "0"}],
                }
            },
        ),
    ]
    control_id: Annotated[ControlId, about("Control id", "Empty: derived from the command's id.", advanced=True)] = ""

    def faults(self) -> Iterable[Fault]:
        """By R04.FR.12, 14 and 16."""
        wanted, given = SETTING_OF[self.control_type], self.settings.given
        if wanted not in given:
            yield Fault(f"settings.{wanted}", f"is missing: {self.control_type} needs it")
        for name in given:
            if name != wanted:
                yield Fault(f"settings.{name}", f"must be left out: {self.control_type} has {wanted} (R04.FR.16)")
        if self.is_default:
            for name in ("starts_at", "duration_s"):
                if getattr(self.settings, name) is not None:
                    yield Fault(f"settings.{wanted}.{name}", "must be left out: a default control has none (R04.FR.12)")
        elif self.control_type in DEFAULT_ONLY:
            yield Fault("is_default", f"must be true: {self.control_type} is a default control alone (R04.FR.14)")


Which = Annotated[Literal["", *CONTROL_TYPES], about("Type", "Empty: every one.")]  # type: ignore[valid-type]
"""A type of control, or none."""


class GetDERControl(AskedInParts, frozen=True, kw_only=True):
    """Have a station report its DER controls: all, by type, or one by its id (R04). NotFound: it has none of these."""

    title: ClassVar[str] = "Read DER controls"
    brings: ClassVar[str] = "ReportDERControl"

    is_default: Annotated[bool | None, about("Default ones", "Empty: both; no: scheduled ones.")] = None
    control_type: Which = ""
    control_id: Annotated[ControlId, about("Control id", "Alone, without a type.")] = ""

    @property
    def all(self) -> bool:
        """It asks for every control."""
        return self.is_default is None and not self.control_type and not self.control_id

    def faults(self) -> Iterable[Fault]:
        """By R04.FR.34 and 35."""
        if self.control_type and self.control_id:
            yield Fault("control_id", "stands without control_type (R04.FR.35)")


class ClearDERControl(StationCommand, frozen=True, kw_only=True):
    """Take DER controls away: one by its id, those of a type, or all default or all scheduled ones (R04).

    NotFound: the station has none of these.
    """

    title: ClassVar[str] = "Clear DER controls"

    is_default: Annotated[bool, about("Default ones", "No: scheduled ones.", example=False)]
    control_type: Which = ""
    control_id: Annotated[ControlId, about("Control id", "Alone, without a type.")] = ""

    def faults(self) -> Iterable[Fault]:
        """By R04.FR.41 and 42."""
        if self.control_type and self.control_id:
            yield Fault("control_id", "stands without control_type (R04.FR.42)")


DER = Topic(
    name="csms.der",
    meaning="DER controls, alarms and starts, as stations report them.",
    records=(DERControlsReported, DERAlarmReported, DERStartStopReported, FactReported),
)
DER_STATES = Topic(
    name="csms.der-states",
    meaning="Each DER control at each station as a whole, after every change.",
    records=(DERControlChanged,),
)

TOPICS = (DER, DER_STATES)
