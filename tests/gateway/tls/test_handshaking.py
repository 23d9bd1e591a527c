"""Handshaking: the causes of failures, by the errors of OpenSSL."""

import ssl

import pytest

from gateway.tls.handshaking import Chains, cause_of, cipher_kind
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
    found = Chains().client(server)
    assert found is not None
    assert (found.names, found.fingerprint, len(found.chain)) == (("CP-1",), own.fingerprint, 3)
    assert found.issuer_der
    assert cipher_kind(server) == "tls1.3"


def test_without_a_certificate_there_is_none(world: World) -> None:
    server = Handshake(world, mutual=False).run(only(world.servers.path, "AES128-GCM-SHA256"))
    assert Chains().client(server) is None
    assert cipher_kind(server) == "rsa"


def test_a_session_that_is_resumed_is_told_with_what_stands_above(world: World) -> None:
    """TLS 1.2 by session id: OpenSSL has no verified chain then."""
    own = world.stations.intermediate("resuming").issue("CP-2")
    station = trusting(world.servers.path, own, maximum_version=ssl.TLSVersion.TLSv1_2)
    handshake, chains = Handshake(world, mutual=True), Chains()
    first = chains.client(handshake.run(station))
    session = handshake.client.session
    handshake.ends()
    again = handshake.run(station, session=session)
    assert again.session_reused
    assert chains.client(again) == first
    forgotten = Chains().client(again)
    assert forgotten is not None
    assert (forgotten.names, len(forgotten.chain)) == (("CP-2",), 1)


def test_the_issuers_remembered_are_bounded(world: World) -> None:
    chains = Chains(limit=2)
    for number in range(3):
        own = world.stations.intermediate(f"issuer-{number}").issue("CP-3")
        assert chains.client(Handshake(world, mutual=True).run(trusting(world.servers.path, own))) is not None
    assert len(chains._above) == 2
