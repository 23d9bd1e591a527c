"""Sending: commands leave with their secrets sealed, behind those of operators."""

import msgspec
import pytest

from schemas.secrets import SEALED
from schemas.securityoperations import MoveStation
from services.securityoperations.sending import PRIORITY
from tests.services.securityoperations.stations import KEYS, NETWORK, There, is_hash_of, password_in, variable


@pytest.mark.usecase("A01", "A01.FR.09", "1.6:A01")
def test_a_password_leaves_sealed_and_no_record_has_it() -> None:
    there = There()
    there.connects()
    there.orders()
    request = there.sent[0]
    assert is_hash_of(request)
    assert password_in(request.command).startswith(SEALED)
    password = password_in(there.answers())

    written = b"".join(map(msgspec.json.encode, (*there.said, there.state, request)))
    assert password.encode() not in written


def test_commands_of_operators_go_first() -> None:
    there = There()
    there.connects()
    there.orders()

    assert there.sent[0].priority == PRIORITY > 5
    assert there.sent[0].requested_by == "security operation order-1"


def test_the_slot_is_put_first_once() -> None:
    there = There()
    there.connects()
    there.reads(variable("OCPPCommCtrlr.NetworkConfigurationPriority", "2, 0,1"))
    there.orders(MoveStation(network=NETWORK, inoperative=False))
    there.answers()
    there.answers()

    assert password_in(there.answers()) == "2,0,1"
    assert KEYS.seal.has_key
