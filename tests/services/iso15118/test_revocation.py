"""Of whom is asked what, and what follows."""

import pytest
from cryptography import x509

from schemas.authorization import CertificateHash
from schemas.iso15118 import StatusFound
from services.iso15118.chains import Judged, Link
from services.iso15118.revocation import MOST_ADDRESSES, MOST_HASHES, of_chain, of_hashes, verdict
from tests.pki import NOW, Contracts, contracts

pytestmark = pytest.mark.usecase("C07", "C07.FR.05")


@pytest.fixture(scope="module")
def mo(tmp_path_factory: pytest.TempPathFactory) -> Contracts:
    return contracts(tmp_path_factory.mktemp("mo"))


def link(mo: Contracts, **options: str) -> Link:
    return Link(mo.issue(**options).certificate, mo.lower.certificate)


def a_hash(url: str = "http://ocsp.example/") -> CertificateHash:
    return CertificateHash(
        hash_algorithm="SHA256", issuer_name_hash="aa", issuer_key_hash="bb", serial_number="1", responder_url=url
    )


def test_responders_come_before_lists_and_other_addresses_are_left_out(mo: Contracts) -> None:
    (wanted,) = of_chain([link(mo, ocsp="http://o.example", crl="http://c.example/x.crl")], ())
    (bare,) = of_chain([link(mo, ocsp="ldap://o.example")], ())

    assert [(each.source, each.urls) for each in wanted.checks] == [
        ("OCSP", ("http://o.example",)),
        ("CRL", ("http://c.example/x.crl",)),
    ]
    assert bare.checks == ()


def test_the_contract_must_be_confirmed_and_an_authority_where_it_names_somebody(mo: Contracts) -> None:
    contract, authority = of_chain([link(mo), Link(mo.lower.certificate, mo.upper.certificate)], ())

    assert (contract.must, authority.must) == (True, False)


def test_no_more_is_asked_than_a_message_may_name() -> None:
    assert len(of_hashes([a_hash()] * 9, ())) == MOST_HASHES
    assert MOST_ADDRESSES == 3


@pytest.mark.usecase("C07.FR.16")
def test_one_revoked_certificate_is_enough_whatever_is_known_of_the_others() -> None:
    one, other = of_hashes([a_hash(), a_hash()], ())
    revoked = StatusFound(source="OCSP", name=one.name, status="Revoked")

    for found in (
        None,
        StatusFound(source="OCSP", name=one.name, status="Good"),
        StatusFound(source="OCSP", name=one.name, status="Unknown"),
    ):
        assert verdict(None, [(one, found), (other, revoked)], unconfirmed="accept").status == "CertificateRevoked"


def test_an_authority_of_which_nobody_can_say_anything_is_no_obstacle(mo: Contracts) -> None:
    (contract, authority) = of_chain(
        [link(mo, ocsp="http://o.example"), Link(mo.lower.certificate, mo.upper.certificate)], ()
    )
    judged = Judged(status="Accepted", expires_at=NOW)
    good = StatusFound(source="OCSP", name=contract.name, status="Good")

    found = verdict(judged, [(contract, good), (authority, None)], unconfirmed="reject")
    assert (found.status, found.expires_at, found.detail) == ("Accepted", NOW, "")


@pytest.mark.usecase("C07.FR.17")
@pytest.mark.parametrize("status", ["Unknown", "Failed"])
def test_what_a_responder_does_not_know_is_not_confirmed(status: str) -> None:
    (one,) = of_hashes([a_hash()], ())
    found = StatusFound(source="OCSP", name=one.name, status=status, detail="why")  # type: ignore[arg-type]

    assert verdict(None, [(one, found)], unconfirmed="reject").status == "CertChainError"
    assert "why" in verdict(None, [(one, found)], unconfirmed="accept").detail


def test_addresses_are_read_from_the_extensions_that_have_some(mo: Contracts) -> None:
    assert isinstance(link(mo).certificate, x509.Certificate)
    assert of_chain([link(mo)], [a_hash()])[0].checks == (), "hashes of another certificate name nobody for this one"
