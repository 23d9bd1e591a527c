"""Device model: the variables of a station's components, as reports, reads and writes tell them.

2.x part 2, B05 to B09; a 1.6 configuration key (5.3, 5.8) is a variable without a component.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import Record, Timestamp
from schemas.command import EvseId, Fault, about
from schemas.facts import FactReported
from schemas.reports import AskedInParts, ReportPart
from schemas.topic import Topic

ReportBase = Literal["FullInventory", "ConfigurationInventory", "SummaryInventory"]
Criterion = Literal["Active", "Available", "Enabled", "Problem"]
Source = Literal["reported", "read", "written"]
"""How a value became known: a report brought it, it was asked for, or the station accepted it."""

ACTUAL = "Actual"

# -- what a variable is -----------------------------------------------------------------------------------------------


class VariableName(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which variable. A 1.6 key has no component: `variable` is the key."""

    component: str = ""
    component_instance: str = ""
    evse: int | None = None
    connector: int | None = None
    variable: str
    variable_instance: str = ""

    @property
    def key(self) -> str:
        """Its name as commands have it: `Component[instance]@evse:connector.Variable[instance]`, or the 1.6 key."""
        return f"{self.owner}.{self._part(self.variable, self.variable_instance)}" if self.component else self.variable

    @property
    def owner(self) -> str:
        """The component with its instance and its place; empty for a 1.6 key."""
        place = "" if self.evse is None else f"@{self.evse}"
        place += "" if not place or self.connector is None else f":{self.connector}"
        return f"{self._part(self.component, self.component_instance)}{place}"

    @staticmethod
    def _part(name: str, instance: str) -> str:
        return f"{name}[{instance}]" if instance else name


