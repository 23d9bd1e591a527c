"""Variables as the API gives them. PURE."""

import datetime as dt

import msgspec

from schemas.devicemodel import Attribute, Characteristics, Source, VariableChanged, VariableName

READ_ONLY, WRITE_ONLY = "ReadOnly", "WriteOnly"


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """A variable as it is now, or as it was. `key` is its name in commands; a 1.6 key has no component.

    `value` is the Actual one, null where it is not set or not told, `***` where it is a secret; `attributes` has all of them, each with
    its mutability. `min_limit` and `max_limit` are numbers as text, empty where there are none. `source`: `reported`, `read` or
    `written`. `removed`: a later report of everything does not name it.
    """

    variable_id: str
    station: str
    key: str
    component: str
    component_instance: str
    evse: int | None
    connector: int | None
    variable: str
    variable_instance: str
    value: str | None
    attributes: tuple[Attribute, ...]
    data_type: str
    unit: str
    min_limit: str
    max_limit: str
    max_elements: int | None
    values_list: str
    supports_monitoring: bool | None
    source: Source | str
    removed: bool
    changed_at: dt.datetime

    @property
    def owner(self) -> str:
        """The component with its instance and place; empty for a 1.6 key."""
        return self.key.removesuffix(f".{self.label}") if self.component else ""

    @property
    def label(self) -> str:
        """The variable with its instance."""
        return f"{self.variable}[{self.variable_instance}]" if self.variable_instance else self.variable

    @property
    def mutability(self) -> str:
        """That of the Actual value; empty where nobody told."""
        return next((one.mutability for one in self.attributes if one.type == "Actual"), "")

    @property
    def writable(self) -> bool:
        """Whether the Actual value may be written, as far as is known."""
        constant = any(one.constant for one in self.attributes if one.type == "Actual")
        return not constant and self.mutability != READ_ONLY

    @property
    def others(self) -> tuple[Attribute, ...]:
        """The attributes beside the Actual value."""
        return tuple(one for one in self.attributes if one.type != "Actual")

    @property
    def choices(self) -> tuple[str, ...]:
        """The values that it may have, where it is one of a list."""
        if self.data_type == "boolean":
            return ("true", "false")
        return tuple(one.strip() for one in self.values_list.split(",")) if self.data_type == "OptionList" else ()


class VariableFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which variables; None does not filter. Names in any case; `search`: a part of the key or of the value."""

    station: str | None = None
    component: str | None = None
    variable: str | None = None
    search: str | None = None
    removed: bool | None = False


ALL_VARIABLES = VariableFilter()

_NOTHING = Characteristics()


def variable_of(record: VariableChanged) -> Variable:
    """The record as the API gives it."""
    name: VariableName = record.name
    may_be = record.characteristics or _NOTHING
    return Variable(
        variable_id=record.variable_id,
        station=record.station,
        key=record.key,
        component=name.component,
        component_instance=name.component_instance,
        evse=name.evse,
        connector=name.connector,
        variable=name.variable,
        variable_instance=name.variable_instance,
        value=record.value,
        attributes=record.attributes,
        data_type=may_be.data_type,
        unit=may_be.unit,
        min_limit="" if may_be.min_limit is None else str(may_be.min_limit),
        max_limit="" if may_be.max_limit is None else str(may_be.max_limit),
        max_elements=may_be.max_elements,
        values_list=may_be.values_list,
        supports_monitoring=may_be.supports_monitoring,
        source=record.source,
        removed=record.removed,
        changed_at=record.changed_at,
    )
