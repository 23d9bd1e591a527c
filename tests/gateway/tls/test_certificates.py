"""Certificates: what one says of its station."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from gateway.tls.certificates import Unreadable, read
from tests.gateway.conftest import World


@pytest.mark.usecase("A00", "A00.FR.508", "A00.FR.509", "A00.FR.511")
def test_names_owner_number_and_chain_are_read(world: World) -> None:
    own = world.stations.issue(
        "CP-1", organization="Owner", alternatives=("cp-1.example",), ocsp="http://ocsp.example/"
    )
    found = read([own.der, world.stations.certificate.public_bytes(Encoding.DER)])
    assert found.names == ("CP-1", "cp-1.example")
    assert found.organizations == ("Owner",)
    assert found.number == f"{own.certificate.serial_number:x}"
    assert found.fingerprint == own.fingerprint
    assert found.not_after == own.certificate.not_valid_after_utc
    assert [number for _, number in found.chain] == [
        own.certificate.serial_number, world.stations.certificate.serial_number,
    ]  # fmt: skip
    assert found.ocsp_urls == ("http://ocsp.example/",)
    assert found.issuer_der


def test_what_is_missing_is_empty(world: World) -> None:
    found = read([world.stations.issue("CP-2", organization="").der])
    assert (found.names, found.organizations, found.ocsp_urls, found.issuer_der) == (("CP-2",), (), (), b"")


def test_nothing_is_no_certificate() -> None:
    with pytest.raises(Unreadable):
        read([])


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(der: bytes) -> None:
    with pytest.raises(Unreadable):
        read([der])
