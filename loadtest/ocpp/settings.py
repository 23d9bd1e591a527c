"""The settings of a simulated station: its 1.6 keys and its 2.x variables, with what they may be. PURE."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from loadtest.ocpp.limits21 import SUPPORTED

READ_AT_ONCE, WRITTEN_AT_ONCE, REPORTED_AT_ONCE = 10, 5, 20
"""How many variables one GetVariables, one SetVariables and one GetReport may name."""

LIST_AT_MOST, LISTED_AT_ONCE = 200, 20
"""Tokens of a local list, and of one SendLocalList."""

NETWORK_SLOTS = ("0", "1")
"""Slots for network profiles."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """A setting of the simulated station. `key` is its 1.6 key, or its name here where 1.6 has none (`since_2`).

    `unit`, `kind` and `choices` are its 2.x characteristics.
    """

    key: str
    component: str
    variable: str
    instance: str = ""
    default: str
    access: Literal["ReadWrite", "ReadOnly", "WriteOnly"] = "ReadWrite"
    kind: Literal["string", "integer", "boolean", "OptionList", "SequenceList", "MemberList"] = "string"
    unit: str = ""
    choices: tuple[str, ...] = ()
    since_2: bool = False


def _number(key: str, place: str, default: str, *, unit: str = "s") -> Setting:
    component, _, variable = place.partition(".")
    return Setting(key=key, component=component, variable=variable, default=default, kind="integer", unit=unit)


def _switch(key: str, place: str, default: str) -> Setting:
    component, _, variable = place.partition(".")
    return Setting(key=key, component=component, variable=variable, default=default, kind="boolean")


def _items(key: str, message: str, most: int) -> Setting:
    return Setting(
        key=key,
        component="DeviceDataCtrlr",
        variable="ItemsPerMessage",
        instance=message,
        default=str(most),
        access="ReadOnly",
        kind="integer",
        since_2=not key.isalnum(),
    )


def _list(key: str, variable: str, most: int) -> Setting:
    return Setting(
        key=key,
        component="LocalAuthListCtrlr",
        variable=variable,
        default=str(most),
        access="ReadOnly",
        kind="integer",
    )


def _web(
    variable: str,
    default: str,
    kind: Literal["string", "integer", "boolean", "OptionList"] = "string",
    access: Literal["ReadWrite", "WriteOnly"] = "ReadWrite",
) -> Setting:
    """Of the QR codes by which a 2.1 station is paid for (C25)."""
    return Setting(
        key=f"WebPayments[{variable}]",
        component="WebPaymentsCtrlr",
        variable=variable,
        default=default,
        kind=kind,
        access=access,
        choices=("v1",) if kind == "OptionList" else (),
        since_2=True,
    )


SETTINGS: tuple[Setting, ...] = (
    _number("HeartbeatInterval", "OCPPCommCtrlr.HeartbeatInterval", "60"),
    _number("WebSocketPingInterval", "OCPPCommCtrlr.WebSocketPingInterval", "0"),
    _number("ResetRetries", "OCPPCommCtrlr.ResetRetries", "2", unit=""),
    _number("MeterValueSampleInterval", "SampledDataCtrlr.TxUpdatedInterval", "8"),
    _number("ClockAlignedDataInterval", "AlignedDataCtrlr.Interval", "900"),
    _number("ConnectionTimeOut", "TxCtrlr.EVConnectionTimeOut", "60"),
    _switch("StopTransactionOnInvalidId", "TxCtrlr.StopTxOnInvalidId", "true"),
    _switch("AuthorizeRemoteTxRequests", "AuthCtrlr.AuthorizeRemoteStart", "false"),
    _switch("LocalPreAuthorize", "AuthCtrlr.LocalPreAuthorize", "false"),
    Setting(
        key="AuthorizationKey",
        component="SecurityCtrlr",
        variable="BasicAuthPassword",
        default="",
        access="WriteOnly",
    ),
    Setting(
        key="SecurityProfile",
        component="SecurityCtrlr",
        variable="SecurityProfile",
        default="1",
        access="ReadOnly",
        kind="integer",
    ),
    Setting(
        key="SupportedFeatureProfiles",
        component="ChargingStation",
        variable="Profiles",
        default="Core,FirmwareManagement,LocalAuthListManagement,RemoteTrigger,SmartCharging",
        access="ReadOnly",
        kind="MemberList",
    ),
    Setting(
        key="NetworkConfigurationPriority",
        component="OCPPCommCtrlr",
        variable="NetworkConfigurationPriority",
        default="0",
        kind="SequenceList",
        choices=NETWORK_SLOTS,
        since_2=True,
    ),
    Setting(
        key="TimeSource",
        component="ClockCtrlr",
        variable="TimeSource",
        default="Heartbeat",
        kind="OptionList",
        choices=("Heartbeat", "NTP", "RealTimeClock"),
        since_2=True,
    ),
    Setting(
        key="SupportedLimits",
        component="TxCtrlr",
        variable="SupportedLimits",
        default=SUPPORTED,
        access="ReadOnly",
        kind="MemberList",
        since_2=True,
    ),
    _web("Enabled", "false", "boolean"),
    _web("URLTemplate", ""),
    _web("TOTPVersion", "v1", "OptionList"),
    _web("ValidityTime", "60", "integer"),
    _web("Length", "12", "integer"),
    _web("SharedSecret", "", access="WriteOnly"),
    _list("LocalAuthListMaxLength", "Entries", LIST_AT_MOST),
    _list("SendLocalListMaxLength", "ItemsPerMessage", LISTED_AT_ONCE),
    _switch("LocalAuthListEnabled", "LocalAuthListCtrlr.Enabled", "true"),
    _items("GetConfigurationMaxKeys", "GetVariables", READ_AT_ONCE),
    _items("ItemsPerMessage[SetVariables]", "SetVariables", WRITTEN_AT_ONCE),
    _items("ItemsPerMessage[GetReport]", "GetReport", REPORTED_AT_ONCE),
)

KEYS_16: tuple[Setting, ...] = tuple(setting for setting in SETTINGS if not setting.since_2)
BY_KEY: Mapping[str, Setting] = {setting.key.lower(): setting for setting in KEYS_16}
BY_VARIABLE: Mapping[tuple[str, str, str], Setting] = {
    (setting.component.lower(), setting.variable.lower(), setting.instance.lower()): setting for setting in SETTINGS
}


def default_settings() -> dict[str, str]:
    """The settings of a station fresh from the factory."""
    return {setting.key: setting.default for setting in SETTINGS}


def takes(setting: Setting, value: str) -> bool:
    """Whether the value is one that the setting can have."""
    match setting.kind:
        case "integer":
            return value.isdigit()
        case "boolean":
            return value.lower() in ("true", "false")
        case "OptionList":
            return value in setting.choices
        case "SequenceList":
            return set(value.split(",")) <= set(setting.choices)
    return True
