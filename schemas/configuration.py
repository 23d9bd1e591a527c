"""Configuration: 1.6 keys and 2.x variables under one interface."""

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar

import msgspec

from schemas.command import EvseId, Fault, StationCommand, about

KEY_FORM = "1.6: `key`; 2.x: `Component.Variable`, with instances and EVSE as `Component[instance]@evse:connector.Variable[instance]`"
"""How a setting is named in commands, one string for every version."""


class SettingName(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A 2.x variable in full; `key` alone for 1.6."""

    key: Annotated[str, msgspec.Meta(max_length=500), about("Key", f"{KEY_FORM}.", picks="variable")] = ""
    component: Annotated[str, msgspec.Meta(max_length=50), about("Component", advanced=True)] = ""
    component_instance: Annotated[str, msgspec.Meta(max_length=50), about("Component instance", advanced=True)] = ""
    variable: Annotated[str, msgspec.Meta(max_length=50), about("Variable", advanced=True)] = ""
    variable_instance: Annotated[str, msgspec.Meta(max_length=50), about("Variable instance", advanced=True)] = ""
    evse: Annotated[EvseId | None, about("EVSE", picks="evse", advanced=True)] = None
    connector: Annotated[EvseId | None, about("Connector", picks="connector", advanced=True)] = None
    attribute: Annotated[str, msgspec.Meta(max_length=20), about("Attribute", "Empty: Actual.", advanced=True)] = ""


# Component[instance]@evse:connector.Variable[instance]. Linear: every part ends where the next one's own mark begins.
_KEY = re.compile(
    r"(?P<component>[^\[\]@.]+)(?:\[(?P<component_instance>[^\[\]]+)\])?(?:@(?P<evse>[0-9]{1,9})(?::(?P<connector>[0-9]{1,9}))?)?"
    r"\.(?P<variable>[^\[\]@.]+)(?:\[(?P<variable_instance>[^\[\]]+)\])?"
)


def spelled_out(name: SettingName) -> SettingName | None:
    """The setting with its 2.x component and variable as members; None where its key names none."""
    if name.component and name.variable:
        return name
    parts = _KEY.fullmatch(name.key)
    if parts is None:
        return None
    return SettingName(
        component=parts["component"],
        component_instance=parts["component_instance"] or "",
        variable=parts["variable"],
        variable_instance=parts["variable_instance"] or "",
        evse=int(parts["evse"]) if parts["evse"] else None,
        connector=int(parts["connector"]) if parts["connector"] else None,
        attribute=name.attribute,
    )


class Setting(SettingName, frozen=True, kw_only=True, omit_defaults=True):
    """A setting with its new value: 2,500 characters at most in any version, and longer where it travels sealed."""

    value: Annotated[str, msgspec.Meta(max_length=4000), about("Value")]


def setting_faults(settings: Iterable[SettingName]) -> Iterator[Fault]:
    """Members of a 2.x name that stand beside a key, which says it all, and would not leave (`settings` of the command)."""
    for number, each in enumerate(settings):
        if each.component and each.variable:
            continue
        for member in ("component", "component_instance", "variable", "variable_instance", "evse", "connector"):
            if getattr(each, member) not in ("", None):
                detail = (
                    "must be left out, or component and variable both be given; a key names them as Component.Variable"
                )
                yield Fault(f"settings[{number}].{member}", detail)


class GetConfiguration(StationCommand, frozen=True, kw_only=True):
    """Read configuration keys (OCPP 1.6) or variables (2.x).

    Empty `settings`: all keys in 1.6; `unsupported` in 2.x, where a report is the way to read all.
    """

    title: ClassVar[str] = "Read settings"

    settings: Annotated[
        tuple[SettingName, ...],
        about(
            "Keys", f"Empty: all of them (1.6). {KEY_FORM}.", example=[{"key": "HeartbeatInterval"}], picks="variable"
        ),
    ] = ()

    @property
    def things(self) -> tuple[str, ...]:
        """The name of each setting."""
        return tuple(setting.key or setting.variable for setting in self.settings)

    def faults(self) -> Iterable[Fault]:
        """A setting is named in one way."""
        return setting_faults(self.settings)


class SetConfiguration(StationCommand, frozen=True, kw_only=True):
    """Write configuration keys (OCPP 1.6) or variables (2.x).

    As many messages leave as the station needs: one for each key in 1.6, in 2.x as many variables in one as it takes.
    """

    title: ClassVar[str] = "Write settings"

    settings: Annotated[
        tuple[Setting, ...],
        msgspec.Meta(min_length=1, max_length=100),
        about("Settings", f"{KEY_FORM}.", example=[{"key": "HeartbeatInterval", "value": "300"}], picks="variable"),
    ]

    @property
    def things(self) -> tuple[str, ...]:
        """The name of each setting."""
        return tuple(setting.key or setting.variable for setting in self.settings)

    def faults(self) -> Iterable[Fault]:
        """A setting is named in one way."""
        return setting_faults(self.settings)
