"""Reading: what answers and reports tell of variables, and what commands want of them. PURE.

Answers are those of the station, in its own version, however the command was given: canonical or raw.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from schemas.commands import CommandRequested, CommandSettled, RawCall
from schemas.configuration import GetConfiguration, SetConfiguration, Setting, spelled_out
from schemas.devicemodel import ACTUAL, Attribute, GetBaseReport, VariableName, VariablesReported
from schemas.reports import request_id_of
from schemas.secrets import MASK, is_secret, mask_command
from schemas.states.devicemodel import Asked, Inventory, Wanted
from services.devicemodel.shelf import Word

OURS = frozenset(str(each.__struct_config__.tag) for each in (GetConfiguration, SetConfiguration, RawCall))
"""Commands whose answers tell of variables."""

TAKEN = frozenset({"accepted", "rebootrequired"})

FULL = "FullInventory"
LONGEST_NAME = 50

# -- reports ----------------------------------------------------------------------------------------------------------


def words_of(part: VariablesReported) -> Iterator[Word]:
    """What a part of a report tells; entries that name no component or no variable are none."""
    for one in part.variables:
        if not (one.name.component and one.name.variable):
            continue
        common: dict[str, Any] = {"name": one.name, "source": "reported", "at": part.received_at}
        yield Word(**common, characteristics=one.characteristics)
        for attribute in one.attributes:
            yield Word(**common, attribute=attribute, traits=True)


# -- requests ---------------------------------------------------------------------------------------------------------


def inventory_of(request: CommandRequested) -> Inventory | None:
    """The report of everything that a command asks for, canonically or raw."""
    match request.command:
        case GetBaseReport(report_base="FullInventory"):
            return Inventory(request_id=request_id_of(request.id), at=request.requested_at)
        case RawCall(action="GetBaseReport", payload=payload):
            members = _members(payload)
            number = members.get("requestId")
            if members.get("reportBase") == FULL and isinstance(number, int):
                return Inventory(request_id=number, at=request.requested_at)
    return None


def asked_of(request: CommandRequested) -> Asked | None:
    """What a command wants written, or that it reads everything; None of others."""
    command = mask_command(request.command)
    match command:
        case SetConfiguration(settings=settings):
            wanted = tuple(one for setting in settings for one in _wanted(setting))
            return Asked(command_id=request.id, wanted=wanted, at=request.requested_at)
        case GetConfiguration(settings=()):
            return Asked(command_id=request.id, everything=True, at=request.requested_at)
        case RawCall(action="SetVariables" | "ChangeConfiguration" | "GetConfiguration" as action, payload=payload):
            return _asked_raw(request, action, _members(payload))
    return None


def _asked_raw(request: CommandRequested, action: str, members: dict[str, Any]) -> Asked:
    wanted: list[Wanted] = []
    if action == "ChangeConfiguration":
        wanted = list(_wanted(Setting(key=_text(members.get("key")), value=_text(members.get("value")))))
    for each in _objects(members.get("setVariableData")):
        if (name := _name(each)) is not None:
            attribute = _text(each.get("attributeType")) or ACTUAL
            wanted.append(_want(name, attribute, _text(each.get("attributeValue"))))
    everything = action == "GetConfiguration" and not members.get("key")
    return Asked(command_id=request.id, wanted=tuple(wanted), everything=everything, at=request.requested_at)


def _wanted(setting: Setting) -> Iterator[Wanted]:
    """A setting by the name that each version knows it by: only the answer tells which version it was."""
    attribute = setting.attribute or ACTUAL
    if setting.key:
        yield _want(VariableName(variable=setting.key), attribute, setting.value)
    named = spelled_out(setting)
    if named is not None:
        name = VariableName(
            component=named.component,
            component_instance=named.component_instance,
            evse=named.evse,
            connector=named.connector,
            variable=named.variable,
            variable_instance=named.variable_instance,
        )
        yield _want(name, attribute, setting.value)


def _want(name: VariableName, attribute: str, value: str) -> Wanted:
    shown = MASK if is_secret(name.variable) else value
    return Wanted(key=name.key.casefold(), attribute=attribute, value=shown, name=name)


# -- answers ----------------------------------------------------------------------------------------------------------


def read_in(settled: CommandSettled) -> Iterator[Word]:
    """The values in an answer: 2.x GetVariables, 1.6 GetConfiguration."""
    members = _members(settled.response)
    for each in _objects(members.get("getVariableResult")):
        name = _name(each)
        if name is not None and _text(each.get("attributeStatus")).casefold() == "accepted":
            attribute = Attribute(
                type=_text(each.get("attributeType")) or ACTUAL, value=_text(each.get("attributeValue"))
            )
            yield Word(name=name, attribute=attribute, source="read", at=settled.settled_at)
    for each in _objects(members.get("configurationKey")):
        key = _text(each.get("key"))[:LONGEST_NAME]
        if key:
            value, readonly = each.get("value"), each.get("readonly") is True
            attribute = Attribute(
                value=None if value is None else _text(value), mutability="ReadOnly" if readonly else "ReadWrite"
            )
            yield Word(
                name=VariableName(variable=key), attribute=attribute, traits=True, source="read", at=settled.settled_at
            )


def written_by(asked: Asked, settled: CommandSettled) -> Iterator[Word]:
    """The values that the station took, of those that a command wanted written (B05.FR.10; 1.6, 5.3)."""
    members = _members(settled.response)
    if "setVariableResult" in members:
        results = [each for each in _objects(members["setVariableResult"]) if _took(each.get("attributeStatus"))]
        named = ((_name(each), _text(each.get("attributeType")) or ACTUAL) for each in results)
        taken = {(name.key.casefold(), attribute) for name, attribute in named if name is not None}
    elif settled.items:
        taken = {(item.name.casefold(), ACTUAL) for item in settled.items if _took(item.status)}
    else:
        whole = settled.outcome == "accepted" and _took(members.get("status"))
        taken = {(one.key, one.attribute) for one in asked.wanted} if whole else set()
    plain = "setVariableResult" not in members
    for one in asked.wanted:
        # a 1.6 answer is about a key, which has no component
        if (one.key, one.attribute) in taken and plain != bool(one.name.component):
            attribute = Attribute(type=one.attribute, value=one.value)
            yield Word(name=one.name, attribute=attribute, source="written", at=settled.settled_at)


def has_everything(asked: Asked, settled: CommandSettled) -> bool:
    """Whether an answer names every key of a 1.6 station."""
    return asked.everything and "configurationKey" in _members(settled.response)


def _took(status: Any) -> bool:
    return _text(status).casefold() in TAKEN


def _name(entry: dict[str, Any]) -> VariableName | None:
    component, variable = entry.get("component"), entry.get("variable")
    if not isinstance(component, dict) or not isinstance(variable, dict):
        return None
    evse = component.get("evse")
    place = evse if isinstance(evse, dict) else {}
    name = VariableName(
        component=_text(component.get("name")),
        component_instance=_text(component.get("instance")),
        evse=_whole(place.get("id")),
        connector=_whole(place.get("connectorId")),
        variable=_text(variable.get("name")),
        variable_instance=_text(variable.get("instance")),
    )
    return name if name.component and name.variable else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _members(json: msgspec.Raw) -> dict[str, Any]:
    try:
        members = msgspec.json.decode(json)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return members if isinstance(members, dict) else {}
