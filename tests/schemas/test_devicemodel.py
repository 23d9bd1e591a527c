"""Device model: how variables are named, and what names of them say too little."""

from schemas.configuration import Setting, spelled_out
from schemas.devicemodel import ComponentVariable, GetReport, VariableName, variable_id_of
from schemas.monitoring import GetMonitoringReport


def test_a_name_is_written_as_commands_have_it() -> None:
    whole = VariableName(
        component="EVSE", component_instance="left", evse=2, connector=1, variable="Power", variable_instance="most"
    )

    assert whole.key == "EVSE[left]@2:1.Power[most]"
    assert whole.owner == "EVSE[left]@2:1"
    assert VariableName(variable="HeartbeatInterval").key == "HeartbeatInterval"
    again = spelled_out(Setting(key=whole.key, value=""))
    assert again is not None
    assert (again.component_instance, again.evse, again.connector, again.variable_instance) == ("left", 2, 1, "most")


def test_names_are_compared_without_case_and_apart_by_station() -> None:
    assert variable_id_of("S", "C.V") == variable_id_of("S", "c.v") != variable_id_of("T", "C.V")


def test_an_instance_without_its_variable_is_refused_by_name() -> None:
    variables = (ComponentVariable(component="A"), ComponentVariable(component="B", variable_instance="one"))

    for command in (GetReport(variables=variables), GetMonitoringReport(variables=variables)):
        assert [fault.member for fault in command.faults()] == ["variables[1].variable_instance"]
