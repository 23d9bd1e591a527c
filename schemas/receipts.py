"""Receipts: the word that opens the public page of a payment's receipt, without a login. PURE.

It is the payment's id and an HMAC of it, by the key that the API and the services have (`secrets_key_file`): nobody guesses one, and
none is stored. Who has it sees one receipt.
"""

import hashlib
import hmac

LENGTH = 32
"""Hexadecimal digits of the HMAC: 128 bits."""

PATH = "/receipts/"


def receipt_token(key: bytes, payment: str) -> str:
    """The word for the receipt of a payment."""
    return f"{payment}-{_mac(key, payment)}"


def payment_in(key: bytes, token: str) -> str:
    """The payment that a word is for; empty where it is for none, or there is no key."""
    payment, _, mac = token.rpartition("-")
    if not key or not payment:
        return ""
    return payment if hmac.compare_digest(mac.encode(), _mac(key, payment).encode()) else ""


def _mac(key: bytes, payment: str) -> str:
    return hmac.new(key, f"voltbus receipt {payment}".encode(), hashlib.sha256).hexdigest()[:LENGTH]
