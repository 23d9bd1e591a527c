"""Transfers: commands of Plug & Charge to stations of 1.6, as messages of 2.0.1 inside DataTransfer. PURE.

The other direction, and where this is from: `gateway.ocpp.spelling.plugandcharge`.
"""

from typing import Any

import msgspec

from gateway.ocpp.rows import Draft
from gateway.ocpp.spelling.plugandcharge import VENDOR


def transferred(action: str, **members: Any) -> Draft:
    """The DataTransfer that carries an action of 2.0.1; members that are None are left out."""
    payload = {name: value for name, value in members.items() if value is not None}
    return Draft(
        "DataTransfer", {"vendorId": VENDOR, "messageId": action, "data": msgspec.json.encode(payload).decode()}
    )


class _Answer(msgspec.Struct):
    status: str
    data: str


def opened(payload: bytes) -> bytes:
    """The answer inside the answer to a DataTransfer that was handled; any other answer as it is: its own status counts."""
    try:
        answer = msgspec.json.decode(payload, type=_Answer)
        inner = msgspec.json.decode(answer.data, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return payload
    return msgspec.json.encode(inner) if answer.status.casefold() == "accepted" else payload
