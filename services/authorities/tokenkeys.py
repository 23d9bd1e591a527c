"""Token keys: private keys that a token holds, as `cryptography` asks for keys: they sign, and are never seen. PURE.

Certificates, lists of revoked ones and OCSP answers are built and signed by `cryptography`, which calls `sign` of any RSAPrivateKey or
EllipticCurvePrivateKey. Each signature is verified by the public key before it is used: a token that signs by another key, another padding
or wrongly is found out here.
"""

import hashlib
from collections.abc import Callable
from typing import Any, Generic, Literal, NoReturn, Self, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15

Scheme = Literal["ecdsa", "pss", "pkcs1"]
HASHES: dict[str, int] = {"sha256": 32, "sha384": 48, "sha512": 64}
"""The hashes that are used, and how many bytes they have."""


class TokenAway(Exception):
    """A token does not sign now; the message says why."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How a token signs. `ecdsa`: what it is given is the digest. `pss`: with a salt as long as the hash, by MGF1 of the same hash."""

    scheme: Scheme
    hash: str


Sign = Callable[[bytes, Way], bytes]
"""The raw signature of a token: for ECDSA the numbers r and s, of equal length. Raises TokenAway."""


Public = TypeVar("Public", rsa.RSAPublicKey, ec.EllipticCurvePublicKey)


class _TokenKey(Generic[Public]):
    """What keys of both kinds have: the public key, and nothing of the private one."""

    def __init__(self, public: Public, sign: Sign) -> None:
        self._public: Public = public
        self._sign = sign

    def public_key(self) -> Public:
        """Its public key."""
        return self._public

    @property
    def key_size(self) -> int:
        """Its size, in bits."""
        return self._public.key_size

    def private_numbers(self) -> NoReturn:
        """Not done: the token keeps them."""
        _kept()

    def private_bytes(
        self,
        encoding: serialization.Encoding,
        format: serialization.PrivateFormat,
        encryption_algorithm: serialization.KeySerializationEncryption,
    ) -> NoReturn:
        """Not done: the token keeps them."""
        _kept()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> Self:
        return self


class RsaTokenKey(_TokenKey[rsa.RSAPublicKey], rsa.RSAPrivateKey):
    """An RSA key of a token."""

    def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:
        """The signature of data, by PKCS #1 1.5 or by PSS with a salt as long as the hash. Raises TokenAway."""
        name = _hash_name(algorithm)
        scheme: Scheme = "pss" if isinstance(padding, PSS) else "pkcs1"
        signature = self._sign(bytes(data), Way(scheme=scheme, hash=name))
        how = PSS(mgf=MGF1(algorithm), salt_length=HASHES[name]) if scheme == "pss" else PKCS1v15()
        try:
            self._public.verify(signature, bytes(data), how, algorithm)
        except InvalidSignature as error:
            raise _wrong() from error
        return signature

    def decrypt(self, ciphertext: Any, padding: Any) -> NoReturn:
        """Not done: the key only signs."""
        _kept()


class EcTokenKey(_TokenKey[ec.EllipticCurvePublicKey], ec.EllipticCurvePrivateKey):
    """A key of a token, on an elliptic curve."""

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """The signature of data, in DER. Raises TokenAway."""
        name = _hash_name(signature_algorithm.algorithm)
        raw = self._sign(hashlib.new(name, bytes(data)).digest(), Way(scheme="ecdsa", hash=name))
        half = len(raw) // 2
        signature = utils.encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))
        try:
            self._public.verify(signature, bytes(data), signature_algorithm)
        except InvalidSignature as error:
            raise _wrong() from error
        return signature

    @property
    def curve(self) -> ec.EllipticCurve:
        """Its curve."""
        return self._public.curve

    def exchange(self, algorithm: Any, peer_public_key: Any) -> NoReturn:
        """Not done: the key only signs."""
        _kept()


def token_key(public: object, sign: Sign) -> RsaTokenKey | EcTokenKey | None:
    """The key of a token whose public key this is; None for a kind that signs no certificates here."""
    if isinstance(public, rsa.RSAPublicKey):
        return RsaTokenKey(public, sign)
    if isinstance(public, ec.EllipticCurvePublicKey):
        return EcTokenKey(public, sign)
    return None


def _hash_name(algorithm: Any) -> str:
    if not isinstance(algorithm, hashes.HashAlgorithm) or algorithm.name not in HASHES:
        raise ValueError(f"a token signs here by {', '.join(HASHES)} alone")
    return algorithm.name


def _wrong() -> TokenAway:
    return TokenAway("The token made a signature that does not fit the certificate of the authority.")


def _kept() -> NoReturn:
    raise TypeError("the key is in a token, which lets it only sign")
