"""Data transfer: vendor data, both ways."""

from typing import Any

import msgspec

from gateway.ocpp.rows import V16, V21, V201, Call, Capability, Draft, Invalid, Outbound, compact, present, stored
from gateway.ocpp.spelling.outcomes import by_status
from schemas.base import Record, null
from schemas.datatransfer import DataTransfer, DataTransferred

UNKNOWN_VENDOR = b'{"status":"UnknownVendorId"}'


def transferred_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 DataTransfer: data is a string."""
    return _transferred(wire, call, null() if wire.data is None else msgspec.Raw(msgspec.json.encode(wire.data)))


def transferred_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x DataTransfer (P02): data is any JSON."""
    return _transferred(wire, call, null() if wire.data is None else msgspec.Raw(bytes(wire.data)))


def _transferred(wire: Any, call: Call, data: msgspec.Raw) -> tuple[Record, ...]:
    return (
        DataTransferred(
            id=call.id("data-transfer"),
            station=call.context.station,
            vendor_id=wire.vendorId,
            message_id=wire.messageId or "",
            data=data,
            received_at=call.context.received_at,
        ),
    )


def _unknown_vendor(_: Call) -> bytes:
    # P02.FR.06: no vendor is known yet, and what was sent is kept all the same.
    return UNKNOWN_VENDOR


def transfer_16(command: DataTransfer, _: str) -> Draft | Invalid:
    """1.6 DataTransfer: what is no string goes as its JSON text."""
    data = compact(command.data)
    if isinstance(data, Invalid):
        return data
    text = None if bytes(data) == b"null" else data if bytes(data).startswith(b'"') else bytes(data).decode()
    return Draft("DataTransfer", present(vendorId=command.vendor_id, messageId=command.message_id or None, data=text))


def transfer_2x(command: DataTransfer, _: str) -> Draft | Invalid:
    """2.x DataTransfer (P01)."""
    data = compact(command.data)
    if isinstance(data, Invalid):
        return data
    return Draft(
        "DataTransfer",
        present(
            messageId=command.message_id or None,
            data=None if bytes(data) == b"null" else data,
            vendorId=command.vendor_id,
        ),
    )


_BY_STATUS = {V16: by_status, V201: by_status, V21: by_status}

DATA_TRANSFERS = Capability(
    inbound=(
        stored(
            "DataTransfer",
            {V16: transferred_16, V201: transferred_2x, V21: transferred_2x},
            result=_unknown_vendor,
        ),
    ),
    outbound=(
        Outbound(command=DataTransfer, to={V16: transfer_16, V201: transfer_2x, V21: transfer_2x}, outcome=_BY_STATUS),
    ),
)
