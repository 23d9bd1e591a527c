"""Passwords: the new password of a station, made of the deployment's secrets key and the order. PURE.

The password is not drawn in this service, which reads no random numbers: it is HMAC-SHA256 of the secrets key over the order's id, its 32
random bytes and the station. So a step that is repeated after a crash gives the station the same password, no state and no topic has it but
the sealed command, and no two stations or orders share one (A01.FR.06, FR.07).
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode

import msgspec

from schemas.base import OcppVersion
from schemas.credentials import hash_password
from schemas.securityoperations import HEXADECIMAL, SecurityOperationOrdered

_PURPOSE = b"voltbus station password v1"
_SALT_PURPOSE = b"voltbus station password salt v1"
KEY_BYTES, TEXT_BYTES, SALT_BYTES = 20, 30, 16
"""1.6 takes 20 bytes as 40 hexadecimal digits; 2.x 40 characters, which are 240 bits in the alphabet of base64url."""


class NewPassword(msgspec.Struct, frozen=True):
    """A password as the station is given it, and its hash."""

    value: str
    password_hash: str


def new_password(key: bytes, order: SecurityOperationOrdered, version: OcppVersion) -> NewPassword:
    """The password of an order; the same each time. `key`: the deployment's secrets key."""
    secret = _derived(key, _PURPOSE, order)
    value = secret[:KEY_BYTES].hex() if version in HEXADECIMAL else urlsafe_b64encode(secret[:TEXT_BYTES]).decode()
    return NewPassword(value, hash_password(value, _derived(key, _SALT_PURPOSE, order)[:SALT_BYTES]))


def _derived(key: bytes, purpose: bytes, order: SecurityOperationOrdered) -> bytes:
    purposed = hmac.digest(key, purpose, hashlib.sha256)
    said = "\x1f".join((order.id, order.seed, order.station)).encode()
    return hmac.digest(purposed, said, hashlib.sha256)
