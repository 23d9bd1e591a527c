"""Web tickets: what a payment page is given about a driver who scanned a valid QR code, signed, for a short time. PURE.

The page reads the ticket through the API, and knows then that the code was valid, for which EVSE, and with which limits: nobody pays
for a station whose code he has not scanned (2.1 part 2, C25.FR.08).
"""

import base64
import binascii
import hashlib
import hmac

import msgspec

from schemas.transactionlimits import NO_LIMIT, TransactionLimit


class WebTicket(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A driver who scanned the code of a station, until when (seconds since 1970), and what he asked for at the station."""

    station: str
    evse: int | None = None
    limit: TransactionLimit = NO_LIMIT
    until_s: int


_decode = msgspec.json.Decoder(WebTicket).decode


def sealed(key: bytes, ticket: WebTicket) -> str:
    """The ticket as text for an address."""
    body = base64.urlsafe_b64encode(msgspec.json.encode(ticket)).decode().rstrip("=")
    return f"{body}.{_mac(key, body)}"


def opened(key: bytes, text: str, *, at_s: float) -> WebTicket | None:
    """The ticket of a text; None where it is none of ours, or its time is over."""
    body, _, mac = text.partition(".")
    if not key or not hmac.compare_digest(mac.encode(), _mac(key, body).encode()):
        return None
    try:
        ticket = _decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, msgspec.MsgspecError):  # signed by us, and from a version with other members
        return None
    return ticket if at_s <= ticket.until_s else None


def _mac(key: bytes, body: str) -> str:
    return hmac.new(key, f"voltbus web payment {body}".encode(), hashlib.sha256).hexdigest()
