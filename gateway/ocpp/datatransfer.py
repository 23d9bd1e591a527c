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
from gateway.ocpp.spelling.plugandcharge import inside
from schemas.base import Record, null
from schemas.datatransfer import DataTransfer, DataTransferred
from schemas.secrets import mask_json
from schemas.vendoranswers import Transfer, VendorAnswer, answer_of


def transferred_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 DataTransfer: data is a string; read leniently it may be any JSON."""
    return _transferred(wire, call, _data_16(wire))


def transferred_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x DataTransfer (P02): data is any JSON."""
    return _transferred(wire, call, _data_2x(wire))


def _data_16(wire: Any) -> msgspec.Raw:
    return null() if wire.data is None else msgspec.Raw(msgspec.json.encode(wire.data))


def _data_2x(wire: Any) -> msgspec.Raw:
    return null() if wire.data is None else msgspec.Raw(bytes(wire.data))


def _transferred(wire: Any, call: Call, data: msgspec.Raw) -> tuple[Record, ...]:
    answer = _answer(wire, call, data)
    return (
        DataTransferred(
            id=call.id("data-transfer"),
            station=call.context.station,
            vendor_id=wire.vendorId or "",
            message_id=wire.messageId or "",
            data=mask_json(data),
            received_at=call.context.received_at,
            status=answer.status,
            answer="" if bytes(answer.data) == b"null" else bytes(mask_json(answer.data)).decode(),
        ),
    )


def _answer(wire: Any, call: Call, data: msgspec.Raw) -> VendorAnswer:
    """The answer by the vendors that operators provisioned; UnknownVendorId where they provisioned none (P02.FR.06; 1.6, 4.3)."""
    me = call.context
    transfer = Transfer(
        station=me.station,
        vendor_id=wire.vendorId or "",
        message_id=wire.messageId or "",
        data=data,
        at=me.received_at,
    )
    return answer_of(me.vendors, transfer)


def answered_16(wire: Any, call: Call) -> bytes:
    """The answer of 1.6: data is a string, so other JSON is sent as its text."""
    answer = _answer(wire, call, _data_16(wire))
    data = bytes(answer.data)
    text = None if data == b"null" else answer.data if data.startswith(b'"') else data.decode()
    return msgspec.json.encode(present(status=answer.status, data=text))


def answered_2x(wire: Any, call: Call) -> bytes:
    """The answer of 2.x: data is any JSON."""
    answer = _answer(wire, call, _data_2x(wire))
    return msgspec.json.encode(
        present(status=answer.status, data=None if bytes(answer.data) == b"null" else answer.data)
    )


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
            answered=spelled(v16=answered_16, v2x=answered_2x),
            carried=dict.fromkeys((V16, V201, V21), carries("vendorId messageId data")),
            inside=lambda version, wire: inside(wire) if version == V16 else None,
        ),
    ),
    outbound=(Outbound(command=DataTransfer, to=spelled(v16=transfer_16, v2x=transfer_2x)),),
)
