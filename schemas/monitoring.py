"""Monitoring: monitors of variables, set and reported, and the events that they make (2.x part 2, N02 to N08)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import Record, Timestamp
from schemas.command import EvseId, Fault, StationCommand, about
from schemas.devicemodel import ComponentVariable, VariableName, variable_faults
from schemas.reports import AskedInParts, ReportPart
from schemas.topic import Topic

MonitorType = Literal[
    "UpperThreshold",
    "LowerThreshold",
    "Delta",
    "Periodic",
    "PeriodicClockAligned",
    "TargetDelta",
    "TargetDeltaRelative",
]
"""2.0.1 has no TargetDelta and no TargetDeltaRelative."""

Severity = Annotated[int, msgspec.Meta(ge=0, le=9)]
PROBLEM = "Problem"
"""The variable of a component that has an error (2.x part 2, appendix)."""

Count = Annotated[int, msgspec.Meta(ge=0)]
MonitorId = Annotated[int, msgspec.Meta(ge=0, le=2_147_483_647)]

# -- facts from the gateway, on csms.monitoring -----------------------------------------------------------------------


class ReportedMonitor(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One monitor of a NotifyMonitoringReport. `origin` is its EventNotificationEnumType, which 2.0.1 does not tell."""

    name: VariableName
    monitor_id: int
    type: str
    value: Decimal
    severity: int
    transaction: bool = False
    origin: str = ""


class MonitorsReported(ReportPart, frozen=True, kw_only=True, tag="monitors-reported"):
    """NotifyMonitoringReport of 2.x: a part of a report of monitors (N02)."""

    message: ClassVar[str] = "NotifyMonitoringReport"

    monitors: tuple[ReportedMonitor, ...] = ()

    @property
    def size(self) -> int:
        """The number of monitors in the part."""
        return len(self.monitors)


class VariableEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of a NotifyEvent: a variable crossed a limit, changed, or is told from time to time (N07, N08).

    `cleared`: what an earlier event told of is over. `cause` is the id of the event that caused this one. `monitor_id` is the monitor
    that made it, `origin` its EventNotificationEnumType.

    Of an error that a 1.6 station reports with the status of a connector (1.6, 4.9) the variable is Problem, `error_code` its
    ChargePointErrorCode, `tech_code` and `tech_info` are vendorErrorCode and info, and `vendor_id` says whose code that is.
    """

    event_id: int
    name: VariableName
    trigger: str
    value: str = ""
    cleared: bool = False
    cause: int | None = None
    monitor_id: int | None = None
    severity: int | None = None
    origin: str = ""
    tech_code: str = ""
    tech_info: str = ""
    transaction_id: str = ""
    at: Timestamp
    error_code: str = ""
    vendor_id: str = ""

    @property
    def of_status(self) -> bool:
        """Whether it is an error that a 1.6 station told with a status: it has no EventNotificationEnumType."""
        return self.name.variable == PROBLEM and not self.origin


class EventsReported(Record, frozen=True, kw_only=True, tag="events-reported"):
    """NotifyEvent of 2.x: events of variables; `seq_no` counts the parts of one notification from 0, `last` is the last of them.

    The service `stations` publishes one for each change of the error that a 1.6 StatusNotification tells.

    `deviations` and `further` are as in TransactionReported.
    """

    id: str
    station: str
    seq_no: int
    last: bool = True
    generated_at: Timestamp | None = None
    events: tuple[VariableEvent, ...] = ()
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp


class StreamReported(Record, frozen=True, kw_only=True, tag="stream-reported"):
    """OpenPeriodicEventStream and ClosePeriodicEventStream of 2.1: a stream of values begins, by which monitor, or ends (N11, N13).

    `interval_s` and `values`: it is sent after so many seconds, or values. `deviations` and `further` are as in TransactionReported.
    """

    id: str
    station: str
    stream_id: int
    opened: bool
    monitor_id: int | None = None
    interval_s: int | None = None
    values: int | None = None
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp


class StreamSample(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One value of a stream, `offset_s` seconds after the base time of its message."""

    offset_s: Decimal
    value: str


class StreamSampled(Record, frozen=True, kw_only=True, tag="stream-sampled"):
    """NotifyPeriodicEventStream of 2.1: values of a stream (N15). `pending` counts those that the station still has.

    `base_at` is the base time of the message. `deviations` and `further` are as in TransactionReported.
    """

    id: str
    station: str
    stream_id: int
    pending: int = 0
    base_at: Timestamp
    samples: tuple[StreamSample, ...] = ()
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp


# -- commands (members of schemas.commands.Command) -------------------------------------------------------------------


