"""What a command makes a simulated station do, and its settings, in words that no version owns. PURE."""

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from loadtest.messages import ConnectorState, Dialect, Payload, StopReason


class StartCharging(msgspec.Struct, frozen=True, kw_only=True):
    """A driver is let in from afar."""

    evse: int
    token: str
    remote_start_id: int | None = None


class StopCharging(msgspec.Struct, frozen=True, kw_only=True):
    """The running transaction is to end."""

    evse: int
    reason: StopReason


class Reboot(msgspec.Struct, frozen=True, kw_only=True):
    """The station restarts: at once, or when nothing runs."""

    when_idle: bool
    reason: StopReason
    boot_reason: Literal["RemoteReset", "ScheduledReset"]


class SetAvailability(msgspec.Struct, frozen=True, kw_only=True):
    """An EVSE, or with 0 the station, in or out of operation."""

    evse: int
    operative: bool


class Tell(msgspec.Struct, frozen=True, kw_only=True):
    """A message is asked for; of every EVSE where `evse` is None."""

    what: Literal["BootNotification", "Heartbeat", "StatusNotification", "MeterValues"]
    evse: int | None = None


class Configure(msgspec.Struct, frozen=True, kw_only=True):
    """A setting gets a value; `key` is the 1.6 key."""

    key: str
    value: str


class LimitPower(msgspec.Struct, frozen=True, kw_only=True):
    """A charging profile caps an EVSE, or with 0 all; None lifts the cap."""

    evse: int
    limit_w: int | None


class InstallFirmware(msgspec.Struct, frozen=True, kw_only=True):
    """A firmware is to be fetched and installed; 1.6 numbers only signed ones."""

    location: str
    request_id: int | None = None


Intent = StartCharging | StopCharging | Reboot | SetAvailability | Tell | Configure | LimitPower | InstallFirmware


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What is answered to a command, and what is then done."""

    payload: Payload
    intents: tuple[Intent, ...] = ()


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A CALLERROR."""

    code: str
    description: str


class BayView(msgspec.Struct, frozen=True, kw_only=True):
    """One EVSE as a command finds it. `transaction_id` is empty where the CSMS has not yet given it; `free` for a driver."""

    evse: int
    state: ConnectorState
    transaction_id: str | None
    free: bool


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A station as a command finds it. `updating`: a firmware is being fetched or installed."""

    vendor: str
    bays: tuple[BayView, ...]
    settings: Mapping[str, str]
    updating: bool = False

    def bay(self, evse: int) -> BayView | None:
        """The EVSE of that number."""
        return next((bay for bay in self.bays if bay.evse == evse), None)

    def charging(self, transaction_id: str) -> BayView | None:
        """The EVSE where that transaction runs."""
        return next((bay for bay in self.bays if bay.transaction_id == transaction_id), None)

    def free_bay(self, evse: int | None) -> BayView | None:
        """The asked EVSE where it is free, or any free one."""
        return next((bay for bay in self.bays if bay.free and evse in (None, bay.evse)), None)


Row = tuple[type[msgspec.Struct], Callable[[View, object], Reply | Refusal]]


class VersionRules(msgspec.Struct, frozen=True, kw_only=True):
    """All that a station needs to know of its version: how it speaks, and what it answers."""

    dialect: Dialect
    table: Mapping[str, Row]
    bad_payload: str


def reply(rules: VersionRules, view: View, action: str, payload: bytes) -> Reply | Refusal:
    """What a station answers to a CALL, by its version's table of actions."""
    row = rules.table.get(action)
    if row is None:
        return Refusal(code="NotImplemented", description=f"this simulated station has no {action}")
    form, answer = row
    try:
        request = msgspec.json.decode(payload, type=form)
    except msgspec.ValidationError as error:
        return Refusal(code=rules.bad_payload, description=f"{action}: {error}")
    return answer(view, request)


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """A setting of the simulated station: its 1.6 key and its 2.x component and variable."""

    key: str
    component: str
    variable: str
    default: str
    access: Literal["ReadWrite", "ReadOnly", "WriteOnly"] = "ReadWrite"
    number: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting(
        key="HeartbeatInterval", component="OCPPCommCtrlr", variable="HeartbeatInterval", default="60", number=True
    ),
    Setting(
        key="WebSocketPingInterval",
        component="OCPPCommCtrlr",
        variable="WebSocketPingInterval",
        default="0",
        number=True,
    ),
    Setting(
        key="MeterValueSampleInterval",
        component="SampledDataCtrlr",
        variable="TxUpdatedInterval",
        default="8",
        number=True,
    ),
    Setting(key="ConnectionTimeOut", component="TxCtrlr", variable="EVConnectionTimeOut", default="60", number=True),
    Setting(key="AuthorizeRemoteTxRequests", component="AuthCtrlr", variable="AuthorizeRemoteStart", default="false"),
    Setting(
        key="AuthorizationKey",
        component="SecurityCtrlr",
        variable="BasicAuthPassword",
        default="",
        access="WriteOnly",
    ),
    Setting(
        key="SupportedFeatureProfiles",
        component="ChargingStation",
        variable="Profiles",
        default="Core,FirmwareManagement,RemoteTrigger,SmartCharging",
        access="ReadOnly",
    ),
)

BY_KEY: Mapping[str, Setting] = {setting.key.lower(): setting for setting in SETTINGS}
BY_VARIABLE: Mapping[tuple[str, str], Setting] = {
    (setting.component.lower(), setting.variable.lower()): setting for setting in SETTINGS
}


def default_settings() -> dict[str, str]:
    """The settings of a station fresh from the factory."""
    return {setting.key: setting.default for setting in SETTINGS}


def takes(setting: Setting, value: str) -> bool:
    """Whether the value is one that the setting can have."""
    return not setting.number or value.isdigit()


def watts(limit: float, unit: str, phases: int) -> int:
    """A charging schedule's limit in watts."""
    return int(limit if unit == "W" else limit * 230 * phases)
