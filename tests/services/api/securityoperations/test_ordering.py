"""Ordering: each member that is missing or too much is named, and secrets are sealed at once."""

from typing import Any

import pytest

from schemas.sealing import NO_KEY
from schemas.secrets import SEALED
from schemas.securityoperations import MoveStation, RotatePassword, UpgradeProfile
from services.api.securityoperations.ordering import operation_of_order
from services.api.securityoperations.rows import OrderOperation
from services.api.web.problems import Problem
from tests.services.api.securityoperations.worlds import NETWORK, SEAL


def test_each_kind_is_an_operation() -> None:
    rotate = operation_of_order(OrderOperation(kind="rotate-password", reset=False), SEAL)
    upgrade = operation_of_order(OrderOperation(kind="upgrade-profile", security_profile=2, network=NETWORK), SEAL)
    move = operation_of_order(OrderOperation(kind="move-station", network=NETWORK, url_key="Url"), SEAL)

    assert rotate == RotatePassword(reset=False)
    assert isinstance(upgrade, UpgradeProfile)
    assert isinstance(move, MoveStation)
    assert (upgrade.network, move.url_key) == (move.network, "Url")


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"kind": "rotate-password", "network": NETWORK}, "network"),
        ({"kind": "rotate-password", "security_profile": 2}, "security_profile"),
        ({"kind": "upgrade-profile"}, "security_profile"),
        ({"kind": "upgrade-profile", "security_profile": 3, "network": NETWORK}, "network.security_profile"),
        ({"kind": "upgrade-profile", "security_profile": 2, "network": {**NETWORK, "slto": 1}}, "network.slto"),
        ({"kind": "upgrade-profile", "security_profile": 2, "url_key": "Url"}, "url_key"),
        ({"kind": "move-station"}, "network"),
        ({"kind": "move-station", "network": {"slot": 1}}, "network"),
    ],
)
def test_what_cannot_be_is_refused_with_the_member_at_fault(members: dict[str, Any], field: str) -> None:
    with pytest.raises(Problem) as refused:
        operation_of_order(OrderOperation(**members), SEAL)

    assert refused.value.status == 422
    assert any(field in (each.field, *each.field.split(".")[:1]) for each in refused.value.errors), refused.value.errors


def test_passwords_in_a_network_profile_are_sealed() -> None:
    network = {**NETWORK, "basic_auth_password": "correct-horse-battery", "apn": "net", "sim_pin": "8342"}
    operation = operation_of_order(OrderOperation(kind="move-station", network=network), SEAL)

    assert isinstance(operation, MoveStation)
    assert operation.network.basic_auth_password.startswith(SEALED)
    assert operation.network.sim_pin.startswith(SEALED)


def test_without_a_key_nothing_with_a_secret_is_ordered() -> None:
    network = {**NETWORK, "basic_auth_password": "correct-horse-battery"}
    for data in (
        OrderOperation(kind="rotate-password"),
        OrderOperation(kind="move-station", network=network),
    ):
        with pytest.raises(Problem) as refused:
            operation_of_order(data, NO_KEY)
        assert refused.value.status == 409
