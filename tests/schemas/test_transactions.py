"""Remote starts: the number of the start, and the profile inside."""

from schemas.transactions import RemoteStart
from tests.services.chargingprofiles.records import profile


def test_the_number_of_a_start_is_as_given_else_that_of_its_command() -> None:
    assert RemoteStart(token="CARD", remote_start_id=0).start_id("c1") == 0
    derived = RemoteStart(token="CARD").start_id("c1")
    assert derived == RemoteStart(token="OTHER").start_id("c1")
    assert 0 < derived < 2**31


def test_a_profile_inside_a_start_is_a_tx_profile() -> None:
    assert list(RemoteStart(token="CARD").faults()) == []
    assert list(RemoteStart(token="CARD", profile=profile(purpose="TxProfile")).faults()) == []
    assert [fault.member for fault in RemoteStart(token="CARD", profile=profile()).faults()] == ["profile.purpose"]
