"""Start numbers: derives the transaction id of a start without one (1.6) from its content. PURE.

The gateway and `transactions` derive the same number from the same record, so a start can be answered with it whether or not
`transactions` has decided yet. Two starts of one station may have the same number by chance (1 in 2,000,000,000); they are
distinguished by their times, like transaction ids that a station reuses.
"""

import hashlib

import msgspec

from schemas.authorization import token_key
from schemas.transactions import TransactionReported

LARGEST_NUMBER = 2**31 - 1
"""Transaction numbers are positive signed 32-bit integers: some stations store them so."""

_encode = msgspec.json.Encoder().encode


def start_key(fact: TransactionReported) -> str:
    """A digest of a start without transaction id: station, connector, time, meter start and token."""
    at = fact.at if fact.at_source == "station" else None
    return content_digest((fact.station, fact.evse, fact.connector, at, fact.meter_wh, token_key_of(fact)))


def transaction_number(fact: TransactionReported) -> str:
    """The transaction id of a start, derived from its content.

    Without a time of the station, two real starts may have equal contents; then our own time is included.
    """
    key = start_key(fact)
    cause = key if fact.at_source == "station" else f"{key}{fact.received_at.isoformat()}"
    return str(int.from_bytes(hashlib.blake2b(cause.encode(), digest_size=8).digest()) % LARGEST_NUMBER + 1)


def token_key_of(fact: TransactionReported) -> str:
    """The key of the token in a fact; empty for none."""
    return token_key(fact.token.value) if fact.token is not None else ""


def content_digest(content: object) -> str:
    """A digest of a content: eighteen hexadecimal characters."""
    return hashlib.blake2b(_encode(content), digest_size=9).hexdigest()
