"""Proof: whether a handshake proves to come from its station, by the Basic authorization header (RFC 7617). PURE."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable

from schemas.credentials import verify


class VerifiedPasswords:
    """Keyed digests of passwords that were verified before, so that many reconnects at once stay cheap."""

    def __init__(self, *, key: bytes, limit: int, derives: bool = True) -> None:
        self._key = key
        self._limit = limit
        self._derives = derives
        self._digests: dict[str, bytes] = {}

    @property
    def remembered_only(self) -> "VerifiedPasswords":
        """The same memory without key derivation: only passwords that were verified before match."""
        only = VerifiedPasswords(key=self._key, limit=self._limit, derives=False)
        only._digests = self._digests
        return only

    def matching_hash(self, station: str, password: bytes, password_hashes: Iterable[str]) -> str:
        """The hash that this password matches, empty for none. A right password is derived once, a wrong one each time."""
        remembered = self._digests.get(station)
        digests = {
            password_hash: self._digest(station, password_hash, password)
            for password_hash in password_hashes
            if password_hash
        }
        for password_hash, digest in digests.items():
            if remembered is not None and hmac.compare_digest(remembered, digest):
                return password_hash
        for password_hash, digest in digests.items():
            if self._derives and verify(password, password_hash):
                self._remember(station, digest)
                return password_hash
        return ""

    def _digest(self, station: str, password_hash: str, password: bytes) -> bytes:
        # The hash is part of the digest, so that a new password of the station invalidates the old digest.
        digested = b"\x1f".join((station.encode(), password_hash.encode(), password))
        return hashlib.blake2b(digested, key=self._key, digest_size=16).digest()

    def _remember(self, station: str, digest: bytes) -> None:
        if len(self._digests) >= self._limit:
            del self._digests[next(iter(self._digests))]
        self._digests[station] = digest


def password_of(authorization: str | None, station: str, *, any_user: bool) -> bytes | None:
    """The password of a Basic authorization header, as bytes; None where there is none or the user name does not match.

    A00.FR.204: the user name is the station's identity, which is compared without case and may itself have a colon.
    `any_user`: some stations send another name; then the password is everything after the first colon.
    """
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        credentials = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    name = station.encode()
    if credentials[: len(name)].lower() == name.lower() and credentials[len(name) : len(name) + 1] == b":":
        return credentials[len(name) + 1 :]
    _, colon, password = credentials.partition(b":")
    return password if any_user and colon else None
