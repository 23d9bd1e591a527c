"""Revocations: by lists that an authority signed, and by fingerprint."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from gateway.tls.certificates import ClientCertificate, read
from gateway.tls.revocations import BadList, Revocations, revoked_by
from tests.gateway.conftest import World
from tests.pki import Authority, Issued


def chain(own: Issued, *authorities: Authority) -> ClientCertificate:
    return read([own.der, *(each.certificate.public_bytes(Encoding.DER) for each in authorities)])


@pytest.mark.usecase("A00", "A00.FR.704", "A00.FR.705")
def test_a_list_names_certificates_of_its_authority_alone(world: World) -> None:
    lists = world.stations.intermediate("lists")
    own, other = lists.issue("A"), lists.issue("B")
    revocations = Revocations()
    revocations.lists = revoked_by(lists.crl(own.certificate).read_bytes(), [lists.certificate])
    assert revocations.names(chain(own, lists, world.stations))
    assert not revocations.names(chain(other, lists, world.stations))


def test_a_revoked_authority_takes_its_certificates_with_it(world: World) -> None:
    between = world.stations.intermediate("gone")
    crl = world.stations.crl(between.certificate, to=world.folder / "gone.crl")
    revocations = Revocations()
    revocations.lists = revoked_by(crl.read_bytes(), [world.stations.certificate])
    assert revocations.names(chain(between.issue("A"), between, world.stations))


def test_a_file_may_have_several_lists(world: World) -> None:
    one, two = world.stations.intermediate("one"), world.stations.intermediate("two")
    a, b = one.issue("A"), two.issue("B")
    both = one.crl(a.certificate).read_bytes() + two.crl(b.certificate).read_bytes()
    assert len(revoked_by(both, [one.certificate, two.certificate])) == 2


def test_a_list_of_somebody_else_is_refused(world: World) -> None:
    crl = world.others.crl().read_bytes()
    with pytest.raises(BadList, match="signed by none"):
        revoked_by(crl, [world.stations.certificate])


def test_an_operator_revokes_by_fingerprint(world: World) -> None:
    own = chain(world.stations.issue("A"))
    revocations = Revocations()
    revocations.revoke(own.fingerprint.upper())
    assert revocations.names(own)
    revocations.forget(own.fingerprint)
    assert not revocations.names(own)


@given(st.binary(max_size=200))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    for each in (content, b"-----BEGIN X509 CRL-----" + content):
        with pytest.raises(BadList):
            revoked_by(each, [])
