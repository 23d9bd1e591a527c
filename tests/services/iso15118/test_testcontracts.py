"""Contracts of the test pool are named as asked for, or as it follows from the EV, and are of the authorities of one pool."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from services.iso15118.testcontracts import PROVIDER, Unfit, digest_of, mobility_2, mobility_20
from tests.pki import NOW
from tests.services.iso15118.exi.given import vehicle


def test_an_ev_has_the_same_contract_each_time_and_others_by_their_numbers() -> None:
    mobility, own = mobility_2(NOW), vehicle(ec.SECP256R1()).der
    names = [mobility.contract(own, "", NOW, number).emaid for number in (0, 0, 1)]

    assert names[0] == names[1] != names[2]
    assert all(len(each) == 14 and each.startswith(f"{PROVIDER}C") for each in names)
    assert mobility.contract(own, "de-8aa-c12345678-d", NOW).emaid == "DE8AAC12345678"


def test_each_contract_has_a_key_of_its_own_and_is_below_the_pool_s_root() -> None:
    mobility, own = mobility_20(NOW), vehicle(ec.SECP521R1()).der
    first, second = (mobility.contract(own, "", NOW) for _ in range(2))

    assert first.certificate != second.certificate
    leaf, lower, upper = (x509.load_der_x509_certificate(each) for each in (first.certificate, *first.chain))
    leaf.verify_directly_issued_by(lower)
    lower.verify_directly_issued_by(upper)
    upper.verify_directly_issued_by(mobility.root.certificate)


def test_an_ev_with_another_key_does_not_fit() -> None:
    for certificate in (b"none", vehicle(ec.SECP384R1()).der):
        with pytest.raises(Unfit):
            mobility_2(NOW).contract(certificate, "", NOW)
    assert digest_of(ec.SECP256R1()).name == "sha256"
    assert digest_of(ec.SECP521R1()).name == "sha512"
