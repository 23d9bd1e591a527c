"""Steps: what a station's answers make of an operation (A01, A05, B10)."""

import pytest

from schemas.configuration import SetConfiguration
from schemas.securityoperations import MoveStation, RotatePassword, UpgradeProfile
from schemas.stationcommands import ChangeAvailability, Reset
from services.securityoperations.steps import TRIES_MOST
from tests.services.securityoperations.stations import NETWORK, There, certificate, password_in, variable

PRIORITY = "OCPPCommCtrlr.NetworkConfigurationPriority"
UPGRADE = UpgradeProfile(security_profile=2, network=NETWORK)


def upgrading(version: str = "2.0.1", operation: UpgradeProfile = UPGRADE) -> There:
    there = There(version)
    there.connects()
    there.reads(certificate(), variable(PRIORITY, "0,1"))
    there.orders(operation)
    return there


@pytest.mark.usecase("A01", "A01.FR.04", "1.6:A01")
@pytest.mark.parametrize("outcome", ["rejected", "unsupported"])
def test_a_password_that_the_station_refuses_changes_nothing(outcome: str) -> None:
    there = There()
    there.connects()
    there.orders()
    there.answers(outcome, detail="NotSupported")

    assert (there.last.status, there.steps) == ("rejected", {"password": "rejected"})
    assert "NotSupported" in there.last.why


def test_a_password_without_an_answer_is_sent_again_and_is_the_same() -> None:
    there = There()
    there.connects()
    there.orders()
    first = there.answers("timed_out")
    there.passes(120, until_sent=True)
    second = there.answers()

    assert password_in(first) == password_in(second)
    assert there.sent[0].credential_hash == there.sent[1].credential_hash
    assert there.last.status == "done"


def test_a_password_that_never_left_is_sent_as_often_as_it_takes() -> None:
    there = There()
    there.connects()
    there.orders()
    for _ in range(TRIES_MOST + 2):
        there.answers("disconnected", sent=False)
        there.passes(120, until_sent=True)
    there.answers()

    assert (there.last.status, there.last.steps[0].attempts) == ("done", TRIES_MOST + 3)


def test_an_outcome_that_does_not_come_is_given_up() -> None:
    there = There()
    there.connects()
    there.orders()
    there.waiting.clear()
    there.passes(600, until_sent=True)

    assert len(there.sent) == 2


def test_a_password_that_needs_a_reboot_is_used_after_one() -> None:
    there = There()
    there.connects()
    there.orders()
    there.answers(reboot_required=True)
    assert isinstance(there.answers(), Reset)
    assert there.steps == {"password": "done", "reset": "done", "use": "waiting"}
    there.leaves()
    there.connects(credential=there.state.running.new_credential if there.state.running else "")

    assert there.last.status == "done"


def test_a_station_that_may_not_be_restarted_uses_its_password_whenever_it_restarts() -> None:
    there = There()
    there.connects()
    there.orders(RotatePassword(reset=False))
    there.answers(reboot_required=True)

    assert there.waiting == []
    assert there.steps == {"password": "done", "use": "waiting"}


@pytest.mark.usecase("A05", "A05.FR.04", "A05.FR.05")
@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
def test_an_upgrade_stores_a_network_profile_puts_it_first_and_restarts_the_station(version: str) -> None:
    there = upgrading(version)
    there.answers()  # which profiles it uses
    assert there.answers() == NETWORK
    first = there.answers()
    assert isinstance(first, SetConfiguration)
    assert (first.settings[0].variable, first.settings[0].value) == ("NetworkConfigurationPriority", "2,0,1")
    assert there.answers() == Reset(type="OnIdle")

    assert there.steps == {"read": "done", "network": "done", "priority": "done", "reset": "done", "back": "waiting"}


@pytest.mark.usecase("1.6:A05")
def test_an_upgrade_of_a_1_6_station_sets_its_security_profile() -> None:
    there = upgrading("1.6", UpgradeProfile(security_profile=2))
    command = there.answers()

    assert isinstance(command, SetConfiguration)
    assert (command.settings[0].key, command.settings[0].value) == ("SecurityProfile", "2")
    assert there.steps == {"profile": "done", "back": "waiting"}


