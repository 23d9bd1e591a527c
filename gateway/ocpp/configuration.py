"""Configuration: 1.6 keys and 2.x variables, read and written by the same commands."""

import re
from typing import Any

import msgspec

from gateway.ocpp.rows import V16, V21, V201, Capability, Draft, Invalid, Outbound, Unsupported, present
from gateway.ocpp.spelling.evses import evse_2x
from gateway.ocpp.spelling.outcomes import by_status, of_statuses
from schemas.commands import Outcome
from schemas.configuration import KEY_FORM, GetConfiguration, SetConfiguration, SettingName

# -- names ------------------------------------------------------------------------------------------------------------

# Component[instance]@evse:connector.Variable[instance]. Linear: every part ends where the next one's own mark begins.
_KEY = re.compile(
    r"(?P<component>[^\[\]@.]+)(?:\[(?P<component_instance>[^\[\]]+)\])?(?:@(?P<evse>[0-9]{1,9})(?::(?P<connector>[0-9]{1,9}))?)?"
    r"\.(?P<variable>[^\[\]@.]+)(?:\[(?P<variable_instance>[^\[\]]+)\])?"
)


def _key_16(name: SettingName) -> str | Unsupported:
    if name.key:
        return name.key
    return Unsupported(reason="OCPP 1.6 has keys, not components and variables: name the setting by its key")


def _named_2x(name: SettingName) -> SettingName | Invalid:
    """The setting with its component and variable spelled out."""
    if name.component and name.variable:
        return name
    parts = _KEY.fullmatch(name.key)
    if parts is None:
        return Invalid(description=f"key {name.key[:100]!r} is not of the form {KEY_FORM}")
    return SettingName(
        component=parts["component"],
        component_instance=parts["component_instance"] or "",
        variable=parts["variable"],
        variable_instance=parts["variable_instance"] or "",
        evse=int(parts["evse"]) if parts["evse"] else None,
        connector=int(parts["connector"]) if parts["connector"] else None,
        attribute=name.attribute,
    )


def _members_2x(setting: SettingName, value: str | None) -> dict[str, Any] | Invalid:
    name = _named_2x(setting)
    if isinstance(name, Invalid):
        return name
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


class _Keys(msgspec.Struct):
    configurationKey: Any = None  # noqa: N815 as on the wire
    unknownKey: Any = None  # noqa: N815


def got_16(payload: bytes) -> tuple[Outcome, str]:
    """1.6 GetConfiguration.conf has no status: unsupported where every key asked for is unknown."""
    try:
        keys = msgspec.json.decode(payload, type=_Keys)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "rejected", "the answer has no keys"
    return ("unsupported" if keys.unknownKey and not keys.configurationKey else "accepted"), ""


def got_2x(payload: bytes) -> tuple[Outcome, str]:
    """2.x GetVariablesResponse: one status per variable."""
    return _by_results(payload, "getVariableResult")


# -- writing ----------------------------------------------------------------------------------------------------------


def set_16(command: SetConfiguration, _: str) -> Draft | Unsupported:
    """1.6 ChangeConfiguration: one key."""
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


def was_set_2x(payload: bytes) -> tuple[Outcome, str]:
    """2.x SetVariablesResponse: one status per variable."""
    return _by_results(payload, "setVariableResult")


class _Result(msgspec.Struct):
    attributeStatus: Any = None  # noqa: N815 as on the wire


def _by_results(payload: bytes, member: str) -> tuple[Outcome, str]:
    try:
        answer = msgspec.json.decode(payload, type=dict[str, msgspec.Raw])
        results = msgspec.json.decode(answer.get(member, b"[]"), type=list[_Result])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "rejected", f"the answer has no {member}"
    return of_statuses(result.attributeStatus for result in results)


CONFIGURATION = Capability(
    outbound=(
        Outbound(
            command=GetConfiguration,
            to={V16: get_16, V201: get_2x, V21: get_2x},
            outcome={V16: got_16, V201: got_2x, V21: got_2x},
        ),
        Outbound(
            command=SetConfiguration,
            to={V16: set_16, V201: set_2x, V21: set_2x},
            outcome={V16: by_status, V201: was_set_2x, V21: was_set_2x},
        ),
    ),
)
