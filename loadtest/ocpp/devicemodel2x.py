"""What a simulated 2.x station answers about its variables: read, written, reported; and about network profiles. PURE."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import msgspec

from loadtest.ocpp.intents import Configure, Intent, Refusal, Reply, Row, View
from loadtest.ocpp.messages import Payload
from loadtest.ocpp.replies import Request, status
from loadtest.ocpp.reporting import reported, variables
from loadtest.ocpp.settings import (
    BY_VARIABLE,
    NETWORK_SLOTS,
    READ_AT_ONCE,
    REPORTED_AT_ONCE,
    WRITTEN_AT_ONCE,
    takes,
)


class _Evse(Request, frozen=True, rename="camel"):
    id: int


class _Name(Request, frozen=True, rename="camel"):
    name: str
    instance: str = ""
    evse: _Evse | None = None


class _GetVariable(Request, frozen=True, rename="camel"):
    component: _Name
    variable: _Name
    attribute_type: str = "Actual"


class _GetVariables(Request, frozen=True, rename="camel"):
    get_variable_data: Annotated[list[_GetVariable], msgspec.Meta(min_length=1)]


class _SetVariable(_GetVariable, frozen=True, kw_only=True, rename="camel"):
    attribute_value: str


class _SetVariables(Request, frozen=True, rename="camel"):
    set_variable_data: Annotated[list[_SetVariable], msgspec.Meta(min_length=1)]


class _BaseReport(Request, frozen=True, rename="camel"):
    request_id: int
    report_base: Literal["FullInventory", "ConfigurationInventory", "SummaryInventory"]


class _ComponentVariable(Request, frozen=True, rename="camel"):
    component: _Name
    variable: _Name | None = None


class _Report(Request, frozen=True, rename="camel"):
    request_id: int
    component_variable: list[_ComponentVariable] = []


class _Connection(Request, frozen=True, rename="camel"):
    security_profile: int


class _NetworkProfile(Request, frozen=True, rename="camel"):
    configuration_slot: int
    connection_data: _Connection


def _known(request: Any) -> tuple[Any, str]:
    """The setting that a variable request names, and its status where there is none."""
    component, variable = request.component.name.lower(), request.variable.name.lower()
    setting = BY_VARIABLE.get((component, variable, request.variable.instance.lower()))
    if setting is None:
        known_component = any(name == component for name, _, _ in BY_VARIABLE)
        return None, "UnknownVariable" if known_component else "UnknownComponent"
    return setting, "Accepted" if request.attribute_type == "Actual" else "NotSupportedAttributeType"


def _result(word: str, request: Any) -> Payload:
    return {
        "attributeStatus": word,
        "component": {"name": request.component.name},
        "variable": {"name": request.variable.name} | _instance(request.variable),
    }


def _instance(named: Any) -> dict[str, str]:
    return {"instance": named.instance} if named.instance else {}


def _too_many(number: int, most: int) -> Refusal | None:
    """B05.FR.11, B06.FR.16, B08.FR.17: a message that names more than the station takes."""
    if number <= most:
        return None
    return Refusal(code="OccurrenceConstraintViolation", description=f"{number} things, {most} at most")


def _get_variables(view: View, request: Any) -> Reply | Refusal:
    if refusal := _too_many(len(request.get_variable_data), READ_AT_ONCE):
        return refusal
    results: list[Payload] = []
    for asked in request.get_variable_data:
        setting, word = _known(asked)
        if word == "Accepted" and setting.access == "WriteOnly":
            word = "Rejected"  # B06.FR.09
        value: Payload = {"attributeValue": view.settings[setting.key]} if word == "Accepted" else {}
        results.append({**_result(word, asked), **value})
    return Reply(payload={"getVariableResult": results})


def _set_variables(view: View, request: Any) -> Reply | Refusal:
    if refusal := _too_many(len(request.set_variable_data), WRITTEN_AT_ONCE):
        return refusal
    results: list[Payload] = []
    intents: list[Intent] = []
    for asked in request.set_variable_data:
        setting, word = _known(asked)
        if word == "Accepted" and (setting.access == "ReadOnly" or not takes(setting, asked.attribute_value)):
            word = "Rejected"  # B05.FR.08
        if word == "Accepted":
            intents.append(Configure(key=setting.key, value=asked.attribute_value))
        results.append(_result(word, asked))
    return Reply(payload={"setVariableResult": results}, intents=tuple(intents))


def _base_report(view: View, request: Any) -> Reply:
    if request.report_base == "SummaryInventory":
        return status("NotSupported")  # B07.FR.12: only the other two must be there
    entries = variables(view, settable=request.report_base == "ConfigurationInventory")
    return status("Accepted", reported(entries, request.request_id, view.at))


def _report(view: View, request: Any) -> Reply | Refusal:
    if refusal := _too_many(len(request.component_variable), REPORTED_AT_ONCE):
        return refusal

    def wanted(component: str, variable: str, instance: str, evse: int | None) -> bool:
        if not request.component_variable:
            return True
        return any(_is_named(asked, component, variable, instance, evse) for asked in request.component_variable)

    entries = variables(view, wanted)
    return status("Accepted", reported(entries, request.request_id, view.at)) if entries else status("EmptyResultSet")


def _is_named(asked: Any, component: str, variable: str, instance: str, evse: int | None) -> bool:
    """B08.FR.20 to FR.25: what is left out stands for all that there are."""
    if asked.component.name.lower() != component.lower():
        return False
    if asked.component.evse is not None and asked.component.evse.id != evse:
        return False
    if asked.variable is None:
        return True
    return asked.variable.name.lower() == variable.lower() and asked.variable.instance in ("", instance)


def _network_profile(view: View, request: Any) -> Reply:
    """B09.FR.04, FR.05: the slot is one that there is, and the security is not lowered."""
    lower = request.connection_data.security_profile < int(view.settings["SecurityProfile"])
    return status("Rejected" if lower or str(request.configuration_slot) not in NETWORK_SLOTS else "Accepted")


DEVICEMODEL_2X: Final[Mapping[str, Row]] = {
    "GetVariables": (_GetVariables, _get_variables),
    "SetVariables": (_SetVariables, _set_variables),
    "GetBaseReport": (_BaseReport, _base_report),
    "GetReport": (_Report, _report),
    "SetNetworkProfile": (_NetworkProfile, _network_profile),
}
