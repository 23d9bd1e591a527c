"""Contexts: what the files give, and what is said of those that cannot be used."""

import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.tls.contexts import BadFile, load, names_match
from tests.gateway.conftest import World
from tests.gateway.tls.clients import only, trusting
from tests.gateway.tls.memory import Handshake

EC, RSA = "ECDHE-ECDSA-AES128-GCM-SHA256", "AES128-GCM-SHA256"


def shown(handshake: Handshake, station: ssl.SSLContext, name: str = "csms.example") -> int:
    """The serial number of the certificate that the server shows."""
    handshake.run(station, name)
    peer = handshake.client.getpeercert()
    assert peer is not None
    return int(str(peer["serialNumber"]), 16)


@pytest.mark.usecase("A00", "A00.FR.318", "A00.FR.421")
def test_certificates_with_rsa_and_ec_keys_serve_side_by_side(world: World) -> None:
    handshake = Handshake(world, mutual=False)
    assert shown(handshake, only(world.servers.path, EC)) == world.ec.certificate.serial_number
    assert shown(handshake, only(world.servers.path, RSA)) == world.rsa.certificate.serial_number


@pytest.mark.parametrize("mutual", [False, True])
def test_a_station_gets_the_certificate_of_the_name_it_asks_for(world: World, mutual: bool) -> None:
    other = world.servers.issue("*.other.example", alternatives=("*.other.example",))
    pairs = tuple((str(each.path), str(each.path)) for each in (world.ec, world.rsa, other))
    handshake = Handshake(world, mutual=mutual, pairs=pairs)
    station = trusting(world.servers.path, world.stations.issue("SNI"))
    assert shown(handshake, station, "gw.other.example") == other.certificate.serial_number
    assert shown(handshake, station) == world.ec.certificate.serial_number
    station.check_hostname = False
    assert shown(handshake, station, "nobody.example") == world.ec.certificate.serial_number


def test_a_name_matches_itself_and_one_label_for_a_star() -> None:
    assert names_match("A.example.", ["a.example"])
    assert names_match("a.example", ["*.example"])
    assert not names_match("b.a.example", ["*.example"])
    assert not names_match("example", ["*.example"])


def test_a_key_may_have_a_password_and_a_file_of_its_own(world: World, tmp_path: Path) -> None:
    own = world.servers.issue(
        "csms.example", alternatives=("csms.example",), password=b"secret", to=tmp_path / "both.pem"
    )
    certificate = tmp_path / "certificate.pem"
    certificate.write_text(own.pem)
    (tmp_path / "password").write_text("secret\n")
    pairs = ((str(certificate), str(own.path)),)
    handshake = Handshake(world, mutual=False, pairs=pairs, password_file=str(tmp_path / "password"))
    assert shown(handshake, trusting(world.servers.path)) == own.certificate.serial_number
    (tmp_path / "password").write_text("wrong\n")
    with pytest.raises(BadFile, match=r"both\.pem cannot be used"):
        load(world.files(pairs=pairs, password_file=str(tmp_path / "password")))


@pytest.mark.usecase("A00", "A00.FR.321", "A00.FR.424")
def test_no_compression_no_renegotiation_and_no_tickets(world: World) -> None:
    for context in (load(world.files()).server, load(world.files()).mutual):
        assert context is not None
        for option in (ssl.OP_NO_COMPRESSION, ssl.OP_NO_RENEGOTIATION, ssl.OP_NO_TICKET):
            assert context.options & option
        assert context.num_tickets == 0
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_tls_1_3_alone_where_it_is_set(world: World) -> None:
    with pytest.raises(ssl.SSLError):
        Handshake(world, mutual=False, minimum="1.3").run(only(world.servers.path, EC))


@pytest.mark.usecase("A00", "A00.FR.501", "A00.FR.502")
def test_a_weak_key_is_refused(world: World, tmp_path: Path) -> None:
    weak = rsa.generate_private_key(65_537, 1_024)
    own = world.servers.issue("csms.example", to=tmp_path / "weak.pem", key=weak)
    with pytest.raises(BadFile, match=r"weak\.pem"):
        load(world.files(pairs=((str(own.path), str(own.path)),)))


@pytest.mark.parametrize(
    ("content", "member"), [("", "pairs"), ("no pem", "pairs"), ("no pem", "client_ca"), ("no list", "crls")]
)
def test_a_file_that_cannot_be_used_is_named(world: World, tmp_path: Path, content: str, member: str) -> None:
    path = tmp_path / "broken"
    path.write_text(content)
    value = {"pairs": ((str(path), str(path)),), "client_ca": str(path), "crls": (str(path),)}[member]
    with pytest.raises(BadFile, match="broken"):
        load(world.files(**{member: value}))
    path.unlink()
    with pytest.raises(BadFile, match="broken cannot be read"):
        load(world.files(**{member: value}))


def test_a_key_of_another_certificate_is_refused(world: World) -> None:
    with pytest.raises(BadFile, match="with the key"):
        load(world.files(pairs=((str(world.ec.path), str(world.rsa.path)),)))


def test_suites_that_openssl_does_not_know_are_refused(world: World) -> None:
    with pytest.raises(BadFile, match="tls_ciphers"):
        load(world.files(ciphers="NONSENSE"))
