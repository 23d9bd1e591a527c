"""Data transfer: vendor data, both ways."""

from typing import Any

import msgspec

from gateway.ocpp.rows import (
    V16,
    V21,
    V201,
    Call,
    Capability,
    Draft,
    Invalid,
    Outbound,
    carries,
    compact,
    present,
    spelled,
    stored,
)
from schemas.base import Record, null
from schemas.datatransfer import DataTransfer, DataTransferred
from schemas.secrets import mask_json

UNKNOWN_VENDOR = b'{"status":"UnknownVendorId"}'


def transferred_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 DataTransfer: data is a string; read leniently it may be any JSON."""
    return _transferred(wire, call, null() if wire.data is None else msgspec.Raw(msgspec.json.encode(wire.data)))


def transferred_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x DataTransfer (P02): data is any JSON."""
    return _transferred(wire, call, null() if wire.data is None else msgspec.Raw(bytes(wire.data)))


def _transferred(wire: Any, call: Call, data: msgspec.Raw) -> tuple[Record, ...]:
    return (
        DataTransferred(
            id=call.id("data-transfer"),
            station=call.context.station,
            vendor_id=wire.vendorId or "",
            message_id=wire.messageId or "",
            data=mask_json(data),
            received_at=call.context.received_at,
        ),
    )


def _unknown_vendor(_: Call) -> bytes:
    # P02.FR.06: no vendor is supported yet; the data is stored all the same.
    return UNKNOWN_VENDOR


def transfer_16(command: DataTransfer, _: str) -> Draft | Invalid:
    """1.6 DataTransfer: data that is no string is sent as its JSON text."""
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


DATA_TRANSFERS = Capability(
    inbound=(
        stored(
            "DataTransfer",
            spelled(v16=transferred_16, v2x=transferred_2x),
            result=_unknown_vendor,
            carried=dict.fromkeys((V16, V201, V21), carries("vendorId messageId data")),
        ),
    ),
    outbound=(Outbound(command=DataTransfer, to=spelled(v16=transfer_16, v2x=transfer_2x)),),
)
