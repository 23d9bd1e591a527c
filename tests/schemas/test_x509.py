"""Certificates read from PEM: their names by every algorithm, and texts that are none."""

import pytest

from schemas.x509 import BadCertificate, HashData, read_pem
from tests.roots import BEGINS, ENDS, a_root, named


def hash_data(name: dict[str, str]) -> HashData:
    return HashData(
        hash_algorithm=name["hashAlgorithm"],
        issuer_name_hash=name["issuerNameHash"],
        issuer_key_hash=name["issuerKeyHash"],
        serial_number=name["serialNumber"],
    )


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_a_root_is_named_as_ocsp_names_it_by_every_algorithm(kind: str) -> None:
    pem = a_root(kind=kind)

    assert read_pem(pem).names == tuple(hash_data(named(pem, word)) for word in ("SHA256", "SHA384", "SHA512"))


def test_what_people_need_is_read() -> None:
    found = read_pem(a_root("Elbtal Root", 0xAB))

    assert (found.subject, found.issuer, found.serial_number) == ("CN=Elbtal Root", "CN=Elbtal Root", "ab")
    assert (found.valid_from, found.expires_at, len(found.fingerprint)) == (BEGINS, ENDS, 64)


def test_a_certificate_of_another_issuer_is_that_of_any_key() -> None:
    (first, *_) = read_pem(a_root(issuer="Another")).names
    listed = hash_data(named(a_root(issuer="Another")))

    assert first.issuer_key_hash == ""
    assert first.is_that(listed)
    assert not first.is_that(hash_data(named(a_root(serial=2, issuer="Another"))))


def test_case_and_leading_zeros_do_not_tell_names_apart() -> None:
    name = hash_data(named(a_root()))
    other = HashData(
        hash_algorithm="sha256",
        issuer_name_hash=name.issuer_name_hash.upper(),
        issuer_key_hash=name.issuer_key_hash.upper(),
        serial_number="001F",
    )

    assert name.is_that(other)
    assert not name.is_that(hash_data(named(a_root(), "SHA384")))


@pytest.mark.parametrize("text", ["", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "\udc80", "é"])
def test_what_is_no_certificate_is_said(text: str) -> None:
    with pytest.raises(BadCertificate, match="PEM"):
        read_pem(text)
