"""Builders: one record each with one thing different, and a station whose records reach the core."""

from typing import Any

import msgspec

from schemas.base import Record
from schemas.commands import CommandRequested, CommandSettled, ItemOutcome, RawCall
from schemas.configuration import GetConfiguration, SetConfiguration, Setting
from schemas.devicemodel import (
    Attribute,
    Characteristics,
    GetBaseReport,
    ReportedVariable,
    VariableChanged,
    VariableName,
    VariablesReported,
)
from schemas.limits import StationLimited
from schemas.reports import request_id_of
from services.devicemodel import core
from tests.services.commanded import STATION, Followed, outcome_of, requested
from tests.services.moments import at


def name(key: str) -> VariableName:
    """`Component.Variable`, or a 1.6 key."""
    component, _, variable = key.rpartition(".")
    return VariableName(component=component, variable=variable)


def reported(key: str, value: str | None = "1", *, mutability: str = "ReadWrite", **traits: Any) -> ReportedVariable:
    """One variable of a report, with its Actual value."""
    return ReportedVariable(
        name=name(key),
        attributes=(Attribute(value=value, mutability=mutability, persistent=True, constant=False),),
        characteristics=Characteristics(**{"data_type": "string"} | traits),
    )


def part(
    *variables: ReportedVariable,
    of: str = "inv",
    seq_no: int = 0,
    last: bool = True,
    seconds: float = 10,
    **changes: Any,
) -> VariablesReported:
    members = {"id": f"part-{of}-{seq_no}-{seconds}", "station": STATION, "request_id": request_id_of(of)}
    return VariablesReported(
        **members | {"seq_no": seq_no, "last": last, "variables": variables, "received_at": at(seconds)} | changes
    )


def asked(command: Any, command_id: str = "c1", *, seconds: float = 0) -> CommandRequested:
    return requested(command_id, command, seconds)


def inventory(command_id: str = "inv", *, seconds: float = 0, base: Any = "FullInventory") -> CommandRequested:
    return asked(GetBaseReport(report_base=base), command_id, seconds=seconds)


def writes(*settings: tuple[str, str], command_id: str = "c1", seconds: float = 0) -> CommandRequested:
    told = tuple(Setting(key=key, value=value) for key, value in settings)
    return asked(SetConfiguration(settings=told), command_id, seconds=seconds)


def reads_all(command_id: str = "c1", *, seconds: float = 0) -> CommandRequested:
    return asked(GetConfiguration(), command_id, seconds=seconds)


def raw(action: str, payload: Any, command_id: str = "c1", *, seconds: float = 0) -> CommandRequested:
    return asked(RawCall(action=action, payload=msgspec.Raw(msgspec.json.encode(payload))), command_id, seconds=seconds)


def settled(
    response: Any,
    command: str = "SetConfiguration",
    *,
    command_id: str = "c1",
    outcome: str = "accepted",
    seconds: float = 1,
    items: tuple[tuple[str, str], ...] = (),
) -> CommandSettled:
    return outcome_of(
        command_id,
        outcome,
        seconds,
        command=command,
        response=msgspec.Raw(msgspec.json.encode(response)),
        items=tuple(ItemOutcome(name=name, status=status) for name, status in items),
    )


def keys_16(*keys: tuple[str, str], readonly: bool = False) -> Any:
    """The answer to 1.6 GetConfiguration."""
    return {"configurationKey": [{"key": key, "readonly": readonly, "value": value} for key, value in keys]}


def results(kind: str, *variables: tuple[str, str, str | None]) -> Any:
    """The answer to 2.x GetVariables or SetVariables: key, status, value."""
    found = []
    for key, status, value in variables:
        named = name(key)
        one = {"attributeStatus": status, "component": {"name": named.component}, "variable": {"name": named.variable}}
        found.append(one if value is None else one | {"attributeValue": value})
    return {kind: found}


class Station(Followed):
    """A station with variables."""

    core, snapshot, by = core, Record, "id"

    @property
    def changes(self) -> list[VariableChanged]:
        return [one for one in self.said if isinstance(one, VariableChanged)]

    @property
    def variables(self) -> dict[str, VariableChanged]:
        """The newest snapshot of each variable that there is."""
        newest = {one.key: one for one in self.changes}
        return {key: one for key, one in newest.items() if not one.removed}

    @property
    def values(self) -> dict[str, str | None]:
        return {key: one.value for key, one in self.variables.items()}

    @property
    def limited(self) -> list[StationLimited]:
        return [one for one in self.said if isinstance(one, StationLimited)]
