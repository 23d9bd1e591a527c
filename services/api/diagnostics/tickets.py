"""Tickets: what lets one station upload one file without a login. PURE.

A ticket is an HMAC of the log's id by a key that every process of the API has, so that none is stored.
"""

import hashlib
import hmac

LENGTH = 40


def ticket_of(key: bytes, log: str) -> str:
    """The ticket for the file of a log."""
    return hmac.new(key, f"voltbus log upload {log}".encode(), hashlib.sha256).hexdigest()[:LENGTH]


def lets(key: bytes, log: str, ticket: str) -> bool:
    """Whether the ticket is for that log."""
    return hmac.compare_digest(ticket.encode(), ticket_of(key, log).encode())
