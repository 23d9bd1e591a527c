"""Handshaking: the causes of failures, by the errors of OpenSSL."""

import ssl

import pytest

from gateway.tls.handshaking import cause_of, cipher_kind, client_certificate
from tests.gateway.conftest import World
from tests.gateway.tls.clients import old, only, trusting
from tests.gateway.tls.memory import Handshake
from tests.pki import DAY, NOW


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (TimeoutError(), "timeout"),
        (ConnectionAbortedError("SSL handshake is taking longer than 10 seconds"), "timeout"),
        (ConnectionResetError(), "cut-off"),
        (ssl.SSLEOFError(), "cut-off"),
        (ssl.SSLError(), "other"),
        (ValueError(), "other"),
    ],
)
def test_an_error_has_a_cause(error: BaseException, cause: str) -> None:
    assert cause_of(error) == cause


def test_a_failed_handshake_has_its_cause(world: World) -> None:
    trusted = world.servers.path
    stations = {
        "unknown-ca": trusting(trusted, world.others.issue("A")),
        "expired": trusting(trusted, world.stations.issue("B", begins=NOW - 3 * DAY, ends=NOW - DAY)),
        "not-yet-valid": trusting(trusted, world.stations.issue("C", begins=NOW + DAY)),
        "no-certificate": trusting(trusted),
        "version": old(trusted),
        "cipher": only(trusted, "AES128-SHA", world.stations.issue("D")),
        "refused-by-station": trusting(world.others.path, world.stations.issue("E")),
    }
    for cause, context in stations.items():
        with pytest.raises(ssl.SSLError) as failure:
            Handshake(world, mutual=True).run(context)
        assert cause_of(failure.value) == cause


def test_a_good_handshake_says_the_client_and_its_issuer(world: World) -> None:
    own = world.stations.intermediate("middle").issue("CP-1")
    server = Handshake(world, mutual=True).run(trusting(world.servers.path, own))
    found = client_certificate(server)
    assert found is not None
    assert (found.names, found.fingerprint, len(found.chain)) == (("CP-1",), own.fingerprint, 3)
    assert found.issuer_der
    assert cipher_kind(server) == "tls1.3"


def test_without_a_certificate_there_is_none(world: World) -> None:
    server = Handshake(world, mutual=False).run(only(world.servers.path, "AES128-GCM-SHA256"))
    assert client_certificate(server) is None
    assert cipher_kind(server) == "rsa"
