"""Passwords of users: hashed slowly on purpose, by scrypt, outside the event loop, two at once at most.

`scrypt$<n>$<r>$<p>$<salt hex>$<hash hex>`, with the parameters that OWASP recommends where 32 MiB are to do: each takes about 0.2 s.
"""

import asyncio
import hashlib
import hmac
import secrets

N, R, P = 2**15, 8, 3
SALT_BYTES, HASH_BYTES = 16, 32
AT_ONCE = 2
MOST_BYTES = 2**27
SHORTEST, LONGEST = 12, 200

NOBODYS = f"scrypt${N}${R}${P}${'00' * SALT_BYTES}${'00' * HASH_BYTES}"
"""The hash of no password: verified for a user who does not exist, so that it takes as long."""


def hashed(password: str, salt: bytes, *, n: int = N) -> str:
    """The hash of a password, for storage. `salt`: random bytes, new ones for each password."""
    return f"scrypt${n}${R}${P}${salt.hex()}${_derive(password, salt, n, R, P).hex()}"


def verify(password: str, password_hash: str) -> bool:
    """Whether this is the password of the hash. A hash that cannot be read matches nothing."""
    try:
        algorithm, n, r, p, salt, expected = password_hash.split("$")
        if algorithm != "scrypt":
            return False
        found = _derive(password, bytes.fromhex(salt), int(n), int(r), int(p))
        return hmac.compare_digest(found, bytes.fromhex(expected))
    except ValueError:
        return False


def _derive(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    given = password.encode(errors="surrogateescape")
    return hashlib.scrypt(given, salt=salt, n=n, r=r, p=p, maxmem=MOST_BYTES, dklen=HASH_BYTES)


class Hashing:
    """Hashes and verifies in threads; whoever comes while `AT_ONCE` are being worked on waits."""

    def __init__(self, *, n: int = N) -> None:
        self._n = n
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def hashed(self, password: str) -> str:
        """The hash of a new password."""
        async with self._turns:
            return await asyncio.to_thread(hashed, password, secrets.token_bytes(SALT_BYTES), n=self._n)

    async def verify(self, password: str, password_hash: str) -> bool:
        """Whether this is the password of the hash; empty for nobody's."""
        async with self._turns:
            return await asyncio.to_thread(verify, password, password_hash or NOBODYS)
