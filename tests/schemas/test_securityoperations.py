"""Security operations: every version has its steps for each, and what stands against itself is named."""

from typing import get_args

import pytest
from msgspec.structs import replace

from schemas.base import OcppVersion
from schemas.configuration import SetConfiguration
from schemas.networkprofiles import SetNetworkProfile
from schemas.secrets import secret_of
from schemas.securityoperations import (
    ENDED,
    FAILED,
    KINDS,
    PASSWORD_SETTING,
    PLANS,
    OperationStatus,
    StepName,
    UpgradeProfile,
)

NETWORK = SetNetworkProfile(slot=1, url="wss://csms.example.com", security_profile=2)


def test_every_version_has_steps_for_every_operation() -> None:
    assert {version: tuple(plans) for version, plans in PLANS.items()} == dict.fromkeys(get_args(OcppVersion), KINDS)
    assert {step for plans in PLANS.values() for plan in plans.values() for step in plan} <= set(get_args(StepName))


@pytest.mark.usecase("A01", "A01.FR.02", "1.6:A01")
@pytest.mark.parametrize("version", get_args(OcppVersion))
def test_the_password_setting_of_a_version_is_what_changes_the_password_there(version: OcppVersion) -> None:
    setting = replace(PASSWORD_SETTING[version], value="00" * 20)

    assert secret_of(SetConfiguration(settings=(setting,)), version) is not None


def test_whatever_failed_has_ended() -> None:
    assert FAILED < ENDED < set(get_args(OperationStatus))


def test_the_network_profile_of_an_upgrade_has_the_profile_that_is_wanted() -> None:
    assert list(UpgradeProfile(security_profile=2, network=NETWORK).faults()) == []
    (fault,) = UpgradeProfile(security_profile=3, network=NETWORK).faults()

    assert fault.member == "network.security_profile"