class Monitor(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A monitor of a variable. With the `id` of one that there is, it replaces that one (N04.FR.12)."""

    component: Annotated[str, msgspec.Meta(min_length=1, max_length=50), about("Component")]
    variable: Annotated[str, msgspec.Meta(min_length=1, max_length=50), about("Variable")]
    type: Annotated[MonitorType, about("Type")]
    value: Annotated[Decimal, about("Value", "The limit, the change, or seconds for a periodic one.")]
    severity: Annotated[Severity, about("Severity", "0 is danger, 9 is debug.")] = 5
    id: Annotated[MonitorId | None, about("Monitor id", "Empty: a new one.", advanced=True)] = None
    transaction: Annotated[bool | None, about("Only while a transaction runs", advanced=True)] = None
    component_instance: Annotated[str, msgspec.Meta(max_length=50), about("Component instance", advanced=True)] = ""
    variable_instance: Annotated[str, msgspec.Meta(max_length=50), about("Variable instance", advanced=True)] = ""
    evse: Annotated[EvseId | None, about("EVSE", picks="evse", advanced=True)] = None
    connector: Annotated[EvseId | None, about("Connector", picks="connector", advanced=True)] = None
    stream_interval_s: Annotated[
        Count | None,
        about("Stream, seconds", "2.1: values come as a stream, so often.", advanced=True),
    ] = None
    stream_values: Annotated[Count | None, about("Stream, values", "2.1: so many values at once.", advanced=True)] = (
        None
    )


class SetVariableMonitoring(StationCommand, frozen=True, kw_only=True):
    """Have a station watch variables and tell of what happens to them (N04). OCPP 1.6 has no monitors."""

    title: ClassVar[str] = "Set monitors"

    monitors: Annotated[
        tuple[Monitor, ...],
        msgspec.Meta(min_length=1, max_length=100),
        about(
            "Monitors",
            example=[
                {"component": "EVSE", "variable": "Power", "type": "UpperThreshold", "value": "22000", "severity": 4}
            ],
        ),
    ]

    @property
    def things(self) -> tuple[str, ...]:
        """The variable of each monitor."""
        return tuple(f"{monitor.component}.{monitor.variable}" for monitor in self.monitors)


class ClearVariableMonitoring(StationCommand, frozen=True, kw_only=True):
    """Remove monitors by their ids (N06); one that the station does not have is NotFound, which is no refusal."""

    title: ClassVar[str] = "Clear monitors"

    ids: Annotated[
        tuple[MonitorId, ...],
        msgspec.Meta(min_length=1, max_length=500),
        about("Monitor ids", "One a line.", example=[1]),
    ]

    @property
    def things(self) -> tuple[str, ...]:
        """Each id."""
        return tuple(map(str, self.ids))


class SetMonitoringBase(StationCommand, frozen=True, kw_only=True):
    """Choose which monitors are active: all, those from the factory, or the hard-wired ones (N03). Monitors of your own are removed."""

    title: ClassVar[str] = "Choose the base of monitors"

    monitoring_base: Annotated[
        Literal["All", "FactoryDefault", "HardWiredOnly"], about("Base", example="FactoryDefault")
    ]


class SetMonitoringLevel(StationCommand, frozen=True, kw_only=True):
    """Have a station tell of events down to a severity only (N05)."""

    title: ClassVar[str] = "Choose the severity of events"

    severity: Annotated[Severity, about("Severity", "0 is danger, 9 is debug; those above it are not told.", example=4)]


class GetMonitoringReport(AskedInParts, frozen=True, kw_only=True):
    """Have a station report its monitors: those of the variables named, of the kinds named (N02)."""

    title: ClassVar[str] = "Report monitors"
    brings: ClassVar[str] = MonitorsReported.message

    variables: Annotated[
        tuple[ComponentVariable, ...], msgspec.Meta(max_length=500), about("Variables", "Empty: of all.")
    ] = ()
    criteria: Annotated[
        tuple[Literal["ThresholdMonitoring", "DeltaMonitoring", "PeriodicMonitoring"], ...],
        msgspec.Meta(max_length=3),
        about("Kinds", "ThresholdMonitoring, DeltaMonitoring, PeriodicMonitoring, a line each. Empty: all."),
    ] = ()

    def faults(self) -> Iterable[Fault]:
        """An instance is of a variable."""
        return variable_faults(self.variables)


class AdjustPeriodicEventStream(StationCommand, frozen=True, kw_only=True):
    """Have a station send a stream of values more or less often (2.1, N14)."""

    title: ClassVar[str] = "Adjust a stream"

    id: Annotated[MonitorId, about("Stream id", example=1)]
    interval_s: Annotated[Count | None, about("Seconds", "After so many seconds.", example=10)] = None
    values: Annotated[Count | None, about("Values", "After so many values.")] = None


class GetPeriodicEventStream(StationCommand, frozen=True, kw_only=True):
    """Read which streams of values a station has open (2.1, N12)."""

    title: ClassVar[str] = "Read the streams"


MONITORING = Topic(
    name="csms.monitoring",
    meaning="Monitors, events and streams of variables, as stations report them.",
    records=(MonitorsReported, EventsReported, StreamReported, StreamSampled),
)

TOPICS = (MONITORING,)
