"""Credentials: how a station's password is kept and checked. PURE: the salt is an argument.

`pbkdf2-sha256$<iterations>$<salt hex>$<hash hex>`. Only 1,000 iterations, on purpose: OCPP passwords are secrets made by
machines, 16 to 40 random characters (security whitepaper A00.FR.205), so nobody guesses them however fast a guess is; but
20,000 stations that come back together all have theirs checked within a minute.
"""

import hashlib
import hmac

ALGORITHM = "pbkdf2-sha256"
ITERATIONS = 1_000


def hash_password(password: str, salt: bytes) -> str:
    """The password as it may be stored. `salt`: 16 random bytes, new ones for each password."""
    return f"{ALGORITHM}${ITERATIONS}${salt.hex()}${_derived(password, salt, ITERATIONS).hex()}"


def verify(password: str, password_hash: str) -> bool:
    """Whether this is the password of the hash. A hash that cannot be read matches nothing."""
    try:
        algorithm, iterations, salt, expected = password_hash.split("$")
        if algorithm != ALGORITHM:
            return False
        derived = _derived(password, bytes.fromhex(salt), int(iterations))
        return hmac.compare_digest(derived, bytes.fromhex(expected))
    except ValueError:
        return False


def _derived(password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
