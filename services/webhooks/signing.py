"""Signing: the headers of a delivery, as standardwebhooks.com has them, so that receivers can verify it with a library. PURE.

The signature is the HMAC-SHA256 of `<webhook-id>.<webhook-timestamp>.<body>` in base64, after `v1,`; while a secret is being replaced there
are two of them with a space between.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"
FEWEST_BYTES, MOST_BYTES = 24, 64

HOW = f"write {PREFIX} and {FEWEST_BYTES} to {MOST_BYTES} random bytes in base64: `echo {PREFIX}$(openssl rand -base64 32)`"
"""What a secret looks like."""


class BadSecret(ValueError):
    """A text is not a secret for webhooks; the message says what is needed."""


def key_of(secret: str) -> bytes:
    """The key of a secret `whsec_...`. Raises BadSecret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSecret(HOW) from error
    if not secret.startswith(PREFIX) or not FEWEST_BYTES <= len(key) <= MOST_BYTES:
        raise BadSecret(HOW)
    return key


def signature(secret: str, delivery: str, timestamp: int, body: bytes) -> str:
    """The signature of a delivery. `timestamp`: whole seconds since 1970. Raises BadSecret."""
    signed = f"{delivery}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode()}"


def headers(secrets: Sequence[str], delivery: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a delivery, signed with each of these secrets. Raises BadSecret."""
    return {
        "webhook-id": delivery,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, delivery, timestamp, body) for secret in secrets),
    }
