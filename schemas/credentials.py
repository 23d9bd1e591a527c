"""Credentials: hashes and verifies stations' passwords. PURE: the salt is an argument.

`pbkdf2-sha256$<iterations>$<salt hex>$<hash hex>`. Only 1,000 iterations, on purpose: OCPP passwords are machine-made
secrets of 16 to 40 random characters (security whitepaper A00.FR.205), which cannot be guessed however fast a guess is; but the
passwords of 20,000 stations that reconnect together can be verified within a minute.

A password is bytes. 1.6 gives it to the station as AuthorizationKey, the hexadecimal form of 16 to 20 bytes, and the station
sends the bytes (security whitepaper, A00.FR.205 and the configuration key); some stations send the digits instead. So a
password of 32 to 40 hexadecimal digits is the same as the bytes they stand for, in either case of letters.
"""

import hashlib
import hmac
import re

ALGORITHM = "pbkdf2-sha256"
ITERATIONS = 1_000
FEWEST_KEY_BYTES, MOST_KEY_BYTES = 16, 20
_DIGITS = re.compile(rb"(?:[0-9A-Fa-f]{2}){16,20}")


def hash_password(password: str | bytes, salt: bytes) -> str:
    """The hash of a password, for storage. `salt`: 16 random bytes, new ones for each password."""
    given = _bytes(password)
    stored_form = given.lower() if _DIGITS.fullmatch(given) else given
    return f"{ALGORITHM}${ITERATIONS}${salt.hex()}${_derive(stored_form, salt, ITERATIONS).hex()}"


def credential_id(password_hash: str) -> str:
    """An id of a credential that does not reveal its hash; empty for none."""
    return hashlib.blake2b(password_hash.encode(), digest_size=8).hexdigest() if password_hash else ""


def certificate_number(text: str | int) -> str:
    """The serial number of a certificate as it is compared: hexadecimal digits in lower case without leading zeros or colons."""
    return f"{text:x}" if isinstance(text, int) else text.replace(":", "").lstrip("0").lower() or "0"


def verify(password: str | bytes, password_hash: str) -> bool:
    """Whether this is the password of the hash, in any of its forms. A hash that cannot be read matches nothing."""
    try:
        algorithm, iterations, salt, expected = password_hash.split("$")
        if algorithm != ALGORITHM:
            return False
        wanted, grain, count = bytes.fromhex(expected), bytes.fromhex(salt), int(iterations)
        return any(hmac.compare_digest(_derive(form, grain, count), wanted) for form in forms(_bytes(password)))
    except (ValueError, OverflowError):
        return False


def forms(password: bytes) -> tuple[bytes, ...]:
    """The forms of a password that its hash may be of: as it is, or its bytes as hexadecimal digits in either case.

    Upper case digits occur in old hashes, which were made of the password as typed.
    """
    if _DIGITS.fullmatch(password):
        digits = password
    elif FEWEST_KEY_BYTES <= len(password) <= MOST_KEY_BYTES:
        digits = password.hex().encode()
    else:
        return (password,)
    return tuple(dict.fromkeys((password, digits.lower(), digits.upper())))


def _bytes(password: str | bytes) -> bytes:
    return password.encode() if isinstance(password, str) else password


def _derive(password: bytes, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password, salt, iterations)
