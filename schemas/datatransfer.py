"""Data transfer: what vendors add to OCPP, both ways."""

from typing import Annotated

import msgspec

from schemas.base import Record, Timestamp, null


class DataTransferred(Record, frozen=True, kw_only=True, tag="data-transferred"):
    """DataTransfer from a station, on csms.data-transfers. `data` as sent: any JSON (a string in 1.6)."""

    id: str
    station: str
    vendor_id: str
    message_id: str = ""
    data: msgspec.Raw = msgspec.field(default_factory=null)
    received_at: Timestamp


class DataTransfer(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="command", tag="DataTransfer"
):
    """Send vendor data to a station. `data` is any JSON value in 2.x, a string in 1.6 (other values go as their JSON text)."""

    vendor_id: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    message_id: Annotated[str, msgspec.Meta(max_length=50)] = ""
    data: msgspec.Raw = msgspec.field(default_factory=null)
