"""Profiles: hashes fit keys, and key usages have nothing that is not needed."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from services.authorities.profiles import hash_for, padding_for, usage


@pytest.mark.parametrize(("curve", "bits"), [(ec.SECP256R1(), 256), (ec.SECP384R1(), 384), (ec.SECP521R1(), 512)])
def test_a_hash_is_as_strong_as_its_key(curve: ec.EllipticCurve, bits: int) -> None:
    key = ec.generate_private_key(curve)

    assert hash_for(key).digest_size * 8 == bits
    assert padding_for(key) is None


def test_a_usage_has_what_is_named_alone() -> None:
    signing = usage(signs=True)

    assert (signing.key_cert_sign, signing.crl_sign, signing.digital_signature) == (True, True, False)
    assert not usage(digital_signature=True).content_commitment
