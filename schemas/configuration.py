"""Configuration: 1.6 keys and 2.x variables under one interface."""

from typing import Annotated

import msgspec

from schemas.stations import EvseId

KEY_FORM = "1.6: `key`; 2.x: `Component.Variable`, with instances and EVSE as `Component[instance]@evse:connector.Variable[instance]`"
"""How a setting is named in commands, one string for every version."""


class SettingName(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A 2.x variable in full; `key` alone for 1.6."""

    key: Annotated[str, msgspec.Meta(max_length=500)] = ""
    component: Annotated[str, msgspec.Meta(max_length=50)] = ""
    component_instance: Annotated[str, msgspec.Meta(max_length=50)] = ""
    variable: Annotated[str, msgspec.Meta(max_length=50)] = ""
    variable_instance: Annotated[str, msgspec.Meta(max_length=50)] = ""
    evse: EvseId | None = None
    connector: EvseId | None = None
    attribute: Annotated[str, msgspec.Meta(max_length=20)] = ""


class Setting(SettingName, frozen=True, kw_only=True, omit_defaults=True):
    """A setting with its new value."""

    value: Annotated[str, msgspec.Meta(max_length=2500)]


class GetConfiguration(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="command", tag="GetConfiguration"
):
    """Read settings. Empty `settings`: all keys in 1.6; `unsupported` in 2.x, where a report is the way to read all."""

    settings: tuple[SettingName, ...] = ()


class SetConfiguration(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="command", tag="SetConfiguration"
):
    """Write settings: several in one command in 2.x, exactly one in 1.6 (ChangeConfiguration carries one)."""

    settings: Annotated[tuple[Setting, ...], msgspec.Meta(min_length=1, max_length=100)]
