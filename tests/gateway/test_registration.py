"""The registration of a connection: by reference data, boot decisions and operators."""

import pytest

from gateway.effects import Standing
from gateway.registration import Registration


def test_a_boot_decision_cannot_open_what_the_operator_keeps_closed() -> None:
    registration = Registration(Standing("Pending", provisioned=True))
    registration.on_boot_decision("Accepted")

    assert registration.status == "Pending"


def test_of_a_station_that_is_not_provisioned_the_decision_counts() -> None:
    registration = Registration(Standing("Pending"))
    registration.on_boot_decision("Accepted")

    assert registration.status == "Accepted"
    registration.on_boot_fallback()
    assert registration.status == "Pending"


def test_a_rejection_is_reported_once() -> None:
    registration = Registration(Standing("Accepted"))

    assert registration.set_standing(Standing("Rejected"))
    assert not registration.set_standing(Standing("Rejected"))


@pytest.mark.usecase("A00.FR.429")
def test_a_station_that_may_only_renew_its_certificate_is_pending_at_most() -> None:
    registration = Registration(Standing("Accepted", provisioned=True, renews=True))
    assert registration.status == "Pending"

    registration.on_boot_decision("Accepted")
    assert registration.status == "Pending"
    registration.set_standing(Standing("Accepted", provisioned=True))
    assert registration.status == "Pending"
    assert registration.most("Accepted") == "Pending"
    assert registration.set_standing(Standing("Rejected"))
    assert registration.status == "Rejected"
