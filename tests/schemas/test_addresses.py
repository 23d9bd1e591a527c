"""Addresses to which servers may send requests that others ask for."""

import pytest

from schemas.addresses import address_refusal, literal
from tests.services.webhooks.test_addresses import NEVER, PRIVATE, PUBLIC


@pytest.mark.parametrize("address", PRIVATE)
def test_the_setting_that_allows_an_address_is_named(address: str) -> None:
    assert "some_setting" in address_refusal(address, private=False, setting="some_setting")
    assert address_refusal(address, private=True, setting="some_setting") == ""


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_never_sent_to(address: str) -> None:
    assert "never" in address_refusal(address, private=True, setting="some_setting")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_sent_to(address: str) -> None:
    assert address_refusal(address, private=False, setting="some_setting") == ""


def test_a_name_is_no_address() -> None:
    assert (literal("example.com"), literal("10.0.0.1")) == (None, "10.0.0.1")
