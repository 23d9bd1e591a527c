"""Proxies: who is believed."""

import pytest

from gateway.tls.proxies import networks, trusts


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        ("10.1.2.3", True),
        ("10.2.0.1", False),
        ("::ffff:10.1.2.3", True),
        ("fd00::7%eth0", True),
        ("fd01::7", False),
        ("", False),
        ("unix:", False),
    ],
)
def test_an_address_is_trusted_by_its_network(address: str, trusted: bool) -> None:
    assert trusts(networks("10.1.0.0/16, fd00::/64"), address) is trusted


def test_nobody_is_trusted_without_networks() -> None:
    assert not trusts(networks(""), "127.0.0.1")


def test_a_wrong_network_is_refused() -> None:
    with pytest.raises(ValueError, match="host bits"):
        networks("10.1.2.3/16")
