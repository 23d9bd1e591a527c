"""Configuration: 1.6 keys and 2.x variables, read and written by the same commands."""

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from gateway.ocpp.rows import (
    Capability,
    Draft,
    Invalid,
    Judged,
    Outbound,
    Unsupported,
    present,
    spelled,
)
from gateway.ocpp.spelling.evses import evse_2x
from gateway.ocpp.spelling.outcomes import by_keys, by_list
from gateway.ocpp.spelling.splitting import chunks
from schemas.configuration import (
    KEY_FORM,
    GetConfiguration,
    SetConfiguration,
    Setting,
    SettingName,
    spelled_out,
)
from schemas.devicemodel import ACTUAL
from schemas.limits import StationLimits

AnySetting = TypeVar("AnySetting", SettingName, Setting)

# -- names ------------------------------------------------------------------------------------------------------------


def named_2x_key(setting: SettingName) -> tuple[str, ...]:
    """What a setting is told apart by: component, variable and attribute, whatever their case (B05.FR.13)."""
    members = _members_2x(setting, None)
    if isinstance(members, Invalid):
        return (setting.key,)
    members.setdefault("attributeType", ACTUAL)
    return (msgspec.json.encode(members, order="sorted").decode().casefold(),)


def _size_2x(setting: SettingName) -> int:
    """Bytes of one entry of GetVariables or SetVariables."""
    members = _members_2x(setting, setting.value if isinstance(setting, Setting) else None)
    return 0 if isinstance(members, Invalid) else len(msgspec.json.encode(members))


def _key_16(name: SettingName) -> str | Unsupported:
    if name.key:
        return name.key
    return Unsupported(reason="OCPP 1.6 has keys, not components and variables: name the setting by its key")


def _members_2x(setting: SettingName, value: str | None) -> dict[str, Any] | Invalid:
    name = spelled_out(setting)
    if name is None:
        return Invalid(description=f"key {setting.key[:100]!r} is not of the form {KEY_FORM}")
    evse = evse_2x(name.evse, name.connector)
    if isinstance(evse, Invalid):
        return evse
    return present(
        attributeType=name.attribute or None,
        attributeValue=value,
        component=present(evse=evse, name=name.component, instance=name.component_instance or None),
        variable=present(name=name.variable, instance=name.variable_instance or None),
    )


# -- reading ----------------------------------------------------------------------------------------------------------


def get_16(command: GetConfiguration, _: str) -> Draft | Unsupported:
    """1.6 GetConfiguration; no keys: all of them."""
    keys: list[str] = []
    for setting in command.settings:
        key = _key_16(setting)
        if isinstance(key, Unsupported):
            return key
        keys.append(key)
    return Draft("GetConfiguration", present(key=keys or None))


def get_2x(command: GetConfiguration, _: str) -> Draft | Unsupported | Invalid:
    """2.x GetVariables (B06)."""
    if not command.settings:
        return Unsupported(reason="OCPP 2.x reads all settings by a report: name the ones to read")
    asked: list[dict[str, Any]] = []
    for setting in command.settings:
        members = _members_2x(setting, None)
        if isinstance(members, Invalid):
            return members
        asked.append(members)
    return Draft("GetVariables", {"getVariableData": asked})


def got_2x(payload: bytes) -> Judged:
    """2.x GetVariablesResponse: one status per variable."""
    return by_list("getVariableResult", payload)


def gets_16(command: GetConfiguration, limits: StationLimits) -> tuple[GetConfiguration, ...]:
    """As many keys in one message as the station takes (1.6, 9.1.8); no keys, which means all, in one."""
    cut = _cut(command.settings, limits.get_items, None)
    return tuple(replace(command, settings=some) for some in cut) or (command,)


def gets_2x(command: GetConfiguration, limits: StationLimits) -> tuple[GetConfiguration, ...]:
    """As many variables in one message as the station takes (B06.FR.05, B06.FR.17)."""
    cut = _cut(command.settings, limits.get_items, limits.get_bytes)
    return tuple(replace(command, settings=some) for some in cut) or (command,)


def _cut(
    settings: tuple[AnySetting, ...], most: int | None, bytes_most: int | None
) -> Iterator[tuple[AnySetting, ...]]:
    return chunks(settings, most=most, bytes_most=bytes_most, size=_size_2x, told_apart=named_2x_key)


# -- writing ----------------------------------------------------------------------------------------------------------


def set_16(command: SetConfiguration, _: str) -> Draft | Unsupported:
    """1.6 ChangeConfiguration: one key; several leave one after the other (`sets_16`)."""
    if len(command.settings) != 1:
        return Unsupported(reason="OCPP 1.6 changes one key at a time")
    setting = command.settings[0]
    key = _key_16(setting)
    return key if isinstance(key, Unsupported) else Draft("ChangeConfiguration", {"key": key, "value": setting.value})


def set_2x(command: SetConfiguration, _: str) -> Draft | Invalid:
    """2.x SetVariables (B05)."""
    changes: list[dict[str, Any]] = []
    for setting in command.settings:
        members = _members_2x(setting, setting.value)
        if isinstance(members, Invalid):
            return members
        changes.append(members)
    return Draft("SetVariables", {"setVariableData": changes})


def was_set_2x(payload: bytes) -> Judged:
    """2.x SetVariablesResponse: one status per variable."""
    return by_list("setVariableResult", payload)


def sets_16(command: SetConfiguration, _: StationLimits) -> tuple[SetConfiguration, ...]:
    """One key in each message (1.6, 5.3)."""
    return tuple(replace(command, settings=(setting,)) for setting in command.settings)


def sets_2x(command: SetConfiguration, limits: StationLimits) -> tuple[SetConfiguration, ...]:
    """As many variables in one message as the station takes, none of them twice (B05.FR.11, B05.FR.13)."""
    cut = _cut(command.settings, limits.set_items, limits.set_bytes)
    return tuple(replace(command, settings=some) for some in cut)


CONFIGURATION = Capability(
    outbound=(
        Outbound(
            command=GetConfiguration,
            to=spelled(v16=get_16, v2x=get_2x),
            outcome=spelled(v16=by_keys, v2x=got_2x),
            split=spelled(v16=gets_16, v2x=gets_2x),
        ),
        Outbound(
            command=SetConfiguration,
            to=spelled(v16=set_16, v2x=set_2x),
            outcome=spelled(v2x=was_set_2x),
            split=spelled(v16=sets_16, v2x=sets_2x),
        ),
    ),
)
