"""Authorities: which of them a request is for."""

from schemas.authorities import authority_for
from schemas.x509 import HashData
from tests.services.certificates.asking import announced

ROOT = HashData(hash_algorithm="SHA256", issuer_name_hash="aa", issuer_key_hash="bb", serial_number="1")


def test_an_authority_is_chosen_by_use_by_root_and_then_by_name() -> None:
    a, b = announced("a"), announced("b", roots=(ROOT,))

    assert authority_for([b, a], "ChargingStationCertificate") == a
    assert authority_for([b, a], "ChargingStationCertificate", ROOT) == b
    assert authority_for([b, a], "V2GCertificate") is None