class Characteristics(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What values a variable may have (2.x VariableCharacteristicsType). `values_list`: those allowed, with commas between."""

    data_type: str = ""
    unit: str = ""
    min_limit: Decimal | None = None
    max_limit: Decimal | None = None
    max_elements: int | None = None
    values_list: str = ""
    supports_monitoring: bool | None = None


class Attribute(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One attribute of a variable: `type` is Actual, Target, MinSet or MaxSet.

    `value` is None where it is not set or not told, `***` where it is a secret. `mutability` is ReadOnly, WriteOnly or ReadWrite,
    empty where nobody told.
    """

    type: str = ACTUAL
    value: str | None = None
    mutability: str = ""
    persistent: bool | None = None
    constant: bool | None = None


class ReportedVariable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of a NotifyReport."""

    name: VariableName
    attributes: tuple[Attribute, ...] = ()
    characteristics: Characteristics | None = None


# -- facts from the gateway, on csms.devicemodel ----------------------------------------------------------------------


class VariablesReported(ReportPart, frozen=True, kw_only=True, tag="variables-reported"):
    """NotifyReport of 2.x: a part of a report of variables (B07, B08)."""

    message: ClassVar[str] = "NotifyReport"

    variables: tuple[ReportedVariable, ...] = ()

    @property
    def size(self) -> int:
        """How many variables the part carries."""
        return len(self.variables)


# -- what the service says, on csms.variables -------------------------------------------------------------------------


class VariableChanged(Record, frozen=True, kw_only=True, tag="variable-changed"):
    """A variable of a station as a whole, after a change; the newest `revision` stands for all before.

    `variable_id` is its id among those of all stations, `key` its name as commands have it, `source` how the change became known.
    `removed`: a later report of everything does not name it any more.
    """

    id: str
    variable_id: str
    station: str
    revision: int
    key: str
    name: VariableName
    attributes: tuple[Attribute, ...] = ()
    characteristics: Characteristics | None = None
    source: Source = "reported"
    removed: bool = False
    changed_at: Timestamp

    @property
    def value(self) -> str | None:
        """The Actual value."""
        return next((each.value for each in self.attributes if each.type == ACTUAL), None)


def variable_id_of(station: str, key: str) -> str:
    """The id of a station's variable, in the order of station and name; component and variable names are compared without case."""
    return f"{station} {key.casefold()}"


# -- commands (members of schemas.commands.Command) -------------------------------------------------------------------


class GetBaseReport(AskedInParts, frozen=True, kw_only=True):
    """Have a station report its variables (B07).

    OCPP 1.6 has no reports: its keys are read with GetConfiguration.
    """

    title: ClassVar[str] = "Report all variables"
    brings: ClassVar[str] = VariablesReported.message

    report_base: Annotated[
        ReportBase,
        about(
            "Which",
            "All variables, those that can be set, or those of the station's condition.",
            example="FullInventory",
        ),
    ] = "FullInventory"


class ComponentVariable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A component, or one of its variables. What is left out stands for all that there are (B08.FR.20 to FR.25)."""

    component: Annotated[str, msgspec.Meta(min_length=1, max_length=50), about("Component")]
    variable: Annotated[str, msgspec.Meta(max_length=50), about("Variable", "Empty: all of the component.")] = ""
    component_instance: Annotated[str, msgspec.Meta(max_length=50), about("Component instance", advanced=True)] = ""
    variable_instance: Annotated[str, msgspec.Meta(max_length=50), about("Variable instance", advanced=True)] = ""
    evse: Annotated[EvseId | None, about("EVSE", picks="evse", advanced=True)] = None
    connector: Annotated[EvseId | None, about("Connector", picks="connector", advanced=True)] = None


def variable_faults(variables: Iterable[ComponentVariable]) -> Iterator[Fault]:
    """What is wrong with the names of components and variables that a report is about, `variables` of its command."""
    for number, each in enumerate(variables):
        if each.variable_instance and not each.variable:
            yield Fault(f"variables[{number}].variable_instance", "must be left out, or variable be given too")


class GetReport(AskedInParts, frozen=True, kw_only=True):
    """Have a station report some of its variables: those named, of components that meet one of the criteria (B08)."""

    title: ClassVar[str] = "Report some variables"
    brings: ClassVar[str] = VariablesReported.message

    variables: Annotated[
        tuple[ComponentVariable, ...],
        msgspec.Meta(max_length=500),
        about("Variables", "Empty: all.", example=[{"component": "SecurityCtrlr"}]),
    ] = ()
    criteria: Annotated[
        tuple[Criterion, ...],
        msgspec.Meta(max_length=4),
        about("Criteria", "Active, Available, Enabled, Problem, a line each: components that meet one of them."),
    ] = ()

    def faults(self) -> Iterable[Fault]:
        """An instance is of a variable."""
        return variable_faults(self.variables)


LIMITING: Mapping[str, str] = {
    "devicedatactrlr.itemspermessage[getvariables]": "get_items",
    "devicedatactrlr.bytespermessage[getvariables]": "get_bytes",
    "devicedatactrlr.itemspermessage[setvariables]": "set_items",
    "devicedatactrlr.bytespermessage[setvariables]": "set_bytes",
    "devicedatactrlr.itemspermessage[getreport]": "report_items",
    "devicedatactrlr.bytespermessage[getreport]": "report_bytes",
    "monitoringctrlr.itemspermessage[setvariablemonitoring]": "monitor_items",
    "monitoringctrlr.bytespermessage[setvariablemonitoring]": "monitor_bytes",
    "monitoringctrlr.itemspermessage[clearvariablemonitoring]": "unmonitor_items",
    "monitoringctrlr.bytespermessage[clearvariablemonitoring]": "unmonitor_bytes",
    "securityctrlr.securityprofile": "security_profile",
    "smartchargingctrlr.periodsperschedule": "schedule_periods",
    "getconfigurationmaxkeys": "get_items",
    "securityprofile": "security_profile",
    "chargingschedulemaxperiods": "schedule_periods",
}
"""Which variable tells which limit, by its key in small letters.

2.x appendix, DeviceDataCtrlr, MonitoringCtrlr and SmartChargingCtrlr; 1.6, 9.1, 9.4 and its security extension.
"""

NETWORK_PRIORITY = "ocppcommctrlr.networkconfigurationpriority"
"""Its list of values has the slots that there are (B09.FR.05)."""

RATE_UNITS = ("smartchargingctrlr.rateunit", "chargingscheduleallowedchargingrateunit")
"""The units of charging schedules that the station takes (2.x appendix, SmartChargingCtrlr; 1.6, 9.4.2)."""

SUPPORTED_LIMITS = "txctrlr.supportedlimits"
"""The limits of a transaction that the station keeps to (2.1 appendix, TxCtrlr.SupportedLimits)."""

DEVICEMODEL = Topic(
    name="csms.devicemodel",
    meaning="Variables, monitors and events of the device model, as stations report them.",
    records=(VariablesReported, FactReported),
)
VARIABLES = Topic(
    name="csms.variables",
    meaning="Each variable of each station as a whole, after every change.",
    records=(VariableChanged,),
)
TOPICS = (DEVICEMODEL, VARIABLES)
