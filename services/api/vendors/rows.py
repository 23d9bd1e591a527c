"""Vendors as the API takes and gives them, and the data transfers of stations."""

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec
from litestar.params import PathParameter

from schemas.base import Timestamp
from schemas.vendoranswers import NAMES
from schemas.vendors import ANY_MESSAGE, TransferStatus, VendorProvisioned
from services.api.web.bodies import Body

VENDOR_LONGEST, MESSAGE_LONGEST = 255, 50
MESSAGES_MOST = 100

VendorPath = Annotated[
    str, PathParameter(description="The vendor's id as its stations send it, in any case, percent-encoded in the URL.")
]

_PLACEHOLDERS = ", ".join(f"`${{{name}}}`" for name in NAMES)


class MessageRule(Body, frozen=True, kw_only=True):
    """What a message is answered."""

    message_id: Annotated[
        str,
        msgspec.Meta(
            max_length=MESSAGE_LONGEST,
            description=f"The message, in any case; empty: messages without an id; `{ANY_MESSAGE}`: all that have no rule of their own.",
            examples=["CarId"],
        ),
    ] = ANY_MESSAGE
    status: Annotated[Literal["Accepted", "Rejected"], msgspec.Meta(description="The status of the answer.")] = (
        "Accepted"
    )
    data: Annotated[
        Any,
        msgspec.Meta(
            description=f"The data of the answer: JSON, in whose texts {_PLACEHOLDERS} and `${{data.member}}` stand for what is in the"
            " message; a text that is one of them and nothing else becomes the value itself, `$$` is a dollar sign. null: no data."
            " In 1.6 anything but a text is sent as its JSON text.",
            examples=[{"station": "${station}", "vin": "${data.vin}"}],
        ),
    ] = None


class ProvisionVendor(Body, frozen=True, kw_only=True):
    """A vendor whose messages are known. A message without a rule is answered UnknownMessageId."""

    messages: Annotated[
        tuple[MessageRule, ...],
        msgspec.Meta(min_length=1, max_length=MESSAGES_MOST, description="What each message is answered."),
    ]
    note: Annotated[str, msgspec.Meta(max_length=500, description="What is agreed, for the reader.")] = ""


class Vendor(msgspec.Struct, frozen=True, kw_only=True):
    """A vendor whose messages are known."""

    vendor_id: str
    messages: tuple[MessageRule, ...]
    note: str
    provisioned_at: Timestamp
    provisioned_by: str


class TryMessage(Body, frozen=True, kw_only=True):
    """A message, as a station could send it."""

    message_id: Annotated[str, msgspec.Meta(max_length=MESSAGE_LONGEST)] = ""
    data: Any = None
    station: Annotated[str, msgspec.Meta(min_length=1, max_length=48)] = "STATION"


class TriedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What such a message is answered now."""

    status: TransferStatus
    data: Any = None


class Transferred(msgspec.Struct, frozen=True, kw_only=True):
    """A data transfer of a station. `status` and `answer` are what it was answered; an empty status: that was not kept."""

    id: str
    station: str
    vendor_id: str
    message_id: str
    data: Any
    status: TransferStatus | Literal[""]
    answer: Any
    received_at: dt.datetime


class SeenVendor(msgspec.Struct, frozen=True, kw_only=True):
    """Messages of one vendor and id that nobody knew: how many, of how many stations, and which sent the last."""

    vendor_id: str
    message_id: str
    status: TransferStatus
    messages: int
    stations: int
    station: str
    last_at: dt.datetime


class TransferFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which data transfers; None does not filter. `vendor_id` in any case."""

    station: str | None = None
    vendor_id: str | None = None
    message_id: str | None = None
    status: str | None = None


ALL_TRANSFERS = TransferFilter()


def vendor_of(record: VendorProvisioned) -> Vendor:
    """A vendor with its rules."""
    rules = (
        MessageRule(message_id=rule.message_id, status=rule.status, data=msgspec.json.decode(rule.data))
        for rule in record.messages
    )
    return Vendor(
        vendor_id=record.vendor_id,
        messages=tuple(rules),
        note=record.note,
        provisioned_at=record.provisioned_at,
        provisioned_by=record.provisioned_by,
    )
