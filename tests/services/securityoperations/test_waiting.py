"""Waiting: what a station does by itself after it was told: it uses a password, comes back, falls back, or stays away."""

import pytest

from schemas.configuration import SetConfiguration
from schemas.securityoperations import MoveStation, UpgradeProfile
from schemas.stationcommands import ChangeAvailability
from tests.services.moments import at
from tests.services.securityoperations.stations import NETWORK, OLD, There, certificate, variable

PRIORITY = "OCPPCommCtrlr.NetworkConfigurationPriority"
BACK_WITHIN_S = 900


def told(operation: UpgradeProfile | MoveStation, answers: int, version: str = "2.0.1") -> There:
    """A station that was told everything, and is about to leave."""
    there = There(version)
    there.connects()
    there.reads(certificate(), variable(PRIORITY, "0"))
    there.orders(operation)
    for _ in range(answers):
        there.answers()
    return there


def upgrading() -> There:
    return told(UpgradeProfile(security_profile=2, network=NETWORK), 4)


def moving() -> There:
    return told(MoveStation(network=NETWORK), 5)


def unanswered() -> There:
    there = There()
    there.connects()
    there.orders()
    for _ in range(3):
        there.answers("timed_out")
        there.passes(120, until_sent=True)
    return there


@pytest.mark.usecase("A01", "1.6:A01")
def test_a_password_without_an_answer_is_done_once_the_station_has_used_it() -> None:
    there = unanswered()
    assert there.steps == {"password": "unanswered", "use": "waiting"}
    there.leaves()
    there.connects(credential=there.new_credential())

    assert there.last.status == "done"


@pytest.mark.usecase("A01", "1.6:A01")
def test_a_password_without_an_answer_is_void_once_the_station_has_used_the_old_one() -> None:
    there = unanswered()
    there.leaves()
    there.connects(credential=OLD)

    assert there.last.status == "rejected"
    assert "old password" in there.last.why


def test_a_password_that_nobody_has_used_in_time_is_not_confirmed() -> None:
    there = unanswered()
    there.passes(86_400)

    assert there.last.status == "unconfirmed"
    assert "both are accepted" in there.last.why


def test_a_password_that_is_used_before_its_answer_came_is_done() -> None:
    there = There()
    there.connects()
    there.orders()
    there.leaves()
    there.connects(credential=there.new_credential())

    assert there.last.status == "done"


@pytest.mark.usecase("A05", "A05.FR.06")
def test_a_station_that_comes_back_with_the_higher_profile_is_upgraded() -> None:
    there = upgrading()
    there.leaves()
    there.connects(security_profile=2)

    assert (there.last.status, there.steps["back"], there.last.profile_before) == ("done", "done", 1)


def test_a_station_that_connects_anew_before_it_restarts_is_waited_for() -> None:
    there = upgrading()
    there.leaves()
    there.connects(boots=False)
    there.passes(3_600)

    assert there.last.status == "running"


@pytest.mark.usecase("A05", "1.6:A05")
def test_a_station_that_comes_back_as_it_was_gets_its_old_order_back() -> None:
    there = upgrading()
    there.leaves()
    there.connects()
    there.passes(120, until_sent=True)
    back = there.answers()

    assert isinstance(back, SetConfiguration)
    assert back.settings[0].value == "0"
    assert (there.last.status, there.steps["restore"]) == ("fell-back", "done")
    assert "security profile 1" in there.last.why


def test_a_station_that_comes_with_the_new_profile_at_its_second_attempt_is_upgraded() -> None:
    there = upgrading()
    there.leaves()
    there.connects()
    there.passes(30)
    there.leaves()
    there.connects(security_profile=2)

    assert there.last.status == "done"


def test_a_station_that_does_not_come_back_in_time_is_missing() -> None:
    there = upgrading()
    there.leaves()
    there.passes(BACK_WITHIN_S - 5)
    assert there.last.status == "running"
    there.passes(10)

    assert there.last.status == "missing"


def test_a_station_that_does_not_restart_is_given_up_when_the_operation_expires() -> None:
    there = upgrading()
    there.passes(86_400, until_sent=True)
    there.answers()

    assert (there.last.status, there.steps["restore"]) == ("failed", "done")


def test_a_profile_that_the_gateway_cannot_tell_is_what_the_station_reports() -> None:
    there = upgrading()
    there.leaves()
    there.connects(security_profile=None)
    assert there.last.status == "running"
    there.reads(variable("SecurityCtrlr.SecurityProfile", "2", there.now))

    assert there.last.status == "done"


@pytest.mark.usecase("1.6:A05")
def test_a_1_6_station_connects_anew_with_the_higher_profile() -> None:
    there = told(UpgradeProfile(security_profile=2), 1, "1.6")
    there.leaves()
    there.connects(boots=False, security_profile=2)

    assert there.last.status == "done"


@pytest.mark.usecase("1.6:A05")
def test_a_1_6_station_that_falls_back_is_seen_without_a_boot() -> None:
    there = told(UpgradeProfile(security_profile=2), 1, "1.6")
    there.leaves()
    there.connects(boots=False)
    there.passes(120)

    assert there.last.status == "fell-back"


@pytest.mark.usecase("B10", "B10.FR.04", "B10.FR.06")
def test_a_station_that_stays_away_has_moved() -> None:
    there = moving()
    there.leaves()
    there.passes(BACK_WITHIN_S + 5)

    assert (there.last.status, there.steps["away"]) == ("done", "done")


@pytest.mark.usecase("B10", "B10.FR.07")
def test_a_station_that_did_not_reach_the_other_csms_is_as_it_was() -> None:
    there = moving()
    there.leaves()
    there.connects()
    there.passes(120, until_sent=True)
    back, operative = there.answers(), there.answers()

    assert isinstance(back, SetConfiguration)
    assert back.settings[0].value == "0"
    assert operative == ChangeAvailability(operational_status="Operative")
    assert there.last.status == "fell-back"


def test_a_station_that_charges_all_along_does_not_move() -> None:
    there = moving()
    there.passes(86_400, until_sent=True)
    there.answers()
    there.answers()

    assert (there.last.status, there.last.ended_at) == ("failed", at(there.now))
