"""Checks: what speaks against an operation before it begins (A05, B09, B10)."""

import pytest
from msgspec.structs import replace

from schemas.securityoperations import MoveStation, RotatePassword, UpgradeProfile
from schemas.states.securityoperations import StationSecurity
from services.securityoperations.checks import against, needs_password, profile_now
from tests.services.securityoperations.stations import NETWORK, OLD, STATION

KNOWN = StationSecurity(
    station=STATION, version="2.0.1", security_profile=1, credential=OLD, roots=("root",), leaves=("leaf",)
)
UPGRADE = UpgradeProfile(security_profile=2, network=NETWORK)
THREE = UpgradeProfile(security_profile=3, network=replace(NETWORK, security_profile=3))


def test_nothing_speaks_against_an_upgrade_with_its_certificates() -> None:
    assert against(UPGRADE, KNOWN, has_key=False) == ""
    assert against(THREE, KNOWN, has_key=False) == ""


@pytest.mark.usecase("A05", "1.6:A05")
@pytest.mark.parametrize(("now", "wanted"), [(3, 2), (2, 2)])
def test_no_profile_is_set_that_is_not_higher(now: int, wanted: int) -> None:
    operation = UpgradeProfile(security_profile=wanted, network=NETWORK)

    assert f"security profile {now}" in against(operation, replace(KNOWN, security_profile=now), has_key=True)


@pytest.mark.usecase("A05", "A05.FR.02", "A05.FR.03", "1.6:A05")
def test_the_certificates_that_a_profile_needs_are_there_before_it_is_set() -> None:
    assert "root certificate" in against(UPGRADE, replace(KNOWN, roots=()), has_key=True)
    assert "certificate of the station" in against(THREE, replace(KNOWN, leaves=()), has_key=True)
    assert against(UPGRADE, replace(KNOWN, leaves=()), has_key=True) == ""


def test_an_operator_may_know_better_which_certificates_are_there() -> None:
    assert against(replace(UPGRADE, unchecked=True), replace(KNOWN, roots=()), has_key=True) == ""


def test_a_2_x_station_needs_a_network_profile() -> None:
    assert "network" in against(UpgradeProfile(security_profile=2), KNOWN, has_key=True)
    assert against(UpgradeProfile(security_profile=2), replace(KNOWN, version="1.6"), has_key=True) == ""


def test_no_password_is_made_without_a_key() -> None:
    bare = replace(KNOWN, credential="")
    assert "secrets_key_file" in against(RotatePassword(), KNOWN, has_key=False)
    assert "secrets_key_file" in against(UPGRADE, bare, has_key=False)
    assert needs_password(UPGRADE, bare)
    assert not needs_password(THREE, bare)


def test_a_station_that_nobody_knows_is_given_nothing() -> None:
    assert "version" in against(RotatePassword(), StationSecurity(station=STATION), has_key=True)


@pytest.mark.usecase("B10")
def test_a_move_needs_the_vendors_key_in_1_6_and_no_lower_profile_in_2_x() -> None:
    move = MoveStation(network=NETWORK)
    assert "url_key" in against(move, replace(KNOWN, version="1.6"), has_key=True)
    assert against(replace(move, url_key="Url"), replace(KNOWN, version="1.6"), has_key=True) == ""
    assert "security profile 3" in against(move, replace(KNOWN, security_profile=3), has_key=True)
    assert against(move, KNOWN, has_key=True) == ""


def test_the_profile_of_the_connection_counts_before_what_the_station_reports() -> None:
    assert profile_now(replace(KNOWN, reported_profile=3)) == 1
    assert profile_now(replace(KNOWN, security_profile=None, reported_profile=3)) == 3
