"""Commands that name which profiles they are about, by the rules of K09 and K10."""

import pytest

from schemas.chargingschedules import ScheduleUpdate
from schemas.profilecommands import ClearChargingProfile, GetChargingProfiles, SetChargingProfile, UpdateDynamicSchedule
from tests.services.chargingprofiles.records import profile


@pytest.mark.parametrize(
    ("command", "member"),
    [
        (ClearChargingProfile(), "profile_id"),
        (ClearChargingProfile(profile_id=7, evse=1), "evse"),
        (ClearChargingProfile(purpose="ChargingStationExternalConstraints"), "purpose"),
        (ClearChargingProfile(purpose="LocalGeneration"), "purpose"),
        (GetChargingProfiles(profile_ids=(7,), purpose="TxProfile"), "profile_ids"),
        (UpdateDynamicSchedule(profile_id=7, update=ScheduleUpdate()), "update"),
        (SetChargingProfile(evse=0, profile=profile(purpose="TxProfile", transaction_id="7")), "evse"),
    ],
)
def test_a_command_that_the_specification_forbids_says_which_member_is_at_fault(command, member):
    assert [fault.member for fault in command.faults()] == [member]


@pytest.mark.parametrize(
    "command",
    [
        ClearChargingProfile(profile_id=7),
        ClearChargingProfile(stack_level=0),
        ClearChargingProfile(evse=0, purpose="TxDefaultProfile"),
        GetChargingProfiles(),
        GetChargingProfiles(profile_ids=(7,), evse=1),
        GetChargingProfiles(sources=("EMS",), stack_level=2),
        SetChargingProfile(evse=1, profile=profile()),
    ],
)
def test_any_other_is_sound(command):
    assert list(command.faults()) == []
