"""Credentials: how a station's password is kept and compared. Salted and slow; the salt is the caller's (no randomness here)."""

import hashlib
import hmac

SCHEME = "pbkdf2-sha256"

ITERATIONS = 20_000
"""Enough for the long random passwords OCPP demands (16 characters or more), few enough for a storm of handshakes."""


def hash_password(password: str, salt: bytes, iterations: int = ITERATIONS) -> str:
    """The kept form of a password: `pbkdf2-sha256$<iterations>$<salt hex>$<hash hex>`."""
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    return f"{SCHEME}${iterations}${salt.hex()}${digest.hex()}"


def verify_password(password: str, kept: str) -> bool:
    """Whether this is the password that was kept, in constant time; a kept form that cannot be read fits no password."""
    try:
        scheme, iterations, salt, _ = kept.split("$")
        if scheme != SCHEME:
            return False
        expected = hash_password(password, bytes.fromhex(salt), int(iterations))
    except (ValueError, OverflowError):
        return False
    return hmac.compare_digest(expected.encode(), kept.encode())
