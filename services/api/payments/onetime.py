"""One-time passwords of dynamic QR codes (2.1 part 2, C25, TOTP algorithm version 1), and the secret of each station. PURE.

The secret is derived from the key that the processes share, so that none is stored: a station gets it by a command, which is sealed.
"""

import hashlib
import hmac
from collections.abc import Iterator

VERSION = "v1"

ALPHABETS = (
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0123456789abcdefghijklmnpqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
)
"""The characters of a password. Copies of the specification call them base62 and print 61, without the small o: stations may use either."""

NEIGHBOURS = (0, -1, 1)
"""The present interval, the one before and the next: clocks differ, and drivers take time ("Validation of TOTP")."""

SECRET_CHARACTERS = 32
OFFSET_BITS = 0x0F


def secret_of(key: bytes, station: str) -> str:
    """The SharedSecret of a station: 128 bits in hexadecimal digits. Ids of stations are compared without case."""
    return hmac.new(key, f"voltbus web payments {station.casefold()}".encode(), hashlib.sha256).hexdigest()[
        :SECRET_CHARACTERS
    ]


def password(secret: str, interval: int, *, length: int, alphabet: str = ALPHABETS[0]) -> str:
    """The one-time password of an interval, by its number since 1970."""
    digest = hmac.new(secret.encode(), interval.to_bytes(8, "big"), hashlib.sha256).digest()
    offset = digest[-1] & OFFSET_BITS
    return "".join(alphabet[digest[(offset + place) % len(digest)] % len(alphabet)] for place in range(length))


def is_valid(given: str, secret: str, *, at_s: float, validity_s: int, length: int) -> bool:
    """Whether a password is one of the present interval or of one beside it (C25.FR.07)."""
    right = _passwords(secret, int(at_s) // validity_s, length)
    return any(hmac.compare_digest(given.encode(), each.encode()) for each in right)


def _passwords(secret: str, present: int, length: int) -> Iterator[str]:
    for alphabet in ALPHABETS:
        for beside in NEIGHBOURS:
            if present + beside >= 0:
                yield password(secret, present + beside, length=length, alphabet=alphabet)
