"""Device model: reports of variables, asked for (B07, B08) and read part by part, and network profiles (B09)."""

from collections.abc import Iterable, Iterator
from typing import Any

from gateway.ocpp.rows import (
    Call,
    Capability,
    Draft,
    Invalid,
    Outbound,
    carries,
    present,
    spelled,
    stored,
)
from gateway.ocpp.spelling.evses import evse_2x
from gateway.ocpp.spelling.moments import moment
from gateway.ocpp.spelling.outcomes import by_answer
from schemas.base import Record
from schemas.devicemodel import (
    ACTUAL,
    Attribute,
    Characteristics,
    ComponentVariable,
    GetBaseReport,
    GetReport,
    ReportedVariable,
    VariableName,
    VariablesReported,
)
from schemas.limits import StationLimits
from schemas.networkprofiles import SetNetworkProfile
from schemas.reports import request_id_of
from schemas.secrets import MASK, is_secret, mask_words

# -- from stations ----------------------------------------------------------------------------------------------------


def reported_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x NotifyReport: one part of a report."""
    told = moment(wire.generatedAt, call.context)
    return (
        VariablesReported(
            id=call.id("variables"),
            station=call.context.station,
            request_id=wire.requestId,
            seq_no=wire.seqNo or 0,
            last=not wire.tbc,
            generated_at=told.at,
            variables=tuple(_variables(wire.reportData or ())),
            deviations=told.deviations,
            received_at=call.context.received_at,
        ),
    )


def _variables(entries: Iterable[Any]) -> Iterator[ReportedVariable]:
    for entry in entries:
        secret = entry.variable is not None and is_secret(entry.variable.name or "")
        yield ReportedVariable(
            name=name_2x(entry.component, entry.variable),
            attributes=tuple(_attribute(each, secret=secret) for each in entry.variableAttribute or ()),
            characteristics=_characteristics(entry.variableCharacteristics),
        )


def name_2x(component: Any, variable: Any) -> VariableName:
    """What an entry names; of one that is read leniently, as far as it does."""
    evse = component.evse if component else None
    return VariableName(
        component=(component and component.name) or "",
        component_instance=(component and component.instance) or "",
        evse=evse.id if evse else None,
        connector=evse.connectorId if evse else None,
        variable=(variable and variable.name) or "",
        variable_instance=(variable and variable.instance) or "",
    )


def _attribute(wire: Any, *, secret: bool) -> Attribute:
    value = wire.value
    if value:
        value = MASK if secret else mask_words(value)
    return Attribute(
        type=wire.type or ACTUAL,
        value=value,
        mutability=wire.mutability or "ReadWrite",
        persistent=bool(wire.persistent),
        constant=bool(wire.constant),
    )


def _characteristics(wire: Any) -> Characteristics | None:
    if wire is None:
        return None
    return Characteristics(
        data_type=wire.dataType or "",
        unit=wire.unit or "",
        min_limit=wire.minLimit,
        max_limit=wire.maxLimit,
        max_elements=getattr(wire, "maxElements", None),
        values_list=wire.valuesList or "",
        supports_monitoring=wire.supportsMonitoring,
    )


NAMED = carries(
    "component.name component.instance component.evse.id component.evse.connectorId variable.name variable.instance"
)
_ENTRY = NAMED | carries(
    variableAttribute=carries("type value mutability persistent constant"),
    variableCharacteristics=carries("unit dataType minLimit maxLimit maxElements valuesList supportsMonitoring"),
)

# -- to stations ------------------------------------------------------------------------------------------------------


def base_report_2x(command: GetBaseReport, command_id: str) -> Draft:
    """2.x GetBaseReport (B07)."""
    return Draft("GetBaseReport", {"requestId": request_id_of(command_id), "reportBase": command.report_base})


def report_2x(command: GetReport, command_id: str) -> Draft | Invalid:
    """2.x GetReport (B08)."""
    asked = asked_2x(command.variables)
    if isinstance(asked, Invalid):
        return asked
    criteria = list(command.criteria) or None
    members = present(componentVariable=asked or None, requestId=request_id_of(command_id), componentCriteria=criteria)
    return Draft("GetReport", members)


def asked_2x(variables: Iterable[ComponentVariable]) -> list[dict[str, Any]] | Invalid:
    """2.x ComponentVariableType of each component or variable that a report is asked about."""
    asked: list[dict[str, Any]] = []
    for each in variables:
        evse = evse_2x(each.evse, each.connector)
        if isinstance(evse, Invalid):
            return evse
        variable = present(name=each.variable, instance=each.variable_instance or None) if each.variable else None
        component = present(evse=evse, name=each.component, instance=each.component_instance or None)
        asked.append(present(component=component, variable=variable))
    return asked


def network_profile_201(command: SetNetworkProfile, _: str) -> Draft | Invalid:
    """2.0.1 SetNetworkProfile (B09): the profile names its OCPP version."""
    version = command.ocpp_version or "OCPP20"
    return _profile(
        command,
        lambda apn, vpn: present(
            apn=apn,
            ocppVersion=version,
            ocppTransport=command.transport,
            ocppCsmsUrl=command.url,
            messageTimeout=command.message_timeout_s,
            securityProfile=command.security_profile,
            ocppInterface=command.interface,
            vpn=vpn,
        ),
    )


def network_profile_21(command: SetNetworkProfile, _: str) -> Draft | Invalid:
    """2.1 SetNetworkProfile (B09): it may carry the station's identity and password at that CSMS."""
    return _profile(
        command,
        lambda apn, vpn: present(
            apn=apn,
            ocppVersion=command.ocpp_version or None,
            ocppInterface=command.interface,
            ocppTransport=command.transport,
            messageTimeout=command.message_timeout_s,
            ocppCsmsUrl=command.url,
            securityProfile=command.security_profile,
            identity=command.identity or None,
            basicAuthPassword=command.basic_auth_password or None,
            vpn=vpn,
        ),
    )


