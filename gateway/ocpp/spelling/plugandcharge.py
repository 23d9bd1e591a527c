"""Plug and charge in OCPP 1.6: messages of 2.0.1 inside DataTransfer, by the application note of the Open Charge Alliance. PURE.

The vendor is `org.openchargealliance.iso15118pnc`, the message id names the action, and data is the payload as a text of JSON, both ways.
"""

from typing import Any

import msgspec

VENDOR = "org.openchargealliance.iso15118pnc"

ACTIONS = frozenset({"Authorize", "Get15118EVCertificate", "GetCertificateStatus", "SignCertificate"})
"""The messages that are treated as those of 2.0.1. Others are left to the vendors that operators provision."""

REJECTED = b'{"status":"Rejected"}'


class Inner(msgspec.Struct, frozen=True):
    """The message of 2.0.1 inside a DataTransfer."""

    action: str
    payload: bytes


def inside(wire: Any) -> Inner | None:
    """The message inside a DataTransfer of 1.6; None where there is none."""
    if (wire.vendorId or "").casefold() != VENDOR or wire.messageId not in ACTIONS:
        return None
    data = wire.data if isinstance(wire.data, str) else msgspec.json.encode(wire.data).decode()
    return Inner(wire.messageId, data.encode())


def wrapped(payload: bytes) -> bytes:
    """The answer to the message as that to its DataTransfer: Accepted says that it was handled, the rest is in its own status."""
    return msgspec.json.encode({"status": "Accepted", "data": bytes(payload).decode()})
