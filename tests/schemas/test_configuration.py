"""Configuration: one string names a setting of every version, and a command tells what it asks for."""

import pytest

from schemas.configuration import GetConfiguration, SetConfiguration, Setting, SettingName, spelled_out


def test_a_key_of_2x_is_spelled_out_with_instances_and_place() -> None:
    name = spelled_out(SettingName(key="EVSE[left]@2:1.Power[most]", attribute="MaxSet"))

    assert name == SettingName(
        component="EVSE",
        component_instance="left",
        evse=2,
        connector=1,
        variable="Power",
        variable_instance="most",
        attribute="MaxSet",
    )


def test_a_name_in_full_is_as_it_is() -> None:
    name = SettingName(component="C", variable="V")

    assert spelled_out(name) is name


@pytest.mark.parametrize("key", ["", "HeartbeatInterval", "A.B.C", "A[.B", "A@x.B", ".B", "A.", "[" * 500])
def test_a_key_of_another_form_names_no_variable(key: str) -> None:
    assert spelled_out(SettingName(key=key)) is None


def test_a_command_tells_the_names_of_its_settings() -> None:
    named = (SettingName(key="A"), SettingName(component="C", variable="V"))

    assert GetConfiguration(settings=named).things == ("A", "V")
    assert SetConfiguration(settings=(Setting(key="A", value="1"),)).things == ("A",)
    assert GetConfiguration().things == ()


def test_members_of_a_name_that_would_not_leave_are_refused_by_name() -> None:
    half = SettingName(key="EVSE.Power", evse=2)
    whole = SettingName(key="Power", component="EVSE", variable="Power", evse=2)

    for command in (
        GetConfiguration(settings=(whole, half)),
        SetConfiguration(settings=(Setting(key="a", value="1"), Setting(key="EVSE.Power", evse=2, value="1"))),
    ):
        assert [fault.member for fault in command.faults()] == ["settings[1].evse"]
    assert list(GetConfiguration(settings=(whole,)).faults()) == []