def _profile(command: SetNetworkProfile, data: Any) -> Draft | Invalid:
    pin = command.sim_pin
    if pin and not (pin.isascii() and pin.isdigit() and len(pin) <= 9):
        return Invalid(description="sim_pin has digits only, 9 at most")
    apn = present(
        apn=command.apn,
        apnUserName=command.apn_user or None,
        apnPassword=command.apn_password or None,
        simPin=int(pin) if pin else None,
        preferredNetwork=command.preferred_network or None,
        useOnlyPreferredNetwork=command.only_preferred_network,
        apnAuthentication=command.apn_authentication,
    )
    vpn = present(
        server=command.vpn_server,
        user=command.vpn_user,
        group=command.vpn_group or None,
        password=command.vpn_password,
        key=command.vpn_key,
        type=command.vpn_type,
    )
    connection = data(apn if command.apn else None, vpn if command.vpn_type else None)
    return Draft("SetNetworkProfile", {"configurationSlot": command.slot, "connectionData": connection})


def too_much_of_a_report(command: GetReport, limits: StationLimits) -> str:
    """B08.FR.06: each report has its own answer, so that a command that names too much is not split."""
    most = limits.report_items
    if most is None or len(command.variables) <= most:
        return ""
    return f"the station takes {most} variables in one GetReport: ask for them in several"


def lowers_security(command: SetNetworkProfile, limits: StationLimits) -> str:
    """B09.FR.04: no profile is lower than the one in use. B09.FR.05: its slot is one that the station has."""
    now, slots = limits.security_profile, limits.network_slots
    if now is not None and command.security_profile < now:
        return f"the station has security profile {now}: profile {command.security_profile} would lower it"
    if slots and command.slot not in slots:
        return f"the station has no slot {command.slot} for network profiles: {', '.join(map(str, slots))}"
    return ""


DEVICEMODEL = Capability(
    inbound=(
        stored(
            "NotifyReport",
            spelled(v2x=reported_2x),
            carried=spelled(v2x=carries("requestId seqNo tbc generatedAt", reportData=_ENTRY)),
            needs=spelled(v2x="requestId"),
        ),
    ),
    outbound=(
        Outbound(command=GetBaseReport, to=spelled(v2x=base_report_2x), outcome=spelled(v2x=by_answer)),
        Outbound(
            command=GetReport, to=spelled(v2x=report_2x), outcome=spelled(v2x=by_answer), forbidden=too_much_of_a_report
        ),
        Outbound(
            command=SetNetworkProfile,
            to=spelled(v201=network_profile_201, v21=network_profile_21),
            forbidden=lowers_security,
        ),
    ),
)
