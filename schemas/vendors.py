"""Vendors: whose data transfers are known, and what each of their messages is answered (2.x part 2, P02; 1.6, 4.3).

The answer is composed in `schemas.vendoranswers`.
"""

from typing import Literal

import msgspec

from schemas.base import Record, Timestamp, null
from schemas.topic import Topic

TransferStatus = Literal["Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId"]
"""DataTransferStatus of 1.6, DataTransferStatusEnumType of 2.x."""

ANY_MESSAGE = "*"
"""Stands for every message id of a vendor that has no rule of its own, and for none."""


class VendorMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a vendor's message is answered. `message_id`: one, empty for messages without one, or ANY_MESSAGE.

    `data` is a template in JSON (`schemas.vendoranswers`); null: the answer has no data.
    """

    message_id: str
    status: Literal["Accepted", "Rejected"] = "Accepted"
    data: msgspec.Raw = msgspec.field(default_factory=null)


class VendorProvisioned(Record, frozen=True, kw_only=True, tag="vendor-provisioned"):
    """A vendor whose messages are known. `vendor` is `vendor_id` without regard to case, and the key."""

    vendor: str
    vendor_id: str
    messages: tuple[VendorMessage, ...]
    note: str = ""
    provisioned_at: Timestamp
    provisioned_by: str = ""


class VendorRemoved(Record, frozen=True, kw_only=True, tag="vendor-removed"):
    """A vendor's messages are known no longer."""

    vendor: str
    removed_at: Timestamp
    removed_by: str = ""


def vendor_key(vendor_id: str) -> str:
    """The key of a vendor id: 1.6 compares them without regard to case."""
    return vendor_id.strip().casefold()


REF_VENDORS = Topic(
    name="csms.ref.vendors",
    meaning="Vendors whose data transfers are known, and what each of their messages is answered; current state by vendor.",
    records=(VendorProvisioned, VendorRemoved),
    key="vendor",
    retention_s=None,
)

TOPICS = (REF_VENDORS,)