@pytest.mark.usecase("1.6:A05")
def test_a_station_without_a_password_gets_one_before_a_profile_that_needs_it() -> None:
    there = There("1.6")
    there.connects(security_profile=0, credential="", credential_since=None)
    there.orders(UpgradeProfile(security_profile=1))
    password = there.answers()
    profile = there.answers()

    assert isinstance(password, SetConfiguration)
    assert isinstance(profile, SetConfiguration)
    assert [each.settings[0].key for each in (password, profile)] == ["AuthorizationKey", "SecurityProfile"]


def test_a_1_6_station_that_needs_a_reboot_for_its_profile_is_restarted() -> None:
    there = upgrading("1.6", UpgradeProfile(security_profile=2))
    there.answers(reboot_required=True)

    assert isinstance(there.answers(), Reset)
    assert there.steps == {"profile": "done", "reset": "done", "back": "waiting"}


@pytest.mark.usecase("A05", "A05.FR.02")
def test_a_station_that_refuses_the_new_order_stays_as_it_is() -> None:
    there = upgrading()
    there.answers()
    there.answers()
    there.answers("rejected", detail="NoCertificate")

    assert (there.last.status, there.waiting) == ("rejected", [])
    assert "NoCertificate" in there.last.why


def test_a_station_that_refuses_to_restart_gets_its_old_order_back() -> None:
    there = upgrading()
    for _ in range(3):
        there.answers()
    there.answers("rejected")
    back = there.answers()

    assert isinstance(back, SetConfiguration)
    assert back.settings[0].value == "0,1"
    assert (there.last.status, there.steps["restore"]) == ("failed", "done")


def test_a_station_that_leaves_instead_of_answering_to_the_restart_has_restarted() -> None:
    there = upgrading()
    for _ in range(3):
        there.answers()
    there.answers("disconnected")

    assert (there.steps["reset"], there.steps["back"]) == ("unanswered", "waiting")


def test_what_gets_no_answer_three_times_ends_the_operation() -> None:
    there = upgrading()
    for _ in range(TRIES_MOST):
        there.answers("timed_out")
        there.passes(120, until_sent=True)

    assert (there.last.status, there.steps["read"]) == ("failed", "unanswered")


def test_a_station_whose_slots_nobody_knows_tells_them_first() -> None:
    there = There()
    there.connects()
    there.reads(certificate())
    there.orders(UPGRADE)
    there.answers()
    assert there.steps["read"] != "done"
    there.reads(variable(PRIORITY, "1", there.now))
    there.passes(0)

    assert there.answers() == NETWORK
    put_first = there.answers()
    assert isinstance(put_first, SetConfiguration)
    assert put_first.settings[0].value == "2,1"


def test_a_station_that_does_not_tell_its_slots_is_left_alone() -> None:
    there = There()
    there.connects()
    there.reads(certificate())
    there.orders(UPGRADE)
    there.answers()
    there.passes(120)

    assert (there.last.status, len(there.sent)) == ("rejected", 1)
    assert "NetworkConfigurationPriority" in there.last.why


@pytest.mark.usecase("B10", "B10.FR.05")
def test_a_station_goes_out_of_operation_before_it_moves() -> None:
    there = There()
    there.connects()
    there.reads(variable(PRIORITY, "1"))
    there.orders(MoveStation(network=NETWORK))

    assert there.answers() == ChangeAvailability(operational_status="Inoperative")


@pytest.mark.usecase("B10", "B10.FR.02")
def test_a_station_that_refuses_to_move_goes_back_into_operation() -> None:
    there = There()
    there.connects()
    there.reads(variable(PRIORITY, "1"))
    there.orders(MoveStation(network=NETWORK))
    for _ in range(3):
        there.answers()
    there.answers("rejected")
    assert there.answers() == ChangeAvailability(operational_status="Operative")

    assert there.last.status == "rejected"


def test_a_1_6_station_moves_by_its_vendors_key() -> None:
    there = There("1.6")
    there.connects()
    there.orders(MoveStation(network=NETWORK, url_key="CentralSystemUrl", inoperative=False))
    command = there.answers()

    assert isinstance(command, SetConfiguration)
    assert (command.settings[0].key, command.settings[0].value) == ("CentralSystemUrl", NETWORK.url)
    assert isinstance(there.answers(), Reset)


def test_the_batch_of_an_operation_hears_of_its_end() -> None:
    there = There()
    there.connects()
    there.orders(batch="", number=3)
    there.answers()

    assert there.ends == []
