"""Passwords: as each version takes them, the same for the same order, and never the same for two (A01)."""

import re
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.base import OcppVersion
from schemas.credentials import verify
from services.securityoperations.passwords import new_password
from tests.services.securityoperations.stations import KEY, ordered

ORDER = ordered()


@pytest.mark.usecase("1.6:A01")
def test_a_1_6_station_gets_20_bytes_as_hexadecimal_digits() -> None:
    password = new_password(KEY, ORDER, "1.6")

    assert re.fullmatch("[0-9a-f]{40}", password.value)
    assert verify(bytes.fromhex(password.value), password.password_hash)
    assert verify(password.value, password.password_hash)


@pytest.mark.usecase("A01", "A01.FR.07")
@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
def test_a_2_x_station_gets_40_characters_of_its_alphabet(version: OcppVersion) -> None:
    password = new_password(KEY, ORDER, version)

    assert re.fullmatch("[A-Za-z0-9_-]{40}", password.value)
    assert verify(password.value, password.password_hash)


@pytest.mark.usecase("A01", "A01.FR.08")
def test_an_order_that_is_repeated_has_the_same_password_and_a_salt_of_its_own() -> None:
    again, other = new_password(KEY, ORDER, "2.1"), new_password(KEY, replace(ORDER, id="order-2"), "2.1")

    assert again == new_password(KEY, ORDER, "2.1")
    assert again.password_hash.split("$")[2] != other.password_hash.split("$")[2]


@pytest.mark.usecase("A01", "A01.FR.06")
@pytest.mark.parametrize("change", [{"id": "order-2"}, {"station": "DE-BER-0002"}, {"seed": "feed" * 16}])
def test_no_two_orders_share_a_password(change: dict[str, Any]) -> None:
    assert new_password(KEY, replace(ORDER, **change), "2.1") != new_password(KEY, ORDER, "2.1")


def test_without_the_key_nobody_can_make_the_password() -> None:
    assert new_password(b"another key" * 8, ORDER, "2.1").value != new_password(KEY, ORDER, "2.1").value
