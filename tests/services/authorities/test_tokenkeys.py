"""Token keys: cryptography signs with them as with keys of its own; what a token signs wrongly is not used."""

import copy
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from services.authorities.profiles import hash_for, padding_for
from services.authorities.tokenkeys import EcTokenKey, RsaTokenKey, TokenAway, Way, token_key
from tests.services.authorities.est_server import BEGINS, ENDS

HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}


class FakeToken:
    """A token in this process, with one key."""

    def __init__(self, own: Any) -> None:
        self.own = own
        self.ways: list[Way] = []

    def sign(self, data: bytes, way: Way) -> bytes:
        self.ways.append(way)
        used = HASHES[way.hash]
        if way.scheme == "ecdsa":
            size = (self.own.curve.key_size + 7) // 8
            numbers = utils.decode_dss_signature(self.own.sign(data, ec.ECDSA(utils.Prehashed(used))))
            return b"".join(one.to_bytes(size) for one in numbers)
        pss = padding.PSS(mgf=padding.MGF1(used), salt_length=used.digest_size)
        signature: bytes = self.own.sign(data, pss if way.scheme == "pss" else padding.PKCS1v15(), used)
        return signature


CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
KINDS = ("RSA", *CURVES)


@cache
def drawn(kind: str) -> Any:
    """A key of the kind; the same for all tests."""
    return rsa.generate_private_key(65537, 2048) if kind == "RSA" else ec.generate_private_key(CURVES[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_certificates_and_lists_are_signed_by_a_token(kind: str) -> None:
    own = drawn(kind)
    token = FakeToken(own)
    key = token_key(own.public_key(), token.sign)
    assert key is not None
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Token")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(own.public_key())
    builder = builder.serial_number(1).not_valid_before(BEGINS).not_valid_after(ENDS)
    made = builder.sign(key, hash_for(key), rsa_padding=padding_for(key))
    listed = x509.CertificateRevocationListBuilder().issuer_name(name).last_update(BEGINS).next_update(ENDS)
    signed = listed.sign(key, hash_for(key), rsa_padding=padding_for(key))

    made.verify_directly_issued_by(made)
    assert signed.is_signature_valid(own.public_key())
    assert {way.scheme for way in token.ways} == {"pss" if kind == "RSA" else "ecdsa"}


@pytest.mark.parametrize("kind", KINDS[:2])
def test_a_signature_by_another_key_is_not_used(kind: str) -> None:
    own = drawn(kind)
    another = rsa.generate_private_key(65537, 2048) if kind == "RSA" else ec.generate_private_key(ec.SECP256R1())
    key: Any = token_key(another.public_key(), FakeToken(own).sign)

    how = (padding_for(key), hash_for(key)) if kind == "RSA" else (ec.ECDSA(hashes.SHA256()),)
    with pytest.raises(TokenAway, match="does not fit"):
        key.sign(b"data", *how)


def test_a_padding_that_was_not_asked_for_is_not_used() -> None:
    longest = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.MAX_LENGTH)
    own = drawn("RSA")
    key = RsaTokenKey(own.public_key(), lambda data, way: own.sign(data, longest, hashes.SHA256()))

    with pytest.raises(TokenAway, match="does not fit"):
        key.sign(b"data", padding_for(key), hash_for(key))
    with pytest.raises(ValueError, match="sha256"):
        key.sign(b"data", padding.PKCS1v15(), hashes.SHA1())


@pytest.mark.parametrize("kind", KINDS[:2])
def test_a_key_only_signs(kind: str) -> None:
    own = drawn(kind)
    key: Any = token_key(own.public_key(), FakeToken(own).sign)

    assert isinstance(key, RsaTokenKey | EcTokenKey)
    assert copy.copy(key) is key
    assert copy.deepcopy(key) is key
    assert key.key_size == own.key_size
    for forbidden in (key.private_numbers, lambda: key.private_bytes(None, None, None)):
        with pytest.raises(TypeError, match="only sign"):
            forbidden()
    with pytest.raises(TypeError, match="only sign"):
        key.decrypt(b"", None) if kind == "RSA" else key.exchange(None, None)


def test_a_key_of_another_kind_is_none() -> None:
    assert token_key(object(), FakeToken(drawn("RSA")).sign) is None
